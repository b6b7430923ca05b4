/** Parts of long messages on one connection, of which none is answered before all of them are there. */
import type { Submit } from "../carrier/bind/wire.js";

export class Joined {
  /** Answers by number and reference, at most one message of each. */
  readonly #answers = new Map<string, readonly (() => void)[]>();

  /** Gives all answers of the message, once there are as many as it has parts. */
  take({ number, reference, parts }: Submit, answer: () => void): void {
    const key = `${number} ${reference}`;
    const answers = [...(this.#answers.get(key) ?? []), answer];
    this.#answers.set(key, answers);
    if (answers.length < parts) return;
    this.#answers.delete(key);
    for (const each of answers) each();
  }

  /** Gives those that it has. */
  release(): void {
    for (const answers of this.#answers.values()) for (const answer of answers) answer();
    this.#answers.clear();
  }
}
