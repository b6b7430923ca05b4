/**
 * Who is asked by an action and its rounds: the nearest, a widening, rings, late arrivals, over the real ledger and carriers in threads,
 * with the service ended in between as well.
 */
import { describe, expect, it } from "vitest";
import { surveyStore } from "../../../../engine/actions/survey.js";
import { ROUNDS } from "../../../../schemas/limits.js";
import { FakeCarrier } from "../../dispatch/fake-carrier.js";
import { until } from "../../dispatch/fixtures.js";
import { caller, must, REGISTRY } from "../harness.js";
import { ownHarness } from "../own-harness.js";
import { CIRCLE, COUNT, create, expectUpdated, LineSelector, people, persons, SLOW, start, wavesOf } from "./rig.js";

const own = ownHarness();

describe("a widening", () => {
  it("asks who was not asked before, with the text as it is by then", async () => {
    const harness = await start(own, SLOW);
    const { id } = await create(harness);
    await until(() => harness.carriers[0]!.written > 300);
    must(await harness.actions.update(id, { text: "on a red bicycle" }, caller()));
    const area = { type: "Circle", center: [5.1, 52.1] as [number, number], radiusMeters: 2_500 } as const;
    must(await harness.actions.widen(id, { area }, caller()));
    must(await harness.actions.widen(id, { area: { ...area, radiusMeters: 3_000 } }, caller()));
    const sent = await harness.at(id, "sent");
    const [nearer, farther] = wavesOf(harness, "widening");
    expect(people([nearer!])).toEqual(persons(COUNT, 500));
    expect(people([farther!])).toEqual(persons(2_500, 500));
    expect(nearer!.record.texts[0]).toBe("on a red bicycle");
    expect(sent.rounds.map(({ state }) => state)).toEqual(["done", "done", "done"]);
    expectUpdated(harness);
  });

  it("in rings asks each at its moment, nobody twice, over a kill", async () => {
    const harness = await start(own, {});
    const { id } = await create(harness, { area: { type: "Circle", center: [5.1, 52.1], radiusMeters: 100 } });
    await harness.at(id, "sent");
    const rings = { stepMeters: 100, everySeconds: 10, maxRadiusMeters: 600 };
    const asked = must(await harness.actions.widen(id, { rings }, caller()));
    expect(asked).toMatchObject({ status: "sending", rounds: [{ state: "waits", area: { radiusMeters: 200 } }] });
    await until(() => wavesOf(harness, "widening").length === 1);
    const { nextAt } = harness.get(id).rounds[0]!;
    expect(harness.actions.watched()).toMatchObject([{ id, nextAt }]);
    // Two steps come while nothing runs: what they would have asked is asked in one.
    await own.crash();
    const again = await own.start([new FakeCarrier("a", 1)], new LineSelector(0), 25_000);
    await until(() => wavesOf(again, "widening").length === 2);
    expect(again.get(id)).toMatchObject({
      status: "sending",
      rounds: [{ state: "waits", area: { radiusMeters: 500 } }],
    });
    must(await again.actions.stop(id, caller()));
    expect(again.get(id).waves.map(({ recipients }) => recipients)).toEqual([100, 100, 200]);
    expect(people(again.dispatcher.waves)).toEqual(persons(0, 400));
    expect(again.get(id).rounds).toMatchObject([{ state: "dropped" }]);
    expect(again.actions.watched()).toMatchObject([{ id, nextAt: null }]);
  });

  it("does not go on by itself where the past can't be believed", async () => {
    const harness = await start(own, {});
    const { id } = await create(harness, { area: { type: "Circle", center: [5.1, 52.1], radiusMeters: 100 } });
    await harness.at(id, "sent");
    must(await harness.actions.widen(id, { rings: { radiiMeters: [200, 300], everySeconds: 10 } }, caller()));
    await until(() => wavesOf(harness, "widening").length === 1);
    await harness.holding.clockAhead(20_000);
    harness.aheadMs += 20_000;
    expect(harness.get(id).status).toBe("held");
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(wavesOf(harness, "widening").length).toBe(1);
    must(await harness.actions.resume(id, caller()));
    await harness.at(id, "sent");
    expect(people(wavesOf(harness, "widening"))).toEqual(persons(100, 200));
  });

  it("until enough were asked takes the nearest, and asks nobody where enough were", async () => {
    const harness = await start(own, {});
    const { id } = await create(harness);
    await harness.at(id, "sent");
    must(await harness.actions.widen(id, { enough: COUNT + 37 }, caller()));
    await harness.at(id, "sent");
    must(await harness.actions.widen(id, { enough: COUNT }, caller()));
    const sent = await harness.at(id, "sent");
    expect(people(wavesOf(harness, "widening"))).toEqual(persons(COUNT, 37));
    expect(sent.rounds.map(({ state }) => state)).toEqual(["done", "done"]);
  });

  it("that fails says why, and the action goes on", async () => {
    const harness = await start(own, {});
    const { id } = await create(harness);
    await harness.at(id, "sent");
    harness.selector.problem = { code: "TOO_MANY_MESSAGES", detail: "a million" };
    must(await harness.actions.widen(id, { enough: COUNT + 1 }, caller()));
    const sent = await harness.at(id, "sent");
    expect(sent.rounds).toMatchObject([{ state: "failed", reason: { code: "TOO_MANY_MESSAGES" } }]);
  });
});

describe("a first wave", () => {
  /** In a circle of three kilometres, which is that of the kind, live six hundred. */
  async function askedBy(fields: object): Promise<number[]> {
    const selector = new LineSelector(0);
    selector.spacing = 5;
    const harness = await own.restart([new FakeCarrier("a", 1)], selector);
    const { id } = await create(harness, { kind: "missingPerson", ...fields });
    await harness.at(id, "sent");
    return people(wavesOf(harness, "first").slice(-1));
  }

  it("in a thin area asks the nearest until there are as many as are enough for the kind", async () => {
    expect(await askedBy({ area: CIRCLE })).toEqual(persons(0, 2_000));
  });

  it("asks no one outside an area that somebody drew, unless told until how many", async () => {
    const area = { ...CIRCLE, radiusMeters: 3_000 };
    expect(await askedBy({ area })).toEqual(persons(0, 600));
    expect(await askedBy({ area, enough: 700 })).toEqual(persons(0, 700));
  });

  it("and a widening count only those who are asked: whoever is left out is in nobody's place", async () => {
    const selector = new LineSelector(0);
    selector.spacing = 5;
    const harness = await own.restart([new FakeCarrier("a", 1)], selector);
    const addresses = new Uint8Array(harness.people.addresses);
    for (const person of persons(0, 2_500)) if (person % 5 === 0) addresses[person] = 0;
    const { id } = await create(harness, { kind: "missingPerson", area: CIRCLE });
    await harness.at(id, "sent");
    expect(people(wavesOf(harness, "first"))).toEqual(persons(0, 2_500).filter((person) => person % 5 !== 0));
    for (const person of persons(2_500, 500)) if (person % 2 === 0) addresses[person] = 0;
    must(await harness.actions.widen(id, { enough: 2_100 }, caller()));
    await harness.at(id, "sent");
    expect(people(wavesOf(harness, "widening"))).toEqual(persons(2_500, 200).filter((person) => person % 2 !== 0));
  });
});

describe("late arrivals", () => {
  it("are asked once each while the action lives, in all of its areas, over a kill", async () => {
    const harness = await start(own, {});
    const { id } = await create(harness, { arrivals: true, area: { ...CIRCLE, radiusMeters: 100 } });
    await until(() => wavesOf(harness, "first").length === 1);
    must(await harness.actions.widen(id, { area: { ...CIRCLE, radiusMeters: 200 } }, caller()));
    await until(() => wavesOf(harness, "widening").length === 1);
    await until(() => harness.dispatcher.waves.every(({ isSent }) => isSent));
    await harness.dispatcher.commit();
    await own.crash();
    const selector = new LineSelector(0);
    // Fifty come into the second area meanwhile.
    selector.arrived = 50;
    const again = await own.start(
      [new FakeCarrier("a", 1)],
      selector,
      ROUNDS.arrivalsMs,
      REGISTRY,
      (store, nowMs, its) => {
        const addresses = new Uint8Array(its.people.addresses);
        for (const person of persons(200, 10)) addresses[person] = 0;
        return surveyStore(store, nowMs);
      },
    );
    await until(() => wavesOf(again, "arrivals").length === 1);
    expect(people(wavesOf(again, "arrivals"))).toEqual(persons(210, 40));
    // Each look finds them again, and none of them is one more who was left out.
    expect(again.asking.leftOut).toEqual({});
    await until(() => again.dispatcher.waves.every(({ isSent }) => isSent));
    expect(again.get(id)).toMatchObject({ status: "sending", rounds: [{ kind: "arrivals", state: "waits" }, {}] });
    expect(again.actions.watched()).toMatchObject([{ id, nextAt: null }]);
    must(await again.actions.end(id, { text: "found", outcome: "success" }, caller()));
    await again.at(id, "ended");
    expect(people(wavesOf(again, "ending"))).toEqual([...persons(0, 200), ...persons(210, 40)]);
    expect(again.get(id).rounds[0]).toMatchObject({ state: "dropped" });
  });

  it("are asked of nobody where they are not wanted", async () => {
    const harness = await start(own, {});
    const small = { ...CIRCLE, radiusMeters: 100 };
    const without = await create(harness, { area: small, arrivals: false });
    expect((await harness.at(without.id, "sent")).rounds).toEqual([]);
  });
});

describe("what is due when the action is over", () => {
  const BUSY = { code: "BUSY", detail: "too much waits" } as const;

  it("asks nobody, and says why: a ring that came while nothing ran, and a widening that waited", async () => {
    const harness = await start(own, {});
    const area = { ...CIRCLE, radiusMeters: 100 };
    const { id } = await create(harness, { area });
    await harness.at(id, "sent");
    must(await harness.actions.widen(id, { rings: { radiiMeters: [200, 300], everySeconds: 60 } }, caller()));
    await until(() => wavesOf(harness, "widening").length === 1);
    harness.selector.problem = BUSY;
    must(await harness.actions.widen(id, { area: { ...area, radiusMeters: 250 } }, caller()));
    await until(() => harness.get(id).reason !== null);
    await own.crash();
    const again = await own.start([new FakeCarrier("a", 1)], new LineSelector(0), 5 * 3_600_000);
    const sent = await again.at(id, "sent");
    expect(sent.waves.map(({ kind }) => kind)).toEqual(["first", "widening"]);
    expect(sent.rounds).toMatchObject([
      { state: "failed", reason: { code: "EXPIRED" } },
      { state: "failed", reason: { code: "EXPIRED" } },
    ]);
    expect(again.log()).toEqual([]);
  });

  it("is no look for late arrivals", async () => {
    const harness = await start(own, {});
    const { id } = await create(harness, { arrivals: true, area: { ...CIRCLE, radiusMeters: 100 } });
    await until(() => wavesOf(harness, "first").length === 1);
    await until(() => harness.dispatcher.waves.every(({ isSent }) => isSent));
    await own.crash();
    const selector = new LineSelector(0);
    selector.arrived = 50;
    const again = await own.start([new FakeCarrier("a", 1)], selector, 5 * 3_600_000);
    const sent = await again.at(id, "sent");
    expect(sent.rounds).toMatchObject([{ kind: "arrivals", state: "done" }]);
    expect(again.log()).toEqual([]);
  });
});
