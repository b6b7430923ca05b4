/** Bits of who reacted, as they go to the disk: each group has as many new numbers as it is to have. */
import { randomUUID } from "node:crypto";
import { expect, test } from "vitest";
import { Reacted } from "../../../engine/replies/reacted.js";
import { REACTED } from "../../../schemas/limits.js";
import { TemporaryFolder } from "../dispatch/fixtures.js";
import { given } from "../registry/samples.js";

test("who reacts again while their bit is on its way is no member of the next group", async () => {
  const folder = new TemporaryFolder();
  const store = folder.open();
  const reacted = new Reacted(store, 1);
  const action = randomUUID();
  for (let person = 0; person < REACTED.group; person++) reacted.note(action, [person]);
  const stored = reacted.flush();
  for (let person = 1; person < REACTED.group; person++) reacted.note(action, [100 + person]);
  reacted.note(action, [0]);
  given(await stored);
  expect(reacted.waiting).toBe(REACTED.group - 1);
  given(await reacted.flush());
  const has = reacted.of(action);
  expect([has(0), has(REACTED.group - 1), has(101)]).toEqual([true, true, false]);
  reacted.note(action, [100]);
  given(await reacted.flush());
  expect([reacted.waiting, reacted.of(action)(101)]).toEqual([0, true]);
  await store.close();
  folder.remove();
});
