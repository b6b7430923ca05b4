/** What was accepted and failed: everybody is told why, also after a restart. */
import { describe, expect, it } from "vitest";
import { DISPATCH } from "../../../schemas/limits.js";
import { FakeCarrier } from "../dispatch/fake-carrier.js";
import { FakeSelector, type Harness } from "./harness.js";
import { ownHarness } from "./own-harness.js";

const own = ownHarness();
let harness: Harness;

const REASON = { code: "STORE_CORRUPT", detail: "a block fails its checksum" } as const;

async function start(aheadMs = 0): Promise<void> {
  harness = await own.start([new FakeCarrier("a", 1)], new FakeSelector(5), aheadMs);
}

describe("an action that failed", () => {
  it("says why, in the API, in the monitor until it would have expired, and in the count, also after a restart", async () => {
    await start();
    harness.selector.problem = REASON;
    const { id, reason } = await harness.create({ dispatch: true });
    expect(reason).toBe(null);
    expect((await harness.at(id, "failed")).reason).toEqual(REASON);
    expect(harness.lifecycle.failures.counts).toEqual({ STORE_CORRUPT: 1 });
    const watched = { id, status: "failed", reason: REASON, wave: "first", recipients: 0 };
    expect(harness.actions.watched()).toMatchObject([watched]);
    await harness.crash();
    await start();
    expect(harness.get(id).reason).toEqual(REASON);
    expect(harness.actions.watched()).toMatchObject([watched]);
    harness.aheadMs = 5 * 3_600_000;
    expect(harness.actions.watched()).toEqual([]);
  });

  it("is shown beside the others that failed last, as many as are held", async () => {
    await start();
    harness.selector.problem = REASON;
    const ids: string[] = [];
    for (let n = 0; n < DISPATCH.failedShown + 2; n++) ids.push((await harness.create({ dispatch: true })).id);
    await Promise.all(ids.map((id) => harness.at(id, "failed")));
    const latest = ids.sort().slice(-DISPATCH.failedShown);
    const watched = (): string[] => harness.actions.watched().map(({ id }) => id);
    expect(watched().sort()).toEqual(latest);
    await harness.crash();
    await start();
    expect(watched().sort()).toEqual(latest);
  });

  it("is shown from the moment on at which it was accepted", async () => {
    await start();
    harness.selector.hold();
    const { id } = await harness.create({ dispatch: true });
    expect(harness.actions.watched()).toMatchObject([{ id, status: "selecting", reason: null, recipients: 0 }]);
    harness.selector.release();
    await harness.at(id, "sent");
    expect(harness.actions.watched()).toMatchObject([{ id, status: "sent", recipients: 5 }]);
  });
});

it("has no reason where it was stored before there was one", async () => {
  await start();
  const { id } = await harness.create();
  const key = Buffer.from(id.replaceAll("-", ""), "hex");
  const stored = harness.store.table("actions").get(key);
  const { reason, ...older } = JSON.parse((stored.ok && stored.value?.toString()) || "{}");
  expect(reason).toBe(null);
  await harness.store.commit(() => void harness.store.table("actions").put(key, Buffer.from(JSON.stringify(older))));
  expect(harness.get(id).reason).toBe(null);
});
