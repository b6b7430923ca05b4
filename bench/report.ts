/** What a benchmark reports, and how it is printed: one JSON object a line, or a table for a person. */

/** One figure; what does not apply is null. */
export interface BenchLine {
  readonly name: string;
  readonly value: number | null;
  readonly unit: string;
  readonly p50: number | null;
  readonly p99: number | null;
  /** The same work by the peer named in the benchmark, in the same unit and the same run. */
  readonly peer: number | null;
  /** How many times better than the peer. */
  readonly ratio: number | null;
  /** The spread, and over how many runs, where it was counted. */
  readonly min?: number;
  readonly max?: number;
  readonly runs?: number;
}

/** A figure that was measured once, and against nobody. */
export function alone(name: string, value: number, unit: string): BenchLine {
  return { name, value, unit, p50: null, p99: null, peer: null, ratio: null };
}

export interface BenchOptions {
  readonly participants: number;
  /** Only enough to see that the benchmark still works. */
  readonly tiny: boolean;
  /** How long a benchmark goes on that is a long load. */
  readonly seconds: number;
  /** Of self.oracle, for each of its two figures. */
  readonly samples: number;
  /** True for the names that were asked for. */
  readonly wants: (name: string) => boolean;
}

export type Report = (line: BenchLine) => void;

/** A line of the table. */
export function inWords({ name, value, unit, p50, p99, peer, ratio, min, max, runs }: BenchLine): string {
  const number = (n: number | null | undefined): string =>
    n === null || n === undefined ? "-" : n.toLocaleString("en");
  const spread = runs === undefined ? "" : `  (${runs} runs, ${number(min)} to ${number(max)})`;
  const against = ratio === null ? "" : `  peer ${number(peer)}, ${ratio}x`;
  return `${name.padEnd(22)} ${number(value).padStart(10)} ${unit.padEnd(5)} p50 ${number(p50)}, p99 ${number(p99)}${against}${spread}`;
}
