/** Text as lines, from pieces as they come. A line over the limit comes as undefined and takes no memory. */

import { REGISTRY } from "../../schemas/limits.js";

export class LineSplitter {
  #rest = "";
  /** Inside a line that is too long, of which nothing is kept. */
  #skipping = false;
  readonly #onLine: (line: string | undefined) => void;

  constructor(onLine: (line: string | undefined) => void) {
    this.#onLine = onLine;
  }

  push(text: string): void {
    let from = 0;
    for (let end = text.indexOf("\n"); end !== -1; end = text.indexOf("\n", from)) {
      this.#line(this.#rest + text.slice(from, end));
      from = end + 1;
    }
    this.#rest = this.#skipping ? "" : this.#rest + text.slice(from);
    if (this.#rest.length <= REGISTRY.rowCharacters) return;
    this.#rest = "";
    this.#skipping = true;
  }

  /** Whether there is a line that has no end so far. */
  get isInLine(): boolean {
    return this.#rest !== "" || this.#skipping;
  }

  /** A last line without an end counts as one (RFC 4180, 2.2). */
  end(): void {
    if (this.isInLine) this.#line(this.#rest);
  }

  #line(line: string): void {
    this.#rest = "";
    const tooLong = this.#skipping || line.length > REGISTRY.rowCharacters;
    this.#skipping = false;
    const text = line.endsWith("\r") ? line.slice(0, -1) : line;
    this.#onLine(tooLong ? undefined : text);
  }
}
