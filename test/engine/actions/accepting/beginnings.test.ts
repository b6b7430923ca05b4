/** An extreme alarm begins at once, and nothing else does until it is durable, whether it is new or was a draft. */
import { expect, it } from "vitest";
import { DISPATCH } from "../../../../schemas/limits.js";
import { FakeCarrier } from "../../dispatch/fake-carrier.js";
import { caller, FakeSelector, type Harness, must, request } from "../harness.js";
import { ownHarness } from "../own-harness.js";

const own = ownHarness();
const ALARM = { domain: "alarm", urgency: "extreme" } as const;

/** How many have begun once all that a turn of the event loop does is done. */
async function begun({ lifecycle }: Harness): Promise<number> {
  for (let step = 0; step < 100; step++) await Promise.resolve();
  return [...lifecycle.underWay].length;
}

it.each([
  ["is new", false],
  ["was a draft", true],
])("goes before all others, where it %s", async (_, isDraft) => {
  const harness = await own.start([new FakeCarrier("a", 1)], new FakeSelector(5));
  const draft = isDraft ? await harness.create(ALARM) : undefined;
  harness.selector.hold();
  const before = Array.from({ length: DISPATCH.actionsAtATime + 1 }, () =>
    harness.actions.create(request({ dispatch: true }), caller()),
  );
  expect(await begun(harness)).toBe(DISPATCH.actionsAtATime);
  const alarm = draft
    ? harness.actions.dispatch(draft.id, caller())
    : harness.actions.create(request({ ...ALARM, dispatch: true }), caller());
  const after = harness.actions.create(request({ dispatch: true }), caller());
  expect(await begun(harness)).toBe(DISPATCH.actionsAtATime + 1);
  must(await alarm);
  harness.selector.release();
  for (const each of [...before, after]) must(await each);
  expect(await begun(harness)).toBe(DISPATCH.actionsAtATime + 3);
});
