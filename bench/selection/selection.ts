/**
 * Whole selections through the pool, as an action asks for them: area, eligibility, once per person, nearest first, and a
 * roster at the end. There is no peer that does all of it.
 *
 * selection.channels: the nationwide one over all four channels, which says of everybody over which they can be asked. Its peer is the
 * same over one, turn by turn, and the ratio how many times as long it takes.
 */

import type { Statistics } from "tinybench";
import { createPool, releaseMemory } from "../../engine/pool/tasks.js";
import { PoolSelector } from "../../engine/selection/pool.js";
import { buildShards } from "../../engine/selection/rows/build.js";
import { CHANNELS, type Channel } from "../../schemas/words.js";
import { measure, percentilesOf, rounded } from "../measure.js";
import { alone, type BenchLine, type BenchOptions, type Report } from "../report.js";
import { incidentIn, makeCountry } from "./country.js";

const NATIONWIDE_METERS = 400_000;
/** Before both are compiled as they stay. */
const WARM_UPS = 4;
const ALARM = { channel: "sms", domain: "alarm", kind: "other", urgency: "normal", atMs: 0 } as const;

export async function run(report: Report, options: BenchOptions): Promise<void> {
  const { locations, participants, terms, center } = place(options.participants);
  const pool = createPool();
  const started = performance.now();
  const shards = await buildShards(pool, locations, participants, terms);
  if (!shards.ok) throw new Error(shards.problem.detail);
  const buildMs = performance.now() - started;
  report(alone("selection.build", rounded(buildMs), "ms"));
  const selector = new PoolSelector(pool, shards.value);
  // As the service does before it is ready.
  await releaseMemory(pool);
  await selector.warmUp();
  const select = async (radiusMeters: number, besides: readonly Channel[] = []): Promise<void> => {
    const area = { type: "Circle", center, radiusMeters } as const;
    const result = await selector.select({ ...ALARM, area, besides });
    if (!result.ok) throw new Error(result.problem.detail);
  };
  try {
    report(line("selection.5km", await measure(() => select(5_000), options.tiny ? 2 : 2_000)));
    report(line("selection.nationwide", await measure(() => select(NATIONWIDE_METERS), options.tiny ? 2 : 40)));
    report(await overFour(select, options.tiny ? 2 : 40));
  } finally {
    await selector.close();
  }
}

/** Each time over one channel, and then over all. */
async function overFour(
  select: (radiusMeters: number, besides?: readonly Channel[]) => Promise<void>,
  runs: number,
): Promise<BenchLine> {
  const [one, four]: [number[], number[]] = [[], []];
  const timed = async (times: number[], besides: readonly Channel[]): Promise<void> => {
    const startedAt = performance.now();
    await select(NATIONWIDE_METERS, besides);
    times.push(performance.now() - startedAt);
  };
  const others = CHANNELS.filter((channel) => channel !== ALARM.channel);
  for (let run = 0; run < runs + WARM_UPS; run += 1) {
    if (run === WARM_UPS) one.length = four.length = 0;
    await timed(one, []);
    await timed(four, others);
  }
  const { p50, p99 } = percentilesOf(four);
  const alone = percentilesOf(one).p50;
  return {
    ...{ name: "selection.channels", value: rounded(p50), unit: "ms", p50: rounded(p50), p99: rounded(p99) },
    ...{ peer: rounded(alone), ratio: rounded(p50 / alone) },
  };
}

function place(count: number) {
  const country = makeCountry(count);
  return { ...country, center: incidentIn(country) };
}

function line(name: string, { p50, p99 }: Statistics) {
  return { name, value: rounded(p50), unit: "ms", p50: rounded(p50), p99: rounded(p99), peer: null, ratio: null };
}
