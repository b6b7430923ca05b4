/**
 * The text of a file, from chunks of bytes as they come. A byte order mark says what it is written in, else whoever sends it,
 * else it is UTF-8. Bytes that are none of it refuse the file: a name with a wrong letter, or half a number, would be taken
 * for somebody's.
 */

import { TextDecoder } from "node:util";

/** What spreadsheets and municipal systems write. */
export const CHARSETS = ["utf-8", "utf-16le", "utf-16be", "windows-1252"] as const;
export type Charset = (typeof CHARSETS)[number];

/** By any of the names that the Encoding Standard knows it by, such as latin1 for windows-1252; undefined for another one. */
export function charsetNamed(name: string): Charset | undefined {
  try {
    const { encoding } = new TextDecoder(name);
    return CHARSETS.find((charset) => charset === encoding);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** The longest byte order mark. */
const MARK_BYTES = 3;

export class FileText {
  /** Why the bytes are no text; nothing is read any more. */
  problem: string | undefined;
  #charset: Charset;
  #decoder: TextDecoder | undefined;
  #first: Buffer = Buffer.alloc(0);

  constructor(named?: Charset) {
    this.#charset = named ?? "utf-8";
  }

  get charset(): Charset {
    return this.#charset;
  }

  /** The text of these bytes, as far as it is whole; the rest comes with the next ones. */
  decode(chunk: Uint8Array): string {
    if (this.#decoder !== undefined) return this.#decode(chunk, true);
    this.#first = Buffer.concat([this.#first, chunk]);
    return this.#first.length < MARK_BYTES ? "" : this.#begin();
  }

  end(): string {
    const text = this.#decoder === undefined ? this.#begin() : "";
    return text + this.#decode(new Uint8Array(0), false);
  }

  #begin(): string {
    const [a, b, c] = this.#first;
    if (a === 0xef && b === 0xbb && c === 0xbf) this.#charset = "utf-8";
    else if (a === 0xff && b === 0xfe) this.#charset = "utf-16le";
    else if (a === 0xfe && b === 0xff) this.#charset = "utf-16be";
    // Fatal: an error instead of U+FFFD. The mark itself is left out.
    this.#decoder = new TextDecoder(this.#charset, { fatal: true });
    const bytes = this.#first;
    this.#first = Buffer.alloc(0);
    return this.#decode(bytes, true);
  }

  #decode(bytes: Uint8Array, stream: boolean): string {
    if (this.problem !== undefined) return "";
    let text: string;
    try {
      text = this.#decoder!.decode(bytes, { stream });
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      this.problem = `its bytes are no ${this.#charset}; ${REMEDY}`;
      return "";
    }
    if (text.includes("\0")) this.problem = `it has NUL characters, as UTF-16 without a byte order mark has; ${REMEDY}`;
    return text;
  }
}

const REMEDY = "save it as UTF-8, or name its charset (windows-1252, utf-16le)";
