/** What makes a new action durable is one commit with its wave where its selection is there soon, and waits for no other. */
import { afterEach, beforeEach, expect, it } from "vitest";
import { ActionStore } from "../../../engine/actions/action-store.js";
import type { ActionRecord } from "../../../engine/actions/record.js";
import { FakeCarrier } from "../dispatch/fake-carrier.js";
import { TemporaryFolder } from "../dispatch/fixtures.js";
import { caller, Desk, FakeSelector, must, request } from "./desk.js";

let folder: TemporaryFolder;
let desk: Desk;
beforeEach(async () => {
  folder = new TemporaryFolder();
  desk = await Desk.start(folder, [new FakeCarrier("a", 1)], new FakeSelector(5));
});
afterEach(async () => {
  await desk.crash();
  folder.remove();
});

/** As it is on the disk. */
function stored(id: string): ActionRecord {
  const record = new ActionStore(desk.store).get(id);
  if (!record.ok) throw new Error(record.problem.code);
  return record.value;
}

it("is one with that of the wave: who has the answer finds both", async () => {
  const before = desk.store.commits.count;
  const { id } = await desk.create({ dispatch: true });
  expect([stored(id).status, stored(id).waveIds.length, desk.store.commits.count - before]).toEqual(["sending", 1, 1]);
  await desk.at(id, "sent");
});

it("does not wait for a selection that takes long", async () => {
  desk.selector.hold();
  const { id } = await desk.create({ dispatch: true });
  expect([stored(id).status, stored(id).waveIds]).toEqual(["selecting", []]);
  desk.selector.release();
  await desk.at(id, "sent");
});

it("keeps what somebody did who saw the action before it was durable", async () => {
  desk.selector.hold();
  const asked = desk.actions.create(request({ dispatch: true }), caller());
  // Its area is checked first, in this turn of the loop; the commit waits for a later one.
  for (let step = 0; step < 100 && [...desk.course.underWay].length === 0; step++) await Promise.resolve();
  const [{ id }] = [...desk.course.underWay] as [ActionRecord];
  await desk.actions.stop(id, caller());
  must(await asked);
  expect(stored(id).status).toBe("stopped");
  desk.selector.release();
  expect(desk.log()).toEqual([]);
});
