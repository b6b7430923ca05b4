/**
 * The results of actions: how many there were, whether somebody reacted, what it led to, how long it took and what it cost, by month, kind
 * and municipality; from the records alone. Those at rest are read (result.ts), the others worked out, so that a report is right at
 * any time; it is made in slices of the main thread's turns.
 */

import type { AreaInput } from "../../schemas/api/area.js";
import { fail, ok, type Result } from "../../schemas/errors.js";
import { RESULTS } from "../../schemas/limits.js";
import type { ResultsQuery, ResultsReport } from "../../schemas/results/results.js";
import type { ActionStore } from "../actions/action-store.js";
import type { ActionRecord } from "../actions/record.js";
import type { FoundWaves } from "../actions/waves/found-waves.js";
import type { Clock } from "../clock/clock.js";
import { inSlices } from "../clock/slices.js";
import { municipalityNumber } from "../geo/municipality-code.js";
import { areaOrigin } from "../geo/search/search.js";
import type { ReplyStore } from "../replies/reply-store.js";
import { dayOf } from "../rights/day.js";
import { behind, idBytes } from "../store/keys/id-key.js";
import { portionOf } from "../store/keys/portion.js";
import type { Store, Table } from "../store/store.js";
import { type Period, Reporting } from "./reporting.js";
import {
  type ActionResult,
  decodeResult,
  encodeResult,
  isSettled,
  Reactions,
  resultOf,
  type WaveSoFar,
} from "./result.js";

const DAY_MS = 86_400_000;
/** Actions at rest, or reactions to one, that are read in one step: half a millisecond. */
const PORTION = 50;

export interface ResultParts {
  readonly store: Store;
  readonly records: ActionStore;
  readonly found: Pick<FoundWaves, "of">;
  readonly replies: Pick<ReplyStore, "reactions" | "onChange">;
  readonly clock: Clock;
  /** Whether the desk marked a reply as one that led to success. */
  ledToSuccess(actionId: string): boolean;
  /** Number of the municipality of a position; undefined where there is none. */
  municipalityAt(lng: number, lat: number): number | undefined;
}

interface Found {
  readonly record: ActionRecord;
  readonly waves: WaveSoFar[];
}

export class Results {
  readonly #table: Table;
  readonly #parts: ResultParts;
  /** Behind which action the next pass begins; it goes round and round. */
  #lookedTo: Buffer | undefined;
  /** Actions of which something has changed since a pass began to look; undefined between two passes. */
  #changed: Set<string> | undefined;
  #nextPassMs = Number.NEGATIVE_INFINITY;

  constructor(parts: ResultParts) {
    this.#parts = parts;
    this.#table = parts.store.table("results");
    // That its people are gone changes nothing of it, and by then what they wrote may be gone too.
    parts.records.onPut.push(({ id, status }) => void (status !== "archived" && this.changed(id)));
    parts.replies.onChange.push((actionId) => this.changed(actionId));
  }

  /** INVALID_FIELD where it ends before it begins, or is longer than RESULTS.daysMax. */
  async report(query: Omit<ResultsQuery, "format">): Promise<Result<ResultsReport>> {
    const today = dayOf(this.#parts.clock.now());
    const { from = `${today.slice(0, 4)}-01-01`, to = from > today ? from : today, kind } = query;
    if (to < from) return fail("INVALID_FIELD", "ends before it begins", "to");
    const days = (Date.parse(to) - Date.parse(from)) / DAY_MS;
    if (days >= RESULTS.daysMax) return fail("INVALID_FIELD", `at most ${RESULTS.daysMax} days`, "from");
    const municipality = query.municipality === undefined ? undefined : municipalityNumber(query.municipality);
    return ok(await inSlices(this.#reporting({ from, to, kind, municipality })));
  }

  /** Something of an action has changed, or it goes: what is at rest of it is not, from the running commit on. */
  changed(actionId: string): void {
    const key = idBytes(actionId);
    this.#changed?.add(key.toString("hex"));
    // While a pass is under way one may be put to rest by the commit that this is a part of, which nobody sees yet.
    if (this.#changed !== undefined || this.#table.has(key)) void this.#table.remove(key);
  }

  /** Puts to rest what is over. To be called now and then. */
  async tidy(): Promise<Result<void>> {
    const nowMs = this.#parts.clock.steadyMs();
    if (nowMs < this.#nextPassMs) return ok(undefined);
    const changed = new Set<string>();
    this.#changed = changed;
    const rested = await inSlices(this.#resting(this.#parts.clock.now() - RESULTS.settlesMs));
    // More of the same is done in the next round.
    if (rested.length < RESULTS.perPass) this.#nextPassMs = nowMs + RESULTS.everyMs;
    const committed =
      rested.length === 0
        ? ok(undefined)
        : await this.#parts.store.commit(() => {
            for (const { key, result } of rested) {
              // What it was worked out from is not so any more: a later pass looks again.
              if (!changed.has(key.toString("hex"))) void this.#table.put(key, encodeResult(result));
            }
          });
    this.#changed = undefined;
    return committed;
  }

  *#resting(beforeMs: number): Generator<void, { key: Buffer; result: ActionResult }[]> {
    const rested: { key: Buffer; result: ActionResult }[] = [];
    for (let looked = 0; looked < RESULTS.lookedAtPerPass; looked += PORTION) {
      // Ids begin with the time at which the action was made, so what is younger can't be over.
      const keys = this.#parts.records.keys(this.#lookedTo && behind(this.#lookedTo), timeKey(beforeMs));
      const portion = portionOf(keys, PORTION);
      for (const key of portion) {
        this.#lookedTo = key;
        if (this.#table.has(key)) continue;
        yield;
        const found = this.#find(key);
        if (found === undefined || !isSettled(found.record, found.waves, beforeMs)) continue;
        rested.push({ key, result: yield* this.#resultOf(found) });
        if (rested.length === RESULTS.perPass) return rested;
      }
      if (portion.length < PORTION) {
        this.#lookedTo = undefined;
        return rested;
      }
      yield;
    }
    return rested;
  }

  *#reporting(period: Period): Generator<void, ResultsReport> {
    const report = new Reporting(period);
    const [from, to] = [Date.parse(period.from) - DAY_MS, Date.parse(period.to) + 2 * DAY_MS];
    let key = timeKey(from);
    for (;;) {
      const portion = portionOf(this.#parts.records.keys(key, timeKey(to)), PORTION);
      for (const one of portion) {
        const rested = this.#rested(one);
        report.add(rested ?? (yield* this.#workedOut(one)), rested !== undefined);
      }
      const last = portion.at(-1);
      if (last === undefined || portion.length < PORTION) return report.done();
      key = behind(last);
      yield;
    }
  }

  #rested(key: Buffer): ActionResult | undefined {
    const stored = this.#table.get(key);
    const rested = stored.ok && stored.value ? decodeResult(stored.value, "results") : undefined;
    return rested?.ok ? rested.value : undefined;
  }

  /** Of an action that is not at rest; undefined of one that can't be read. */
  *#workedOut(key: Buffer): Generator<void, ActionResult | undefined> {
    yield;
    const found = this.#find(key);
    return found && (yield* this.#resultOf(found));
  }

  #find(key: Buffer): Found | undefined {
    const record = this.#parts.records.at(key);
    if (!record.ok) return undefined;
    const waves = this.#parts.found.of(record.value).map(({ stored, live }) => {
      const summary = live ?? stored.archive;
      return { stored, counts: summary?.counts ?? [], firstIntentAtMs: summary?.firstIntentAtMs ?? null };
    });
    return { record: record.value, waves };
  }

  *#resultOf({ record, waves }: Found): Generator<void, ActionResult> {
    const reactions = new Reactions();
    for (let place: number | undefined = 0; place !== undefined; ) {
      place = this.#parts.replies.reactions(record.id, place, PORTION, (reaction) => reactions.add(reaction));
      yield;
    }
    const result = resultOf(
      record,
      waves,
      reactions,
      dayOf(record.createdAtMs),
      this.#municipalityOf(record.request.area),
    );
    return result.direct || !this.#parts.ledToSuccess(record.id) ? result : { ...result, direct: true };
  }

  #municipalityOf(area: AreaInput): number {
    if (area.type === "Municipality") return municipalityNumber(area.code) ?? 0;
    const middle = areaOrigin(area);
    return (middle && this.#parts.municipalityAt(...middle)) ?? 0;
  }
}

/** The first id of an action that could be made at this time. */
function timeKey(atMs: number): Buffer {
  const key = Buffer.alloc(16);
  key.writeUIntBE(Math.max(0, atMs), 0, 6);
  return key;
}
