/** Text as lines, from chunks of bytes as they come. A line over the limit comes as undefined and takes no memory. */

import { StringDecoder } from "node:string_decoder";
import { REGISTRY } from "../../schemas/limits.js";

export class LineSplitter {
  readonly #decoder = new StringDecoder("utf8");
  #rest = "";
  /** Inside a line that is too long, of which nothing is kept. */
  #skipping = false;
  #first = true;

  constructor(private readonly onLine: (line: string | undefined) => void) {}

  push(chunk: Buffer): void {
    this.#take(this.#decoder.write(chunk));
  }

  end(): void {
    this.#take(this.#decoder.end());
    if (this.#rest !== "" || this.#skipping) this.#line(this.#rest);
  }

  #take(text: string): void {
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

  #line(line: string): void {
    this.#rest = "";
    const tooLong = this.#skipping || line.length > REGISTRY.rowCharacters;
    this.#skipping = false;
    let text = line.endsWith("\r") ? line.slice(0, -1) : line;
    if (this.#first && text.startsWith("\ufeff")) text = text.slice(1);
    this.#first = false;
    this.onLine(tooLong ? undefined : text);
  }
}
