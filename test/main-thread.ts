/**
 * How late something makes the main thread, by the event loop's own histogram, which has the time from one of its ticks to the next;
 * beside it, how late a loop is that does nothing at all for as long, which is what the machine itself makes of it.
 */
import { monitorEventLoopDelay } from "node:perf_hooks";
import { setTimeout as sleep, setImmediate as turn } from "node:timers/promises";
import { running } from "./campaign/campaigns.js";

const campaign = running("hostile");
/** Of what takes seconds. */
const LONG_RUNS = 4;

/** Whether it is done to read the figures, and with as much of everything as there can be. */
export const isMeasured = campaign.size > 1;

/**
 * Tells how late the thread was at most, in the run in which that was the least: in the others its code was compiled, or somebody
 * else had the processor. Gives what came of the last.
 */
export function measured<T>(name: string, work: () => Promise<T> | T): Promise<T> {
  return measuredWith(name, () => undefined, work);
}

/** The same of what needs something made for it each time, which is not part of it. */
export async function measuredWith<M, T>(
  name: string,
  make: () => M,
  work: (made: M) => Promise<T> | T,
  isLong = false,
): Promise<T> {
  const runs = isLong ? Math.min(campaign.size, LONG_RUNS) : campaign.size;
  let [leastMs, leastIdleMs] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  let result: T;
  for (let run = 0; run < runs; run++) {
    const made = make();
    const fromMs = performance.now();
    leastMs = Math.min(leastMs, await latenessOf(async () => (result = await work(made))));
    const tookMs = performance.now() - fromMs;
    leastIdleMs = Math.min(leastIdleMs, await latenessOf(() => turnsFor(tookMs)));
  }
  const [late, idle] = [leastMs.toFixed(1), leastIdleMs.toFixed(1)];
  campaign.tell(`${name} ${late} ms (${idle} with nothing to do)`);
  return result!;
}

const TICK_MS = 1;

/** At most, in milliseconds. */
async function latenessOf(work: () => Promise<unknown>): Promise<number> {
  await sleep(3);
  const delay = monitorEventLoopDelay({ resolution: TICK_MS });
  delay.enable();
  await sleep(3);
  await work();
  await sleep(3);
  delay.disable();
  return delay.max / 1e6 - TICK_MS;
}

/** Turn after turn, without a rest, as a loop goes that has something to do in each. */
async function turnsFor(ms: number): Promise<void> {
  const untilMs = performance.now() + ms;
  while (performance.now() < untilMs) await turn();
}
