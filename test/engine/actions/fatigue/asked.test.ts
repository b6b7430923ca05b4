/** Nobody is asked more often in an hour or a day than they may be, however many actions come at once, and a kill forgets nobody. */
import { describe, expect, it } from "vitest";
import { type AskedBounds, countsAsAsked } from "../../../../engine/actions/fatigue/asking.js";
import { surveyStore } from "../../../../engine/actions/survey.js";
import { lastWaveId } from "../../../../engine/dispatch/ledger/journal/orphans.js";
import { ASKED_COUNTS, askedCounts } from "../../../../engine/selection/query/asked-columns.js";
import { NO_SPARING } from "../../../../engine/selection/query/persons.js";
import type { Action } from "../../../../schemas/api/api.js";
import { ACTION_WAVE_KINDS, GROUPS } from "../../../../schemas/words.js";
import { FakeCarrier } from "../../dispatch/fake-carrier.js";
import { TemporaryFolder } from "../../dispatch/fixtures.js";
import { caller, FakeSelector, Harness, must, REGISTRY } from "../harness.js";

const PEOPLE = 40;
/** Whom a fake selection finds first. */
const FIRST = 1_000;
const HOUR_MS = 3_600_000;

/** Over a folder that is given on. */
async function start(folder: TemporaryFolder, bounds: AskedBounds, aheadMs = 0): Promise<Harness> {
  const selector = new FakeSelector(PEOPLE);
  return Harness.start(folder, [new FakeCarrier("a", 1)], selector, aheadMs, REGISTRY, surveyStore, bounds);
}

async function send(harness: Harness, fields: object = {}): Promise<Action> {
  const { id } = await harness.create({ dispatch: true, ...fields });
  for (;;) {
    const action = harness.get(id);
    if (action.status === "sent" || action.status === "failed") return action;
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

function counts(harness: Harness): number[] {
  const at = (FIRST + 7) * ASKED_COUNTS;
  return [...askedCounts(harness.people.asked).subarray(at, at + ASKED_COUNTS)];
}

describe("caps", () => {
  it("leave out whoever was asked as often as they may be in an hour, also where actions come at once", async () => {
    const folder = new TemporaryFolder();
    const harness = await start(folder, { perHour: 3, perDay: 5 });
    const many = await Promise.all(Array.from({ length: 8 }, () => send(harness)));
    expect(many.filter(({ status }) => status === "sent").map(({ waves: [first] }) => first!.recipients)).toEqual([
      PEOPLE,
      PEOPLE,
      PEOPLE,
    ]);
    expect(many.find(({ status }) => status === "failed")?.reason).toMatchObject({
      code: "NOBODY_INSIDE",
      detail: expect.stringContaining("askedOften"),
    });
    expect(counts(harness)).toEqual([3, 3, 3, 3]);
    const extreme = await send(harness, { domain: "alarm", urgency: "extreme" });
    expect(extreme.waves[0]!.recipients, "danger passes").toBe(PEOPLE);
    const allowed = await send(harness, { allowNobody: true });
    expect(allowed.waves[0]!.recipients).toBe(0);
    await harness.crash();
    folder.remove();
  });

  it("know after a kill whom the last run asked, and forget it when the hour, and the day, are over", async () => {
    const folder = new TemporaryFolder();
    const first = await start(folder, { perHour: 2, perDay: 3 });
    await send(first);
    await send(first);
    await first.crash();
    const second = await start(folder, { perHour: 2, perDay: 3 });
    expect(counts(second)).toEqual([2, 2, 2, 2]);
    expect((await send(second)).status).toBe("failed");
    second.aheadMs = HOUR_MS + 1_000;
    await second.asked.sweep(second.now());
    expect(counts(second).slice(0, 3)).toEqual([0, 2, 2]);
    expect((await send(second)).waves[0]!.recipients).toBe(PEOPLE);
    expect((await send(second)).status, "three in a day").toBe("failed");
    await second.crash();
    const third = await start(folder, { perHour: 2, perDay: 3 }, 24.5 * HOUR_MS);
    expect(counts(third)).toEqual([0, 1, 3, 0]);
    await third.asked.sweep(third.now() + 31 * 24 * HOUR_MS);
    expect(counts(third)).toEqual([0, 0, 0, 0]);
    expect(third.asked.timesInMonth).toBe(0);
    await third.crash();
    folder.remove();
  });

  it("count only who is with a running action as that, and no one of an action that came to nothing", async () => {
    const folder = new TemporaryFolder();
    const harness = await start(folder, NO_SPARING);
    const action = await send(harness);
    expect(counts(harness)).toEqual([1, 1, 1, 1]);
    must(await harness.actions.end(action.id, { text: "found, thank you", outcome: "success" }, caller()));
    await harness.at(action.id, "ended");
    await harness.asked.sweep(harness.now());
    expect(counts(harness), "whoever is thanked is not asked once more").toEqual([1, 1, 1, 0]);
    harness.selector.hold();
    const { id } = await harness.create({ dispatch: true });
    must(await harness.actions.stop(id, caller()));
    harness.selector.release();
    await harness.at(id, "stopped");
    expect(counts(harness)).toEqual([1, 1, 1, 0]);
    await harness.asked.forget(harness.waves.ids().next().value!);
    expect(counts(harness)).toEqual([0, 0, 0, 0]);
    await harness.crash();
    folder.remove();
  });

  it("leave whoever another action asks to it, where the kind comes alone", async () => {
    const folder = new TemporaryFolder();
    const harness = await start(folder, NO_SPARING);
    const missing = await send(harness);
    const both = await send(harness, { kind: "burglary" });
    expect(both.waves[0]!.recipients, "somebody in two actions gets both").toBe(PEOPLE);
    const question = await send(harness, { kind: "question" });
    expect(question.reason).toMatchObject({ code: "NOBODY_INSIDE", detail: expect.stringContaining("otherAction") });
    for (const { id } of [missing, both]) {
      must(await harness.actions.end(id, { text: "found, thank you", outcome: "success" }, caller()));
      await harness.at(id, "ended");
    }
    await harness.asked.sweep(harness.now());
    expect((await send(harness, { kind: "question" })).waves[0]!.recipients).toBe(PEOPLE);
    await harness.crash();
    folder.remove();
  });

  it("hold for whatever asks, and not for what follows it", () => {
    expect(
      ACTION_WAVE_KINDS.filter((kind) => !countsAsAsked(kind)).every((kind) => /ending|update|correction/.test(kind)),
    ).toBe(true);
  });
});

describe("groups", () => {
  it("go first, the nearest of them first, or are asked alone", async () => {
    const folder = new TemporaryFolder();
    const harness = await start(folder, NO_SPARING);
    const groups = new Uint8Array(harness.people.groups);
    const [school, help] = [1 << GROUPS.indexOf("school"), 1 << GROUPS.indexOf("help")];
    for (const person of [3, 11, 25]) groups[FIRST + person] = school;
    groups[FIRST + 30] = help;
    const rosterOf = async (fields: object): Promise<number[]> => {
      const { id } = await send(harness, fields);
      const [wave] = harness.lifecycle.record(id).ok ? harness.waves.ids(lastWaveId(harness.store)) : [];
      const roster = harness.waves.roster(wave!, harness.get(id).waves[0]!.recipients);
      return roster.ok ? [...new Uint32Array(roster.value)] : [];
    };
    const everybody = await rosterOf({});
    const isFirst = (person: number): boolean => groups[person] === school;
    const first = await rosterOf({ groups: { first: ["school"] } });
    expect(first).toEqual([...everybody.filter(isFirst), ...everybody.filter((person) => !isFirst(person))]);
    expect(await rosterOf({ groups: { only: ["school", "help"] } })).toEqual(
      [3, 11, 25, 30].map((person) => FIRST + person),
    );
    const none = await send(harness, { groups: { only: ["careHome"] } });
    expect(none.reason).toMatchObject({ code: "NOBODY_INSIDE", detail: expect.stringContaining("notInGroup") });
    await harness.crash();
    folder.remove();
  });
});
