/**
 * Positions in one request. As with lines, what a program writes is read by a loop that makes nothing, and everything else
 * by JSON.parse and the schema. A body that is no JSON, or no list of positions, is refused as a whole; a position that can't
 * be, alone.
 */
import { setImmediate } from "node:timers/promises";
import type { PositionService } from "../../../engine/positions/service.js";
import { PositionList } from "../../../schemas/api/position.js";
import { fail, ok, type Result } from "../../../schemas/errors.js";
import { POSITIONS } from "../../../schemas/limits.js";
import type { BodyReceiver, Refuse } from "../request/body/body.js";
import { readJson } from "../request/body/json.js";
import { KeptBody, POSITION_ROOM } from "../request/body/kept-body.js";
import { validationProblem } from "../request/problem.js";
import { type HttpResponse, respond } from "../request/response.js";
import { checkSlowly, PositionParser } from "./position-parser.js";
import { PositionTally } from "./position-tally.js";

const HEAD = Buffer.from('{"positions":[');
const TAIL = Buffer.from("]}");
const COMMA = 0x2c;
/** Participant, longitude, latitude, time. */
const FIELDS = 4;

export class PositionBatch implements BodyReceiver {
  readonly #body: KeptBody;
  readonly #service: PositionService;

  constructor(service: PositionService, sender: string, refuse: Refuse) {
    this.#service = service;
    this.#body = new KeptBody(POSITION_ROOM, sender, refuse);
  }

  chunk(bytes: Uint8Array): boolean {
    this.#body.add(bytes);
    return true;
  }

  abort(): void {
    this.#body.drop();
  }

  async end(): Promise<Result<HttpResponse>> {
    const body = this.#body.end();
    if (this.#service.room < POSITIONS.perRequest) return fail("BUSY", "Too many positions wait for the disk");
    const tally = new PositionTally(this.#service);
    const fast = readFast(body);
    if (fast) await this.#take(fast, tally);
    else {
      const list = await readList(body);
      if (!list.ok) return list;
      await this.#takeSlowly(list.value, tally);
    }
    const settled = await this.#service.settled();
    return settled.ok ? respond(tally.report()) : settled;
  }

  async #take(positions: Float64Array, tally: PositionTally): Promise<void> {
    await inTurns(positions.length / FIELDS, POSITIONS.perTurn, (from, until) => {
      const nowMs = Date.now();
      for (let one = from; one < until; one++) {
        const at = one * FIELDS;
        tally.take(one, positions[at]!, positions[at + 1]!, positions[at + 2]!, positions[at + 3]!, nowMs);
      }
    });
  }

  /** A position that can't be read is refused. */
  async #takeSlowly(positions: readonly unknown[], tally: PositionTally): Promise<void> {
    await inTurns(positions.length, POSITIONS.perTurn / POSITIONS.slowAs, (from, until) => {
      const nowMs = Date.now();
      for (let one = from; one < until; one++) {
        const checked = checkSlowly(positions[one]);
        if (!checked.ok) tally.refuse(one, checked.problem.code, checked.problem.detail);
        else {
          const { participant, position, at } = checked.value;
          const atMs = at === undefined ? Number.NaN : Date.parse(at);
          tally.take(one, participant, position[0], position[1], atMs, nowMs);
        }
      }
    });
  }
}

/** Some at a time: the thread has other things to do. */
async function inTurns(count: number, some: number, work: (from: number, until: number) => void): Promise<void> {
  for (let from = 0; from < count; from += some) {
    if (from > 0) await setImmediate();
    work(from, Math.min(count, from + some));
  }
}

const parser = new PositionParser();
const read = new Float64Array(FIELDS * POSITIONS.perRequest);

/** Participant, longitude, latitude and time of each position; undefined when the body is of another form. */
function readFast(body: Uint8Array): Float64Array | undefined {
  const count = readAll(body);
  return count < 0 ? undefined : read.slice(0, count * FIELDS);
}

/** How many positions the body has, all of them read; -1 when it is of another form. */
function readAll(body: Uint8Array): number {
  const isFramed = startsWith(body, 0, HEAD) && startsWith(body, body.length - TAIL.length, TAIL);
  if (!isFramed) return -1;
  let from = HEAD.length;
  for (let one = 0; one < POSITIONS.perRequest; one++) {
    if (!parser.read(body, from)) return -1;
    const at = one * FIELDS;
    read[at] = parser.participant;
    read[at + 1] = parser.lng;
    read[at + 2] = parser.lat;
    read[at + 3] = parser.atMs;
    if (parser.end === body.length - TAIL.length) return one + 1;
    if (body[parser.end] !== COMMA) return -1;
    from = parser.end + 1;
  }
  return -1;
}

function startsWith(bytes: Uint8Array, from: number, word: Uint8Array): boolean {
  return from >= 0 && word.every((byte, at) => bytes[from + at] === byte);
}

/** The positions of any JSON that has a list of them. */
function readList(body: Uint8Array): Promise<Result<readonly unknown[]>> {
  return readJson(body, (value) => {
    const list = PositionList.safeParse(value);
    return list.success ? ok(list.data.positions) : { ok: false, problem: validationProblem(list.error.issues) };
  });
}
