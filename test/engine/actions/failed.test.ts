/** What was accepted and failed: everybody is told why, also after a restart. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { DISPATCH } from "../../../schemas/limits.js";
import { FakeCarrier } from "../dispatch/fake-carrier.js";
import { TemporaryFolder } from "../dispatch/fixtures.js";
import { Desk, FakeSelector } from "./desk.js";

let folder: TemporaryFolder;
let desk: Desk;
beforeEach(() => {
  folder = new TemporaryFolder();
});
afterEach(async () => {
  await desk.crash();
  folder.remove();
});

const REASON = { code: "STORE_CORRUPT", detail: "a block fails its checksum" } as const;

async function start(aheadMs = 0): Promise<void> {
  desk = await Desk.start(folder, [new FakeCarrier("a", 1)], new FakeSelector(5), aheadMs);
}

describe("an action that failed", () => {
  it("says why, in the API, in the monitor until it would have expired, and in the count, also after a restart", async () => {
    await start();
    desk.selector.problem = REASON;
    const { id, reason } = await desk.create({ dispatch: true });
    expect(reason).toBe(null);
    expect((await desk.at(id, "failed")).reason).toEqual(REASON);
    expect(desk.course.failures.counts).toEqual({ STORE_CORRUPT: 1 });
    const watched = { id, status: "failed", reason: REASON, wave: "first", recipients: 0 };
    expect(desk.actions.watched()).toMatchObject([watched]);
    await desk.crash();
    await start();
    expect(desk.get(id).reason).toEqual(REASON);
    expect(desk.actions.watched()).toMatchObject([watched]);
    desk.aheadMs = 5 * 3_600_000;
    expect(desk.actions.watched()).toEqual([]);
  });

  it("is shown beside the others that failed last, as many as are held", async () => {
    await start();
    desk.selector.problem = REASON;
    const ids: string[] = [];
    for (let n = 0; n < DISPATCH.failedShown + 2; n++) ids.push((await desk.create({ dispatch: true })).id);
    await Promise.all(ids.map((id) => desk.at(id, "failed")));
    const latest = ids.sort().slice(-DISPATCH.failedShown);
    const watched = (): string[] => desk.actions.watched().map(({ id }) => id);
    expect(watched().sort()).toEqual(latest);
    await desk.crash();
    await start();
    expect(watched().sort()).toEqual(latest);
  });

  it("is shown from the moment on at which it was accepted", async () => {
    await start();
    desk.selector.hold();
    const { id } = await desk.create({ dispatch: true });
    expect(desk.actions.watched()).toMatchObject([{ id, status: "selecting", reason: null, recipients: 0 }]);
    desk.selector.release();
    await desk.at(id, "sent");
    expect(desk.actions.watched()).toMatchObject([{ id, status: "sent", recipients: 5 }]);
  });
});

it("has no reason where it was stored before there was one", async () => {
  await start();
  const { id } = await desk.create();
  const key = Buffer.from(id.replaceAll("-", ""), "hex");
  const stored = desk.store.table("actions").get(key);
  const { reason, ...older } = JSON.parse((stored.ok && stored.value?.toString()) || "{}");
  expect(reason).toBe(null);
  await desk.store.commit(() => void desk.store.table("actions").put(key, Buffer.from(JSON.stringify(older))));
  expect(desk.get(id).reason).toBe(null);
});
