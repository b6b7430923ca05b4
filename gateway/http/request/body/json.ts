/**
 * Reads a request body as strict JSON. Beyond JSON.parse it says where a mistake is (V8's messages quote the text instead,
 * which may hold a phone number), refuses a member that appears twice (JSON.parse silently takes the last, so two readers
 * of one request could see different circles), and bounds the number of values before anything is validated.
 *
 * One pass with a stack of its own: depth costs memory that the body's length bounds, never the call stack.
 *
 * A body that is not small is read piece by piece (engine/clock/slices.ts): half a megabyte takes some milliseconds.
 */
import { inSlices, inTurn } from "../../../../engine/clock/slices.js";
import { fail, ok, type Result } from "../../../../schemas/errors.js";
import { API } from "../../../../schemas/limits.js";
import { jsonPointer } from "../problem.js";

const UTF8 = new TextDecoder("utf-8", { fatal: true });

/** Of any length. `read` makes of it what is wanted, in a piece of its own. */
export async function readJson<T>(bytes: Uint8Array, read: (value: unknown) => Result<T>): Promise<Result<T>> {
  if (bytes.byteLength <= API.bodyBytesAtOnce) {
    const json = parseJson(bytes);
    return json.ok ? read(json.value) : json;
  }
  const text = await inTurn(() => textOf(bytes));
  if (!text.ok) return text;
  const scanner = new Scanner(text.value);
  await inSlices(scanner.steps());
  if (scanner.flaw !== undefined) return inTurn(() => told(scanner.flaw!, text.value));
  const value: unknown = await inTurn(() => JSON.parse(text.value));
  return inTurn(() => read(value));
}

export function parseJson(bytes: Uint8Array): Result<unknown> {
  const text = textOf(bytes);
  if (!text.ok) return text;
  const flaw = new Scanner(text.value).run();
  return flaw === undefined ? ok(JSON.parse(text.value)) : told(flaw, text.value);
}

function textOf(bytes: Uint8Array): Result<string> {
  try {
    return ok(UTF8.decode(bytes));
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return fail("BAD_JSON", "The body is not UTF-8");
  }
}

function told(flaw: Flaw, text: string): Result<never> {
  if (flaw.kind === "duplicate") return fail("INVALID_FIELD", "This member appears twice", jsonPointer(flaw.path));
  if (flaw.kind === "values") return fail("BODY_TOO_LARGE", `The body has more than ${API.jsonValues} values`);
  if (flaw.kind === "members") return fail("BODY_TOO_LARGE", `The body has more than ${API.jsonMembers} members`);
  return fail("BAD_JSON", `Not valid JSON at ${placeOf(text, flaw.at)}`);
}

/** Counted without a list of the lines: half a million of them cost more than all the rest. */
function placeOf(text: string, at: number): string {
  let line = 1;
  let start = 0;
  for (let end = text.indexOf("\n"); end >= 0 && end < at; end = text.indexOf("\n", start)) {
    line++;
    start = end + 1;
  }
  return `line ${line}, column ${at - start + 1}`;
}

export type Flaw =
  | { readonly kind: "syntax"; readonly at: number }
  | { readonly kind: "duplicate"; readonly path: readonly PropertyKey[] }
  | { readonly kind: "values" }
  | { readonly kind: "members" };

/** An array or an object that is open: its members so far, and the place in it. */
interface Frame {
  readonly members: Set<string> | undefined;
  place: string | number;
}

const WHITESPACE = /[ \t\n\r]*/y;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const LITERAL = /true|false|null/y;
/** What may stand behind a backslash by itself. */
const ESCAPED = '"\\/bfnrt';
const UNICODE = /\\u[0-9a-fA-F]{4}/y;

/** Values between two looks at the clock. */
const STEP_VALUES = 256;

/** RFC 8259. `run` gives the first flaw, or undefined when the text is valid. */
export class Scanner {
  /** Once all steps are done. */
  flaw: Flaw | undefined;
  #at = 0;
  #values = 0;
  #members = 0;
  readonly #open: Frame[] = [];
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  run(): Flaw | undefined {
    for (const _ of this.steps());
    return this.flaw;
  }

  /** The same bit by bit. */
  *steps(): Generator<void, void> {
    do {
      this.#space();
      this.flaw = this.#value();
      if (this.flaw) return;
      if (this.#values % STEP_VALUES === 0) yield;
    } while (this.#open.length > 0);
    this.#space();
    if (this.#at !== this.#text.length) this.flaw = this.#syntax();
  }

  /** One value up to where the next one starts: into what it opens, or out of what it closes. */
  #value(): Flaw | undefined {
    if (++this.#values > API.jsonValues) return { kind: "values" };
    const opener = this.#text[this.#at];
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
    if (this.#text[start] !== '"' || !this.#string()) return this.#syntax();
    if (++this.#members > API.jsonMembers) return { kind: "members" };
    const frame = this.#open.at(-1)!;
    const written = this.#text.slice(start, this.#at);
    const name: string = written.includes("\\") ? JSON.parse(written) : written.slice(1, -1);
    frame.place = name;
    if (frame.members!.has(name)) return { kind: "duplicate", path: this.#open.map((open) => open.place) };
    frame.members!.add(name);
    this.#space();
    return this.#take(":") ? undefined : this.#syntax();
  }

  /** A string from its opening quote; a loop, because a regular expression may run out of stack on a megabyte. */
  #string(): boolean {
    this.#at++;
    while (this.#at < this.#text.length) {
      const code = this.#text.charCodeAt(this.#at);
      if (code === 0x22) {
        this.#at++;
        return true;
      }
      if (code < 0x20) return false;
      if (code !== 0x5c) this.#at++;
      else if (!this.#escape()) return false;
    }
    return false;
  }

  /** A backslash and what belongs to it; a regular expression for each would be most of the time of a string that has many. */
  #escape(): boolean {
    const character = this.#text.charAt(this.#at + 1);
    if (character === "u") return this.#match(UNICODE);
    if (character === "" || !ESCAPED.includes(character)) return false;
    this.#at += 2;
    return true;
  }

  #space(): void {
    // Mostly there is none, and to ask a regular expression each time took a third of the whole.
    if (this.#text.charCodeAt(this.#at) <= 0x20) this.#match(WHITESPACE);
  }

  #take(character: string): boolean {
    if (this.#text[this.#at] !== character) return false;
    this.#at++;
    return true;
  }

  #match(pattern: RegExp): boolean {
    pattern.lastIndex = this.#at;
    if (!pattern.test(this.#text)) return false;
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
