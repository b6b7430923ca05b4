/** What was opened with a key and goes on: a subscriber's socket, a body that still comes in. It closes when the key ends. */
export class Opened {
  readonly #closers = new Map<string, Set<() => void>>();

  /** Gives what is to be called when it is over by itself. */
  add(credential: string, close: () => void): () => void {
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
