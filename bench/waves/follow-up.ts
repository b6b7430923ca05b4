/**
 * What follows a first wave. update.first: from sending the request of a corrected text, while a nationwide action is being sent, to the
 * first of its submit_sm arriving at a carrier. ring.step: whom a circle that has grown by 5 km asks anew, around an everyday place: the
 * selection of all of it, and of that the difference to those who were asked.
 */
import { randomUUID } from "node:crypto";
import { Marks } from "../../engine/actions/waves/asked.js";
import { createPool, releaseMemory } from "../../engine/pool/tasks.js";
import { PoolSelector } from "../../engine/selection/pool.js";
import { buildShards } from "../../engine/selection/rows/build.js";
import type { BenchOptions, Report } from "../report.js";
import { firstSubmits, nationwide, nowMs, type Rig, startRig } from "../rig.js";
import { line, sample } from "../sample.js";
import { incidentIn, makeCountry } from "../selection/country.js";

const ALARM = { channel: "sms", domain: "alarm", kind: "other", urgency: "normal", atMs: 0 } as const;
const STEP_METERS = 5_000;
/** 40 km around the place at last. */
const STEPS = 8;

export async function updates(folder: string, report: Report, { tiny }: BenchOptions): Promise<void> {
  const rig = await startRig(folder, 2);
  try {
    report(line("update.first", "ms", await sample("update.first", tiny ? 1 : 9, () => updateFirst(rig))));
  } finally {
    await rig.close();
  }
}

let tags = 0;
async function updateFirst(rig: Rig): Promise<number> {
  const { engine } = rig;
  const { id } = await nationwide(engine);
  await engine.until(
    id,
    ({ waves: [wave] }) => {
      return wave !== undefined && wave.counts.acknowledged + wave.counts.delivered > wave.recipients / 4;
    },
    5,
  );
  const tag = `u${String(tags++).padStart(3, "0")}`;
  const sentAtMs = nowMs();
  const answer = await engine.request(
    "POST",
    `/v1/actions/${id}/updates`,
    { text: `Rode fiets. ${tag}` },
    randomUUID(),
  );
  if (answer.status !== 200) throw new Error(JSON.stringify(answer.body));
  await engine.until(id, ({ status }) => status === "sent", 50);
  const [ms] = await firstSubmits(rig, [{ id, tag: Buffer.from(tag).readUInt32BE(0), sentAtMs }]);
  await engine.request("POST", `/v1/actions/${id}/stop`, undefined, randomUUID());
  return ms!;
}

export async function rings(report: Report, options: BenchOptions): Promise<void> {
  const country = makeCountry(options.participants);
  const pool = createPool();
  const shards = await buildShards(pool, country.locations, country.participants, country.terms);
  if (!shards.ok) throw new Error(shards.problem.detail);
  const selector = new PoolSelector(pool, shards.value);
  await releaseMemory(pool);
  await selector.warmUp();
  const center = incidentIn(country);
  const growOnce = async (): Promise<number[]> => {
    const asked = new Marks();
    const times: number[] = [];
    for (let step = 0; step < STEPS; step++) {
      const startedAt = performance.now();
      const area = { type: "Circle", center, radiusMeters: STEP_METERS * (step + 1) } as const;
      const roster = await selector.select({ ...ALARM, area, without: asked.bitmap });
      if (!roster.ok) throw new Error(roster.problem.detail);
      const fresh = await asked.without(roster.value);
      if (step > 0) times.push(performance.now() - startedAt);
      asked.add(new Uint32Array(fresh.participants), 0, fresh.count);
    }
    return times;
  };
  try {
    for (let warmUps = 0; warmUps < (options.tiny ? 1 : 20); warmUps++) await growOnce();
    const times: number[] = [];
    for (let rounds = 0; rounds < (options.tiny ? 2 : 60); rounds++) times.push(...(await growOnce()));
    report(line("ring.step", "ms", await sample("ring.step", times.length, async (run) => times[run]!)));
  } finally {
    await selector.close();
  }
}
