/** Tasks of the pool that fail: what they throw is a Problem, and who shares memory with them is waited for. */

import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import { randomFrom } from "../../../bench/selection/country.js";
import { createPool, runTask, runTasks, type TaskPool } from "../../../engine/pool/tasks.js";
import { SELECTION } from "../../../schemas/limits.js";
import { makeWorld } from "../../property/world.js";

let pool: TaskPool;
beforeAll(async () => {
  pool = createPool();
  await pool.loaded;
});
afterAll(() => pool.destroy());

it("what a task throws is INTERNAL, after it was tried as often as may be, and rejects nobody", async () => {
  const before = pool.completed;
  const done = await runTask(pool, "shard", null);
  expect(done).toMatchObject({ ok: false, problem: { code: "INTERNAL" } });
  expect(pool.completed - before).toBe(SELECTION.attempts);
  expect(await runTask(pool, "noSuchTask", null)).toMatchObject({ ok: false, problem: { code: "INTERNAL" } });
  expect(await runTask(pool, "shard", () => {})).toMatchObject({ ok: false, problem: { code: "INTERNAL" } });
  expect(await runTask(pool, "wake", undefined)).toMatchObject({ ok: true });
});

it("several at a time settle when the last has ended, also when one of them fails at once", async () => {
  const random = randomFrom(1);
  const { locations } = makeWorld(
    Array.from({ length: 200_000 }, () => [5 + random(), 52 + random()] as const).map(([lng, lat]) => [lng, lat]),
    random,
  );
  const before = pool.completed;
  const slow = { locations, from: 0, to: locations.count };
  expect(await runTasks(pool, "shard", [null, slow, slow])).toMatchObject({ ok: false, problem: { code: "INTERNAL" } });
  expect(pool.completed - before).toBe(SELECTION.attempts + 2);
});

it("an error in a worker that has no task ends nothing", async () => {
  const stray = new Promise((resolve) => pool.once("error", resolve));
  pool.threads[0]!.emit("error", new Error("stray"));
  expect(await stray).toMatchObject({ message: "stray" });
  expect(await runTask(pool, "wake", undefined)).toMatchObject({ ok: true });
});

it("a pool that is closed at once lets its workers load first, or one of them may end the process", async () => {
  const early = createPool(2);
  await early.destroy();
  expect(early.completed).toBe(2);
});

it.each([0, 5, 20, 60])("so does one in which a worker was replaced %d ms ago", async (agoMs) => {
  const late = createPool(2);
  await late.loaded;
  const replaced = new Promise((resolve) => late.once("error", resolve));
  late.threads[0]!.emit("error", new Error("stray"));
  await replaced;
  await sleep(agoMs);
  await late.destroy();
  expect(late.threads.length).toBe(0);
});
