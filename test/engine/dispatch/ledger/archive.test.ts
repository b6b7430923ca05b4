/** Which waves make room, and for whom: with a real store, and a carrier in a thread that sends receipts or does not. */
import { afterEach, expect, it } from "vitest";
import { DISPATCH } from "../../../../schemas/limits.js";
import { FakeSelector, Harness } from "../../actions/harness.js";
import { FakeCarrier } from "../fake-carrier.js";
import { TemporaryFolder, until } from "../fixtures.js";

/** Actions that begin in one moment. */
const TOGETHER = 8;
const EXTREME = { domain: "alarm", urgency: "extreme" };

let folder: TemporaryFolder;
let harness: Harness;
let carrier: FakeCarrier;

async function start(): Promise<void> {
  folder = new TemporaryFolder();
  carrier = new FakeCarrier("north", 1);
  harness = await Harness.start(folder, [carrier], new FakeSelector(3));
  harness.dispatcher.start();
}

afterEach(async () => {
  await harness.crash();
  folder.remove();
});

/** So many live waves, each of which was sent a moment ago and has no receipts yet. Those that begin together share commits. */
async function fill(waves: number): Promise<void> {
  const missing = (): number => waves - harness.dispatcher.waves.length;
  while (missing() > 0) {
    const few = Array.from({ length: Math.min(TOGETHER, missing()) }, () =>
      harness.create({ dispatch: true, ...EXTREME }),
    );
    for (const { id } of await Promise.all(few)) await harness.at(id, "sent");
  }
}

async function sentNow(fields: object): Promise<boolean> {
  const { id } = await harness.create({ dispatch: true, ...fields });
  await until(() => harness.get(id).status === "sent" || harness.get(id).reason !== null);
  return harness.get(id).status === "sent";
}

it("leaves the last places to those that go first, and takes none from receipts that are on their way but for an extreme alarm", async () => {
  await start();
  // However long it takes to fill all places, the receipts have had none of their time.
  harness.speed = 0;
  const { liveWaves, spareWaves, sparedBy } = DISPATCH;
  await fill(liveWaves - sparedBy.normal);
  const before = harness.dispatcher.waves.map(({ record }) => record.waveId);
  expect(await sentNow({ timeCritical: false })).toBe(false);
  await fill(liveWaves - sparedBy.urgent - 1);
  expect(await sentNow({ timeCritical: true })).toBe(true);
  expect(await sentNow({ timeCritical: true })).toBe(false);
  await fill(liveWaves);
  const live = new Set(harness.dispatcher.waves.map(({ record }) => record.waveId));
  expect(before.filter((id) => !live.has(id))).toEqual([]);
  expect(await sentNow(EXTREME)).toBe(true);
  expect(harness.dispatcher.waves.some(({ record }) => record.waveId === Math.min(...before))).toBe(false);

  // The receipts have had their time: room is made ahead, and who waited goes.
  harness.aheadMs += DISPATCH.receiptsFirstMs;
  await harness.archive.tidy();
  expect(harness.dispatcher.waves.length).toBeLessThanOrEqual(liveWaves - spareWaves);
  const waiting = harness.actions.list(undefined, 1_000);
  if (!waiting.ok) throw new Error(waiting.problem.detail);
  for (const { id } of waiting.value.actions) await harness.at(id, "sent");
});

it("closes the wave whose receipts are all in before an older one that awaits some", async () => {
  await start();
  await fill(2);
  const [older] = [...harness.dispatcher.waves];
  carrier.behave({ receipts: "early" });
  await fill(3);
  const newest = harness.dispatcher.waves.find(({ record }) => record.waveId > older!.record.waveId + 1)!;
  await until(() => newest.isSettled);
  expect(await harness.archive.restOldest(() => true)).toBe(true);
  expect(harness.dispatcher.waves).not.toContain(newest);
  expect(await harness.archive.restOldest(() => true)).toBe(true);
  expect(harness.dispatcher.waves).not.toContain(older);
});
