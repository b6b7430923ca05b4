/**
 * Positions as a stream of lines, one JSON object each, of any length. Lines are worked through a part at a time, so that
 * the thread that also starts selections is never held up for long; meanwhile the client waits. So it does while the disk
 * can't keep up.
 *
 * A line that can't be read is refused with its number, and nothing else is lost; an empty line is none.
 */
import type { PositionService } from "../../../engine/positions/service.js";
import { fail, type Result } from "../../../schemas/errors.js";
import { POSITIONS } from "../../../schemas/limits.js";
import type { BodyReceiver } from "../request/body/body.js";
import { type HttpResponse, respond } from "../request/response.js";
import { PositionParser, readSlowly } from "./position-parser.js";
import { PositionTally } from "./position-tally.js";

const LINE_END = 0x0a;
const RETURN = 0x0d;
const NOTHING = new Uint8Array(0);

export class PositionStream implements BodyReceiver {
  readonly #parser = new PositionParser();
  readonly #tally: PositionTally;
  #line = 1;
  /** Bytes that wait, from `#from` on; the last line of them may not be whole. */
  #bytes: Uint8Array = NOTHING;
  #from = 0;
  /** True within a line that is too long, up to its end. */
  #skipping = false;
  #resume: (() => void) | undefined;
  #drained: (() => void) | undefined;
  #scheduled = false;
  /** What lines cost in this turn of the event loop, in which a socket may hand on thirty chunks. */
  #costInTurn = 0;
  #over = false;
  readonly #service: PositionService;

  constructor(service: PositionService) {
    this.#service = service;
    this.#tally = new PositionTally(service);
  }

  chunk(bytes: Uint8Array, resume: () => void): boolean {
    const waiting = this.#bytes.subarray(this.#from);
    // What is lent is copied only where some of it has to wait.
    this.#bytes = waiting.length === 0 ? bytes : Buffer.concat([waiting, bytes]);
    this.#from = 0;
    if (!this.#scheduled) this.#work();
    if (this.#bytes.buffer === bytes.buffer) {
      this.#bytes = Buffer.from(this.#bytes.subarray(this.#from));
      this.#from = 0;
    }
    this.#resume = this.#scheduled ? resume : undefined;
    return !this.#scheduled;
  }

  async end(): Promise<Result<HttpResponse>> {
    if (this.#scheduled) await new Promise<void>((drained) => (this.#drained = drained));
    const last = this.#bytes.subarray(this.#from);
    if (this.#service.room === 0) await new Promise<void>((room) => this.#service.whenRoom(room));
    if (last.length > 0 && !this.#skipping) this.#slow(last);
    const settled = await this.#service.settled();
    return settled.ok ? respond(this.#tally.report()) : settled;
  }

  abort(): void {
    this.#over = true;
    this.#bytes = NOTHING;
    this.#from = 0;
  }

  /** Works through some of the lines that wait, and sees to it that the others get their turn. */
  #work(): void {
    this.#scheduled = false;
    const bytes = this.#bytes;
    const end = bytes.lastIndexOf(LINE_END) + 1;
    const nowMs = Date.now();
    if (this.#costInTurn === 0) {
      setImmediate(() => {
        this.#costInTurn = 0;
      });
    }
    for (let room = this.#service.room; room > 0 && this.#from < end; room--) {
      if (this.#costInTurn >= POSITIONS.perTurn) break;
      this.#costInTurn += this.#oneLine(bytes, nowMs);
    }
    if (this.#from < end) this.#later();
    else {
      this.#boundLine();
      this.#drained?.();
      this.#resume?.();
    }
  }

  #later(): void {
    this.#scheduled = true;
    const again = (): void => {
      if (!this.#over) this.#work();
    };
    if (this.#service.room > 0) setImmediate(again);
    else this.#service.whenRoom(again);
  }

  /** What waits now is the beginning of a line. */
  #boundLine(): void {
    if (this.#bytes.length - this.#from <= POSITIONS.lineBytes) return;
    if (!this.#skipping) this.#tally.refuse(this.#line, "INVALID_FIELD", TOO_LONG);
    this.#skipping = true;
    this.#from = this.#bytes.length;
  }

  /** What it cost, against what a line in the usual form does. */
  #oneLine(bytes: Uint8Array, nowMs: number): number {
    const from = this.#from;
    const parser = this.#parser;
    const isRead = !this.#skipping && parser.read(bytes, from);
    const end = isRead && bytes[parser.end] === RETURN ? parser.end + 1 : parser.end;
    if (isRead && bytes[end] === LINE_END) {
      this.#from = end + 1;
      this.#tally.take(this.#line++, parser.participant, parser.lng, parser.lat, parser.atMs, nowMs);
      return 1;
    }
    const stop = bytes.indexOf(LINE_END, from);
    this.#from = stop + 1;
    const isNothing = this.#skipping || stop === from;
    if (!this.#skipping) this.#slow(bytes.subarray(from, stop));
    this.#skipping = false;
    this.#line++;
    return isNothing ? 1 : POSITIONS.slowAs;
  }

  #slow(line: Uint8Array): void {
    const text = line.at(-1) === RETURN ? line.subarray(0, -1) : line;
    if (text.length === 0) return;
    const read = text.length > POSITIONS.lineBytes ? fail("INVALID_FIELD", TOO_LONG) : readSlowly(text);
    if (!read.ok) {
      this.#tally.refuse(this.#line, read.problem.code, read.problem.detail);
      return;
    }
    const { participant, position, at } = read.value;
    const atMs = at === undefined ? Number.NaN : Date.parse(at);
    this.#tally.take(this.#line, participant, position[0], position[1], atMs, Date.now());
  }
}

const TOO_LONG = `A line has at most ${POSITIONS.lineBytes} bytes`;
