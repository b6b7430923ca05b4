/**
 * Reads a request body as strict JSON. Beyond JSON.parse it says where a mistake is (V8's messages quote the text instead,
 * which may hold a phone number), refuses a member that appears twice (JSON.parse silently takes the last, so two readers
 * of one request could see different circles), and bounds the number of values before anything is validated.
 *
 * One pass with a stack of its own: depth costs memory that the body's length bounds, never the call stack.
 */
import { fail, ok, type Result } from "../../schemas/errors.js";
import { API } from "../../schemas/limits.js";
import { jsonPointer } from "./problem.js";

const UTF8 = new TextDecoder("utf-8", { fatal: true });

export function parseJson(bytes: Uint8Array): Result<unknown> {
  let text: string;
  try {
    text = UTF8.decode(bytes);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return fail("BAD_JSON", "The body is not UTF-8");
  }
  const flaw = new Scanner(text).run();
  if (flaw === undefined) return ok(JSON.parse(text));
  if (flaw.kind === "duplicate") return fail("INVALID_FIELD", "This member appears twice", jsonPointer(flaw.path));
  if (flaw.kind === "values") return fail("BODY_TOO_LARGE", `The body has more than ${API.jsonValues} values`);
  const before = text.slice(0, flaw.at);
  const line = before.split("\n").length;
  const column = flaw.at - before.lastIndexOf("\n");
  return fail("BAD_JSON", `Not valid JSON at line ${line}, column ${column}`);
}

export type Flaw =
  | { readonly kind: "syntax"; readonly at: number }
  | { readonly kind: "duplicate"; readonly path: readonly PropertyKey[] }
  | { readonly kind: "values" };

/** An array or an object that is open: its members so far, and the place in it. */
interface Frame {
  readonly members: Set<string> | undefined;
  place: string | number;
}

const WHITESPACE = /[ \t\n\r]*/y;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const LITERAL = /true|false|null/y;
const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;

/** RFC 8259. `run` gives the first flaw, or undefined when the text is valid. */
export class Scanner {
  #at = 0;
  #values = 0;
  readonly #open: Frame[] = [];

  constructor(private readonly text: string) {}

  run(): Flaw | undefined {
    do {
      this.#space();
      const flaw = this.#value();
      if (flaw) return flaw;
    } while (this.#open.length > 0);
    this.#space();
    return this.#at === this.text.length ? undefined : this.#syntax();
  }

  /** One value up to where the next one starts: into what it opens, or out of what it closes. */
  #value(): Flaw | undefined {
    if (++this.#values > API.jsonValues) return { kind: "values" };
    const opener = this.text[this.#at];
    if (opener === "{" || opener === "[") {
      this.#at++;
      this.#space();
      if (!this.#take(opener === "{" ? "}" : "]")) {
        this.#open.push({ members: opener === "{" ? new Set() : undefined, place: 0 });
        return opener === "{" ? this.#member() : undefined;
      }
    } else if (opener === '"') {
      if (!this.#string()) return this.#syntax();
    } else if (!this.#match(isLetter(opener) ? LITERAL : NUMBER)) {
      return this.#syntax();
    }
    return this.#next();
  }

  /** Behind a value: commas and closing brackets. */
  #next(): Flaw | undefined {
    for (let frame = this.#open.at(-1); frame !== undefined; frame = this.#open.at(-1)) {
      this.#space();
      if (this.#take(",")) {
        if (frame.members) return this.#member();
        frame.place = (frame.place as number) + 1;
        return undefined;
      }
      if (!this.#take(frame.members ? "}" : "]")) return this.#syntax();
      this.#open.pop();
    }
    return undefined;
  }

  /** A member's name and its colon. */
  #member(): Flaw | undefined {
    this.#space();
    const start = this.#at;
    if (this.text[start] !== '"' || !this.#string()) return this.#syntax();
    const frame = this.#open.at(-1)!;
    const name: string = JSON.parse(this.text.slice(start, this.#at));
    frame.place = name;
    if (frame.members!.has(name)) return { kind: "duplicate", path: this.#open.map((open) => open.place) };
    frame.members!.add(name);
    this.#space();
    return this.#take(":") ? undefined : this.#syntax();
  }

  /** A string from its opening quote; a loop, because a regular expression may run out of stack on a megabyte. */
  #string(): boolean {
    this.#at++;
    while (this.#at < this.text.length) {
      const code = this.text.charCodeAt(this.#at);
      if (code === 0x22) {
        this.#at++;
        return true;
      }
      if (code < 0x20) return false;
      if (code !== 0x5c) this.#at++;
      else if (!this.#match(ESCAPE)) return false;
    }
    return false;
  }

  #space(): void {
    // Mostly there is none, and to ask a regular expression each time took a third of the whole.
    if (this.text.charCodeAt(this.#at) <= 0x20) this.#match(WHITESPACE);
  }

  #take(character: string): boolean {
    if (this.text[this.#at] !== character) return false;
    this.#at++;
    return true;
  }

  #match(pattern: RegExp): boolean {
    pattern.lastIndex = this.#at;
    if (!pattern.test(this.text)) return false;
    this.#at = pattern.lastIndex;
    return true;
  }

  #syntax(): Flaw {
    return { kind: "syntax", at: this.#at };
  }
}

/** What a literal begins with, and no number. */
function isLetter(character: string | undefined): boolean {
  return character !== undefined && character >= "a" && character <= "z";
}
