/** How late something makes the main thread, by the event loop's own histogram. */
import { monitorEventLoopDelay } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";

const RUNS = 9;

/**
 * Tells how late the thread was at most, in the run in which that was the least: in the others its code was compiled, or somebody
 * else had the processor. Gives what came of the last.
 */
export function measured<T>(name: string, work: () => Promise<T> | T, runs = RUNS): Promise<T> {
  return measuredWith(name, () => undefined, work, runs);
}

/** The same of what needs something made for it each time, which is not part of it. */
export async function measuredWith<M, T>(
  name: string,
  make: () => M,
  work: (made: M) => Promise<T> | T,
  runs = RUNS,
): Promise<T> {
  let leastNs = Number.POSITIVE_INFINITY;
  let result: T;
  for (let run = 0; run < runs; run++) {
    const made = make();
    await sleep(3);
    const delay = monitorEventLoopDelay({ resolution: 1 });
    delay.enable();
    await sleep(3);
    result = await work(made);
    await sleep(3);
    delay.disable();
    leastNs = Math.min(leastNs, delay.max);
  }
  console.log(`${name}: the main thread was late by ${(leastNs / 1e6).toFixed(1)} ms`);
  return result!;
}
