/** What makes a new action durable is one commit with its wave where its selection is there soon, and waits for no other. */
import { setImmediate as nextTurn } from "node:timers/promises";
import { beforeEach, expect, it } from "vitest";
import { ActionStore } from "../../../../engine/actions/action-store.js";
import type { ActionRecord } from "../../../../engine/actions/record.js";
import { FakeCarrier } from "../../dispatch/fake-carrier.js";
import { caller, FakeSelector, type Harness, must, request } from "../harness.js";
import { ownHarness } from "../own-harness.js";

const own = ownHarness();
let harness: Harness;
beforeEach(async () => {
  harness = await own.start([new FakeCarrier("a", 1)], new FakeSelector(5));
});

/** As it is on the disk. */
function stored(id: string): ActionRecord {
  const record = new ActionStore(harness.store).get(id);
  if (!record.ok) throw new Error(record.problem.code);
  return record.value;
}

it("is one with that of the wave: who has the answer finds both", async () => {
  const before = harness.store.commits.count;
  const { id } = await harness.create({ dispatch: true });
  expect([stored(id).status, stored(id).waves.length, harness.store.commits.count - before]).toEqual(["sending", 1, 1]);
  await harness.at(id, "sent");
});

it("goes, with the wave, into the commit that follows the one under way, also when the ledger waited for that before", async () => {
  const before = harness.store.commits.count;
  const large = harness.store.commit(
    () => void harness.store.table("meta").put(Buffer.from("large"), Buffer.alloc(2 ** 24)),
  );
  // From the next turn on nothing goes along any more.
  await nextTurn();
  const ledger = harness.dispatcher.commit();
  const { id } = await harness.create({ dispatch: true, domain: "alarm", urgency: "extreme" });
  expect([stored(id).status, stored(id).waves.length, harness.store.commits.count - before]).toEqual(["sending", 1, 2]);
  expect((await large).ok).toBe(true);
  await ledger;
  await harness.at(id, "sent");
});

it("does not wait for a selection that takes long", async () => {
  harness.selector.hold();
  const { id } = await harness.create({ dispatch: true });
  expect([stored(id).status, stored(id).waves]).toEqual(["selecting", []]);
  harness.selector.release();
  await harness.at(id, "sent");
});

it("keeps what somebody did who saw the action before it was durable", async () => {
  harness.selector.hold();
  const asked = harness.actions.create(request({ dispatch: true }), caller());
  // Its area is checked first, in this turn of the loop; the commit waits for a later one.
  for (let step = 0; step < 100 && [...harness.lifecycle.underWay].length === 0; step++) await Promise.resolve();
  const [{ id }] = [...harness.lifecycle.underWay] as [ActionRecord];
  await harness.actions.stop(id, caller());
  must(await asked);
  expect(stored(id).status).toBe("stopped");
  harness.selector.release();
  expect(harness.log()).toEqual([]);
});
