/** Timing with tinybench, as the figures that a BenchLine shows. */

import { Bench, type Statistics } from "tinybench";

/** Milliseconds of one call, over at least `iterations` calls after a tenth of them to warm up. */
export async function measure(run: () => unknown, iterations: number): Promise<Statistics> {
  const warmupIterations = Math.max(1, Math.ceil(iterations / 10));
  const bench = new Bench({ iterations, time: 0, warmup: true, warmupIterations, warmupTime: 0, throws: true });
  bench.add("task", run);
  const [task] = await bench.run();
  const result = task?.result;
  if (result?.state !== "completed") throw new Error(`the benchmark ended as ${result?.state}`);
  return result.latency;
}

/** The median and the 99th percentile of what was measured one by one. */
export function percentilesOf(samples: readonly number[]): { p50: number; p99: number } {
  const sorted = samples.toSorted((a, b) => a - b);
  const at = (share: number): number => sorted[Math.floor(share * (sorted.length - 1))]!;
  return { p50: at(0.5), p99: at(0.99) };
}

/** Three decimals are what a clock of a shared machine can tell. */
export function rounded(value: number): number {
  return Math.round(value * 1_000) / 1_000;
}
