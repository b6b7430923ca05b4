/** One figure of a benchmark, as `npm run bench -- --json` prints it; what does not apply is null. */
export interface BenchLine {
  readonly name: string;
  readonly value: number | null;
  readonly unit: string;
  readonly p50: number | null;
  readonly p99: number | null;
  /** The same work by the peer named in the benchmark, in the same unit. */
  readonly peer: number | null;
  /** How many times better than the peer. */
  readonly ratio: number | null;
}

export interface BenchOptions {
  readonly participants: number;
  /** Only enough to see that the benchmark still works. */
  readonly tiny: boolean;
}

export type Report = (line: BenchLine) => void;
