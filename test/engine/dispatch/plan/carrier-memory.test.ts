/** What was learnt of carriers, over restarts, on a real store. */
import { expect, test } from "vitest";
import { CarrierMemory } from "../../../../engine/dispatch/plan/carrier-memory.js";
import { Store } from "../../../../engine/store/store.js";
import { GAUGE, GAUGE_WORDS, NOTHING_KNOWN } from "../../../../schemas/link.js";
import { temporaryFolder } from "../../../temp-folder.js";

function carrier(name: string, learntPerSecond: number, window: number, bound = 2) {
  const gauges = new Int32Array(new SharedArrayBuffer(GAUGE_WORDS * 4));
  gauges[GAUGE.bound] = bound;
  gauges[GAUGE.learntPerSecond] = learntPerSecond;
  gauges[GAUGE.window] = window;
  return { name, binds: 2, gauges };
}

function opened(folder: string): Store {
  const store = Store.open(folder);
  if (!store.ok) throw new Error(store.problem.detail);
  return store.value;
}

test("rate and outstanding are known after a restart; what tells nothing changes nothing", async () => {
  const folder = temporaryFolder();
  const store = opened(folder);
  const memory = new CarrierMemory(store);
  expect(memory.of("north")).toEqual(NOTHING_KNOWN);
  expect(await memory.note([carrier("north", 980, 1_024), carrier("ost", 0, 300)])).toMatchObject({ ok: true });
  // A bind is down, nothing limits for the moment, it is slower than it was, or hardly another.
  for (const seen of [carrier("north", 490, 512, 1), carrier("north", 0, 100), carrier("north", 990, 1_030)]) {
    await memory.note([seen, carrier("ost", 0, 300)]);
    expect(memory.of("north")).toEqual({ perSecond: 980, outstanding: 1_024 });
  }
  await memory.note([carrier("north", 500, 100), carrier("ost", 0, 300)]);
  await store.close();
  const again = opened(folder);
  const known = new CarrierMemory(again);
  expect(known.of("north")).toEqual({ perSecond: 500, outstanding: 1_024 });
  expect(known.of("ost")).toEqual({ perSecond: 0, outstanding: 300 });
  await known.note([carrier("north", 500, 100)]);
  expect(known.of("ost")).toEqual(NOTHING_KNOWN);
  await again.close();
});
