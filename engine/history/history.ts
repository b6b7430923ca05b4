/**
 * How the carriers did: a record a minute for a day, and a record a quarter of an hour for a month. Nothing personal: counts by the
 * carriers' names. Written once a minute, beside dispatch, in a commit of its own; while the disk is full, not at all.
 *
 * Keys are 0 for a minute or 1 for a quarter, then the number of the minute since 1970, four bytes in big-endian order. A minute
 * in which the service was down has no record, one of silence has an empty one. A quarter is made of its minutes as they are stored, so
 * that a restart within it costs what was not written yet: a minute at most.
 */
import { ok, type Result } from "../../schemas/errors.js";
import { HISTORY } from "../../schemas/limits.js";
import type { CarrierAccount } from "../dispatch/plan/account.js";
import { behind } from "../store/keys/id-key.js";
import { portionOf } from "../store/keys/portion.js";
import type { Store, Table } from "../store/store.js";
import { Recorder } from "./recorder.js";
import { type CarrierSample, decodeSamples, encodeSamples, isIdle, merged } from "./sample.js";

const MINUTE_MS = 60_000;
const STEPS = ["minute", "quarter"] as const;
export type Step = (typeof STEPS)[number];

export class History {
  readonly #store: Store;
  readonly #table: Table;
  readonly #recorder = new Recorder();
  #minute: number | undefined;

  constructor(store: Store) {
    this.#store = store;
    this.#table = store.table("history");
  }

  /** To be called about once a second; settles when a minute that has ended is durable. */
  async tick(accounts: readonly CarrierAccount[], nowMs: number): Promise<Result<void>> {
    const minute = Math.floor(nowMs / MINUTE_MS);
    const before = this.#minute ?? minute;
    if (this.#minute === undefined) {
      const left = await this.#closeLeft(minute);
      if (!left.ok) return left;
    }
    this.#minute = minute;
    this.#recorder.observe(accounts);
    if (minute === before) return ok(undefined);
    const samples = this.#recorder.minute();
    this.#recorder.observe(accounts);
    // What is lost while the disk is full is a picture; what carriers answer needs the room more.
    if (this.#store.space.problem !== null) return ok(undefined);
    return this.#store.commit(() => this.#write(before, minute, samples));
  }

  /** What is there of the time from `fromMs` on, the oldest first, some records a step. */
  *read(step: Step, fromMs: number, toMs: number): Generator<void, { atMs: number; samples: CarrierSample[] }[]> {
    const found: { atMs: number; samples: CarrierSample[] }[] = [];
    let from = keyOf(step, Math.floor(fromMs / MINUTE_MS));
    const to = keyOf(step, Math.ceil(toMs / MINUTE_MS));
    for (;;) {
      const records = portionOf(this.#table.range(from, to), HISTORY.recordsOfStep);
      for (const { key, value } of records) {
        if (value.ok) found.push({ atMs: key.readUInt32BE(1) * MINUTE_MS, samples: decodeSamples(value.value) });
        from = behind(key);
      }
      if (records.length < HISTORY.recordsOfStep) return found;
      yield;
    }
  }

  /** Takes out what is older than a day and a month; gives how many records. */
  async forget(nowMs: number): Promise<Result<number>> {
    const minute = Math.floor(nowMs / MINUTE_MS);
    const old = [
      ...this.#keys("minute", minute - HISTORY.minutesKept),
      ...this.#keys("quarter", minute - HISTORY.quartersKept * HISTORY.minutesOfQuarter),
    ].slice(0, HISTORY.removedPerPass);
    if (old.length === 0) return ok(0);
    const gone = await this.#store.commit(() => {
      for (const key of old) void this.#table.remove(key);
    });
    return gone.ok ? ok(old.length) : gone;
  }

  *#keys(step: Step, before: number): Generator<Buffer> {
    yield* this.#table.keys(keyOf(step, 0), keyOf(step, Math.max(0, before)));
  }

  /** The quarter of the last minute before this start, which nobody closed. */
  async #closeLeft(now: number): Promise<Result<void>> {
    for (const key of this.#table.keys(keyOf("quarter", 0), keyOf("minute", 0), true)) {
      const minute = key.readUInt32BE(1);
      const isClosed = quarterOf(minute) === quarterOf(now) || this.#table.has(keyOf("quarter", quarterOf(minute)));
      return isClosed ? ok(undefined) : this.#store.commit(() => this.#close(quarterOf(minute), minute + 1, []));
    }
    return ok(undefined);
  }

  #write(minute: number, now: number, samples: readonly CarrierSample[]): void {
    void this.#table.put(keyOf("minute", minute), encodeSamples(samples.filter((sample) => !isIdle(sample))));
    const quarter = quarterOf(minute);
    if (quarterOf(now) !== quarter) this.#close(quarter, minute, samples);
  }

  /** `samples`: of the minute that stands in no record yet. */
  #close(quarter: number, minute: number, samples: readonly CarrierSample[]): void {
    const earlier: CarrierSample[] = [];
    for (const { value } of this.#table.range(keyOf("minute", quarter), keyOf("minute", minute))) {
      if (value.ok && value.value) earlier.push(...decodeSamples(value.value));
    }
    void this.#table.put(keyOf("quarter", quarter), encodeSamples(byName([...earlier, ...samples])));
  }
}

/** Of each carrier what its minutes come to together. */
function byName(samples: readonly CarrierSample[]): CarrierSample[] {
  const found = new Map<string, CarrierSample>();
  for (const sample of samples) {
    const before = found.get(sample.name);
    found.set(sample.name, before === undefined ? sample : merged(before, sample, false));
  }
  return [...found.values()].filter((sample) => !isIdle(sample));
}

function quarterOf(minute: number): number {
  return minute - (minute % HISTORY.minutesOfQuarter);
}

function keyOf(step: Step, minute: number): Buffer {
  const key = Buffer.alloc(5);
  key[0] = STEPS.indexOf(step);
  key.writeUInt32BE(minute, 1);
  return key;
}
