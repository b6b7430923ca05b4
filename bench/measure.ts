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

/** Three decimals are what a clock of a shared machine can tell. */
export function rounded(value: number): number {
  return Math.round(value * 1_000) / 1_000;
}
