/** What a text means, worked out once: a file has few different ones in a column, over and over. */

/** Texts that a Remembered keeps: a registry has few different ones, and a file that has not must not fill the memory. */
const REMEMBERED = 10_000;

export class Remembered<T> {
  readonly #known = new Map<string, T>();
  readonly #parse: (text: string) => T;

  constructor(parse: (text: string) => T) {
    this.#parse = parse;
  }

  of(text: string): T {
    const known = this.#known.get(text);
    if (known !== undefined) return known;
    const value = this.#parse(text);
    if (this.#known.size < REMEMBERED) this.#known.set(text, value);
    return value;
  }
}
