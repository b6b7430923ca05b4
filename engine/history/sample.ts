/**
 * What a carrier did in a minute, or in any number of them: what was counted, what was highest, and how long answers took, in the
 * buckets of schemas/link.ts, so that percentiles of an hour are those of its answers and not a mean of sixty others.
 */
import { HISTORY } from "../../schemas/limits.js";
import { LATENCY_BUCKETS } from "../../schemas/link.js";
import { CARRIER_TROUBLES } from "../../schemas/words.js";
import type { CountedError } from "../dispatch/plan/errors.js";

/** Added up over minutes. */
export const SUMMED = ["submitted", "acknowledged", "refused", "throttled", "receipts", "disconnects"] as const;
/** The highest of the minutes, as looked at once a second. */
export const HIGHEST = ["outstanding", "queued", "window", "allowedPerSecond"] as const;
export type Figure = (typeof SUMMED)[number] | (typeof HIGHEST)[number];
export const FIGURES: readonly Figure[] = [...SUMMED, ...HIGHEST];

export interface CarrierSample {
  readonly name: string;
  readonly channel: string;
  readonly figures: Record<Figure, number>;
  /** Answers by how long they took. */
  readonly latency: Uint32Array;
  readonly errors: readonly CountedError[];
}

export function emptySample(name: string, channel: string): CarrierSample {
  const figures = Object.fromEntries(FIGURES.map((figure) => [figure, 0])) as Record<Figure, number>;
  return { name, channel, figures, latency: new Uint32Array(LATENCY_BUCKETS), errors: [] };
}

/** Both together. Of carriers side by side what was highest is added up too: `together`. */
export function merged(a: CarrierSample, b: CarrierSample, together: boolean): CarrierSample {
  const figures = { ...a.figures };
  for (const figure of SUMMED) figures[figure] += b.figures[figure];
  for (const figure of HIGHEST) {
    figures[figure] = together ? figures[figure] + b.figures[figure] : Math.max(figures[figure], b.figures[figure]);
  }
  const latency = a.latency.map((count, bucket) => count + b.latency[bucket]!);
  return { ...a, figures, latency, errors: mergedErrors(a.errors, b.errors) };
}

export function mergedErrors(...lists: readonly (readonly CountedError[])[]): CountedError[] {
  const times = new Map<string, CountedError>();
  for (const error of lists.flat()) {
    const name = `${error.cause} ${error.code}`;
    times.set(name, { ...error, times: error.times + (times.get(name)?.times ?? 0) });
  }
  return [...times.values()].sort((a, b) => b.times - a.times);
}

/** What came since `before`, of counts that only rise, the most frequent first; of a carrier that was not there before, all. */
export function errorsSince(now: readonly CountedError[], before: readonly CountedError[]): CountedError[] {
  const found = now.map((error) => {
    const earlier = before.find(({ cause, code }) => cause === error.cause && code === error.code);
    return { ...error, times: error.times - (earlier?.times ?? 0) };
  });
  return found.filter(({ times }) => times > 0).sort((a, b) => b.times - a.times);
}

/** True where nothing was done and nothing waited, so that there is nothing to keep. */
export function isIdle({ figures, errors }: CarrierSample): boolean {
  const { outstanding, queued } = figures;
  return outstanding + queued === 0 && errors.length === 0 && SUMMED.every((figure) => figures[figure] === 0);
}

const VERSION = 1;

/**
 * As it is stored: the version, then of each carrier its name and channel, its figures, the buckets in use and the first
 * HISTORY.errors of its errors; every number as LEB128. A minute in which one carrier was busy takes about a hundred bytes, one of silence takes one.
 */
export function encodeSamples(samples: readonly CarrierSample[]): Buffer {
  const bytes: number[] = [VERSION];
  const put = (value: number): void => {
    let left = value;
    for (; left >= 0x80; left = Math.floor(left / 0x80)) bytes.push((left % 0x80) | 0x80);
    bytes.push(left);
  };
  const text = (word: string): void => {
    put(word.length);
    bytes.push(...Buffer.from(word, "latin1"));
  };
  for (const { name, channel, figures, latency, errors } of samples) {
    text(name);
    text(channel);
    for (const figure of FIGURES) put(Math.max(0, Math.round(figures[figure])));
    const used = [...latency.entries()].filter(([, count]) => count > 0);
    put(used.length);
    for (const [bucket, count] of used) {
      put(bucket);
      put(count);
    }
    const told = errors.slice(0, HISTORY.errors);
    put(told.length);
    for (const { cause, code, times } of told) {
      put(CARRIER_TROUBLES.indexOf(cause));
      put(code);
      put(times);
    }
  }
  return Buffer.from(bytes);
}

/** The inverse; of another version, nothing. Bytes of any other origin don't belong here. */
export function decodeSamples(bytes: Buffer): CarrierSample[] {
  if (bytes[0] !== VERSION) return [];
  let at = 1;
  const next = (): number => {
    let value = 0;
    for (let factor = 1; ; factor *= 0x80) {
      const byte = bytes[at++]!;
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value;
    }
  };
  const text = (): string => {
    const length = next();
    at += length;
    return bytes.toString("latin1", at - length, at);
  };
  const samples: CarrierSample[] = [];
  while (at < bytes.length) {
    const sample = emptySample(text(), text());
    for (const figure of FIGURES) sample.figures[figure] = next();
    for (let left = next(); left > 0; left--) {
      const bucket = next();
      sample.latency[bucket] = next();
    }
    const errors = Array.from({ length: next() }, () => {
      return { cause: CARRIER_TROUBLES[next()]!, code: next(), times: next() };
    });
    samples.push({ ...sample, errors });
  }
  return samples;
}
