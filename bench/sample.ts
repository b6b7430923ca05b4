/** Measured samples of something that times itself: tinybench runs it, and its percentiles become a line. */
import { Bench } from "tinybench";
import type { BenchLine } from "./report.js";

export interface Samples {
  readonly p50: number;
  readonly p99: number;
  readonly min: number;
  readonly max: number;
  readonly runs: number;
}

/** Runs `measure` `runs` times, one after the other; it returns what it measured, in its own unit. */
export async function sample(name: string, runs: number, measure: (run: number) => Promise<number>): Promise<Samples> {
  const bench = new Bench({ name, time: 0, iterations: runs, warmup: false, throws: true });
  let run = 0;
  bench.add(name, async () => {
    const overriddenDuration = await measure(run++);
    // Without this tinybench would take its own clock's word for a figure that is not there.
    if (!Number.isFinite(overriddenDuration)) throw new Error(`${name} was not measured`);
    return { overriddenDuration };
  });
  const task = (await bench.run())[0]!;
  if (task.result.state !== "completed") throw new Error(`${name} ended ${task.result.state}`);
  const { p50, p99, min, max, samplesCount } = task.result.latency;
  return { p50, p99, min, max, runs: samplesCount };
}

/** `value` is the median; a peer's figure goes beside it with how many times better ours is. */
export function line(
  name: string,
  unit: string,
  samples: Samples,
  peer: { value: number; ratio: number } | null = null,
): BenchLine {
  const { p50, p99, min, max, runs } = samples;
  return {
    name,
    value: round(p50),
    unit,
    p50: round(p50),
    p99: round(p99),
    peer: peer && round(peer.value),
    ratio: peer && round(peer.ratio),
    min: round(min),
    max: round(max),
    runs,
  };
}

/** Three digits that mean something. */
export function round(value: number): number {
  return value >= 1_000 ? Math.round(value) : Number(value.toPrecision(3));
}
