/** What was opened with a key, or a session that stands for one, and goes on: a subscriber's socket, a body that still comes in. It closes when either ends. */
import type { Who } from "./request/route.js";

export class Opened {
  readonly #closers = new Map<string, Set<() => void>>();

  /** Gives what is to be called when it is over by itself. */
  add({ credential, session }: Pick<Who, "credential" | "session">, close: () => void): () => void {
    const over = [credential, session].filter((one) => one !== "").map((one) => this.#addTo(one, close));
    return () => {
      for (const each of over) each();
    };
  }

  #addTo(credential: string, close: () => void): () => void {
    const closers = this.#closers.get(credential) ?? new Set();
    this.#closers.set(credential, closers.add(close));
    return () => {
      closers.delete(close);
      if (closers.size === 0 && this.#closers.get(credential) === closers) this.#closers.delete(credential);
    };
  }

  /** Closes all that was opened with it. */
  end(credential: string): void {
    for (const close of [...(this.#closers.get(credential) ?? [])]) close();
  }
}
