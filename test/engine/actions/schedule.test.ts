/** Actions that start at a set time: once, at that time, whatever happens to the service and its clocks meanwhile. */
import { describe, expect, it } from "vitest";
import { ActionStore } from "../../../engine/actions/action-store.js";
import { judgePast } from "../../../engine/actions/waves/past.js";
import { WaveStore } from "../../../engine/dispatch/ledger/wave-store.js";
import { putLastRun } from "../../../engine/store/last-run.js";
import { API, DISPATCH } from "../../../schemas/limits.js";
import { FakeCarrier } from "../dispatch/fake-carrier.js";
import { caller, code, FakeSelector, type Harness, must, REGISTRY, request } from "./harness.js";
import { ownHarness } from "./own-harness.js";

const MINUTE_MS = 60_000;
const own = ownHarness();
const start = (): Promise<Harness> => own.start([new FakeCarrier("a", 1)], new FakeSelector(20));
const restart = (): Promise<Harness> => own.restart([new FakeCarrier("a", 1)], new FakeSelector(20));

/** Of `later` minutes from now. */
const scheduled = (harness: Harness, later: number, fields: object = {}) =>
  harness.create({ dispatch: true, startAt: at(harness, later), ...fields });
const at = (harness: Harness, later: number): string => new Date(harness.now() + later * MINUTE_MS).toISOString();

describe("an action with a set start", () => {
  it("waits for it, and then is sent once", async () => {
    const harness = await start();
    const action = await scheduled(harness, 60);
    expect(action).toMatchObject({ status: "scheduled", startAt: action.startAt, waves: [] });
    expect(Date.parse(action.expiresAt) - Date.parse(action.startAt!)).toBe(API.expiresHoursDefault * 60 * MINUTE_MS);
    harness.schedule.tick();
    harness.aheadMs = 59 * MINUTE_MS;
    harness.schedule.tick();
    expect([harness.get(action.id).status, harness.selector.selections]).toEqual(["scheduled", 0]);
    expect(harness.actions.watched()).toMatchObject([{ id: action.id, status: "scheduled", nextAt: action.startAt }]);
    harness.aheadMs = 61 * MINUTE_MS;
    harness.schedule.tick();
    harness.schedule.tick();
    expect((await harness.at(action.id, "sent")).waves[0]!.counts.acknowledged).toBe(20);
    expect(harness.selector.selections).toBe(1);
  });

  it("is a draft with a start until it is dispatched, and starts at once where that is over by then", async () => {
    const harness = await start();
    const drafts = [
      await harness.create({ startAt: at(harness, 60) }),
      await harness.create({ startAt: at(harness, 60) }),
    ];
    expect(drafts.map(({ status }) => status)).toEqual(["draft", "draft"]);
    expect(must(await harness.actions.dispatch(drafts[0]!.id, caller())).status).toBe("scheduled");
    harness.aheadMs = 70 * MINUTE_MS;
    expect(must(await harness.actions.dispatch(drafts[1]!.id, caller())).status).toBe("selecting");
  });

  it("can be cancelled before", async () => {
    const harness = await start();
    const { id } = await scheduled(harness, 60);
    expect(must(await harness.actions.stop(id, caller())).status).toBe("stopped");
    harness.aheadMs = 61 * MINUTE_MS;
    harness.schedule.tick();
    expect([harness.get(id).status, harness.selector.selections]).toEqual(["stopped", 0]);
  });

  it.each([
    ["a start in the past", { startAt: -1 }, "INVALID_FIELD"],
    ["one too far ahead", { startAt: API.startDaysMax * 24 * 60 + 1 }, "INVALID_FIELD"],
    ["an end before it", { startAt: 60, expiresAt: 59 }, "INVALID_FIELD"],
    ["an end long after it", { startAt: 60, expiresAt: 60 + 72 * 60 + 1 }, "INVALID_FIELD"],
  ])("is refused with %s", async (_, times, expected) => {
    const harness = await start();
    const fields = Object.fromEntries(Object.entries(times).map(([name, later]) => [name, at(harness, later)]));
    expect(code(await harness.actions.create(request({ dispatch: true, ...fields }), caller()))).toBe(expected);
    const late = {
      dispatch: true,
      startAt: at(harness, 60),
      expiresAt: new Date(harness.now() + 60 * MINUTE_MS + 900).toISOString(),
    };
    expect(code(await harness.actions.create(request(late), caller()))).toBe("LIFE_TOO_SHORT");
    expect(harness.store.table("actions").count()).toBe(0);
  });

  it("takes no place of those that are sent now, and there are so many of them at most", async () => {
    const harness = await start();
    for (let made = 0; made < DISPATCH.actionsScheduled; made++) await scheduled(harness, 60);
    const one = { dispatch: true, startAt: at(harness, 60) };
    expect(code(await harness.actions.create(request(one), caller()))).toBe("BUSY");
    await harness.at((await harness.create({ dispatch: true })).id, "sent");
  });
});

describe("a start that was missed", () => {
  it.each([
    ["by little, is made up for", 62, "sent"],
    ["by more, is for an operator to judge", 75, "held"],
    ["by so much that the action has expired, is none any more", 60 + 5 * 60, "failed"],
  ] as const)("while the service was down: %s", async (_, later, status) => {
    const first = await start();
    const { id } = await scheduled(first, 60);
    const next = first.aheadMs + later * MINUTE_MS;
    await own.crash();
    const second = await own.start([new FakeCarrier("a", 1)], new FakeSelector(20), next);
    expect(second.get(id).status).toBe("scheduled");
    second.schedule.tick();
    const action = await second.at(id, status);
    const reasons = { sent: null, held: { code: "START_MISSED" }, failed: { code: "EXPIRED" } };
    expect(action).toMatchObject({ reason: reasons[status] });
    expect(second.selector.selections).toBe(status === "sent" ? 1 : 0);
    if (status === "held") {
      expect(must(await second.actions.resume(id, caller())).status).toBe("selecting");
      await second.at(id, "sent");
    }
  });

  it("survives another restart while it is held", async () => {
    const first = await start();
    const { id } = await scheduled(first, 60);
    first.aheadMs = 75 * MINUTE_MS;
    first.schedule.tick();
    await first.at(id, "held");
    await first.dispatcher.write(() => {});
    const second = await restart();
    second.schedule.tick();
    expect(second.get(id)).toMatchObject({ status: "held", reason: { code: "START_MISSED" } });
    must(await second.actions.resume(id, caller()));
    await second.at(id, "sent");
  });
});

describe("where the past or the clock is in doubt", () => {
  it("nothing starts by itself: a clock that got ahead at once holds it", async () => {
    const harness = await start();
    const { id } = await scheduled(harness, 60);
    harness.schedule.tick();
    harness.setAheadMs = 61 * MINUTE_MS;
    harness.schedule.tick();
    await harness.at(id, "held");
    harness.schedule.tick();
    expect(harness.get(id)).toMatchObject({ status: "held", reason: { code: "CLOCK_STEPPED" } });
    expect(harness.selector.selections).toBe(0);
    harness.setAheadMs = 0;
    harness.schedule.tick();
    // The time has not come by the clock that is right again.
    expect(must(await harness.actions.resume(id, caller())).status).toBe("scheduled");
    expect(must(await harness.actions.stop(id, caller())).status).toBe("stopped");
  });

  it("a step holds it once: what an operator has resumed since is not held again by the next look", async () => {
    const harness = await start();
    const { id } = await scheduled(harness, 60);
    harness.setAheadMs = 30 * MINUTE_MS;
    await harness.at(id, "held");
    expect(must(await harness.actions.resume(id, caller())).status).toBe("scheduled");
    harness.schedule.tick();
    expect(harness.get(id).status).toBe("scheduled");
  });

  it("a clock that was set back starts it when that says so", async () => {
    const harness = await start();
    const { id } = await scheduled(harness, 60);
    harness.schedule.tick();
    harness.setAheadMs = -30 * MINUTE_MS;
    harness.aheadMs = 61 * MINUTE_MS;
    harness.schedule.tick();
    expect(harness.get(id).status).toBe("scheduled");
    harness.aheadMs = 91 * MINUTE_MS;
    harness.schedule.tick();
    await harness.at(id, "sent");
  });

  it("a copy of the folder holds it, and whoever is sent to after that is flagged", async () => {
    const first = await start();
    const { id } = await scheduled(first, 60);
    await own.crash();
    const store = own.folder.open();
    // As a restore leaves it.
    await store.commit(() => putLastRun(store, { file: null, registry: REGISTRY, clockMs: Date.now() }));
    const past = await judgePast(store, new ActionStore(store), new WaveStore(store), REGISTRY, Date.now());
    expect(past).toMatchObject({ ok: true, value: { held: 1, problem: { code: "FOLDER_COPIED" } } });
    await store.close();
    const second = await own.start([new FakeCarrier("a", 1)], new FakeSelector(20), 61 * MINUTE_MS);
    second.schedule.tick();
    expect(second.get(id)).toMatchObject({ status: "held", reason: { code: "FOLDER_COPIED" } });
    must(await second.actions.resume(id, caller()));
    expect((await second.at(id, "sent")).waves[0]!.counts.possibleDuplicates).toBe(20);
  });
});
