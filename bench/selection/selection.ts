/**
 * Whole selections through the pool, as an action asks for them: area, eligibility, once per person, nearest first, and a
 * roster at the end. There is no peer that does all of it.
 */

import type { Statistics } from "tinybench";
import { createPool, releaseMemory } from "../../engine/pool/tasks.js";
import { PoolSelector } from "../../engine/selection/pool.js";
import { buildShards } from "../../engine/selection/rows/build.js";
import { measure, rounded } from "../measure.js";
import { alone, type BenchOptions, type Report } from "../report.js";
import { incidentIn, makeCountry } from "./country.js";

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
  const select = async (radiusMeters: number): Promise<void> => {
    const area = { type: "Circle", center, radiusMeters } as const;
    const result = await selector.select({ ...ALARM, area });
    if (!result.ok) throw new Error(result.problem.detail);
  };
  try {
    report(line("selection.5km", await measure(() => select(5_000), options.tiny ? 2 : 2_000)));
    report(line("selection.nationwide", await measure(() => select(400_000), options.tiny ? 2 : 40)));
  } finally {
    await selector.close();
  }
}

function place(count: number) {
  const country = makeCountry(count);
  return { ...country, center: incidentIn(country) };
}

function line(name: string, { p50, p99 }: Statistics) {
  return { name, value: rounded(p50), unit: "ms", p50: rounded(p50), p99: rounded(p99), peer: null, ratio: null };
}
