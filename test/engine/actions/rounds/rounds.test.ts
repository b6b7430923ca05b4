/**
 * What follows the first wave of an action, over the real ledger and carriers in threads: who gets which text is told from what the
 * carriers wrote, and from the rosters; with the service ended in between as well.
 */
import { describe, expect, it } from "vitest";
import { surveyStore } from "../../../../engine/actions/survey.js";
import type { LiveWave } from "../../../../engine/dispatch/wave/wave.js";
import type { Roster, SelectionQuery } from "../../../../engine/selection/selector.js";
import type { Action } from "../../../../schemas/api/api.js";
import type { Result } from "../../../../schemas/errors.js";
import { ROUNDS } from "../../../../schemas/limits.js";
import { LANGUAGES, STATE, STATE_MASK } from "../../../../schemas/words.js";
import { FakeCarrier, type FakeSettings } from "../../dispatch/fake-carrier.js";
import { until } from "../../dispatch/fixtures.js";
import { caller, code, FakeSelector, type Harness, must, REGISTRY } from "../harness.js";
import { ownHarness } from "../own-harness.js";

const own = ownHarness();
const COUNT = 2_000;
/** So many answers a millisecond: an action is some time under way. */
const SLOW: FakeSettings = { perTurn: 10, turnMs: 1 };

/** Participant n lives n times `spacing` metres from the middle, in a straight line. */
class LineSelector extends FakeSelector {
  /** So many of those who live farther away are everywhere by now. */
  arrived = 0;
  spacing = 1;

  override async select(query: SelectionQuery): Promise<Result<Roster>> {
    const meters = query.area.type === "Circle" ? query.area.radiusMeters : 0;
    this.count_ = Math.min(4_000, Math.floor(meters / this.spacing) + this.arrived);
    return super.select(query);
  }
}

/** So many from the one who lives `meters` metres away on; the nearest has number 1,000. */
const persons = (meters: number, count: number): number[] => [...Array(count).keys()].map((at) => 1_000 + meters + at);

async function start(settings: FakeSettings): Promise<Harness> {
  return own.restart([new FakeCarrier("a", 1, settings)], new LineSelector(0));
}

const CIRCLE = { type: "Circle" as const, center: [5.1, 52.1] as [number, number] };
const create = (harness: Harness, fields = {}): Promise<Action> => {
  const area = { type: "Circle", center: [5.1, 52.1], radiusMeters: COUNT };
  return harness.create({ dispatch: true, area, ...fields });
};

function wavesOf(harness: Harness, kind: string): LiveWave[] {
  return harness.dispatcher.waves
    .filter(({ record }) => record.kind === kind)
    .sort((a, b) => a.record.waveId - b.record.waveId);
}

/** To whom the carriers wrote of these waves, as often as they did. */
function written(harness: Harness, waves: readonly LiveWave[]): number[] {
  const slots = waves.map(({ slot }) => slot);
  const log = harness.log().filter(({ slot, segment }) => slots.includes(slot) && segment === 0);
  return log.map(({ participant }) => participant).sort((a, b) => a - b);
}

const people = (waves: readonly LiveWave[]): number[] =>
  waves.flatMap(({ participants }) => [...participants]).sort((a, b) => a - b);

function inState(wave: LiveWave, ...states: number[]): number[] {
  return [...wave.participants].filter((_, at) => states.includes(wave.states[at]! & STATE_MASK)).sort((a, b) => a - b);
}

/** The first wave was stopped by an update: whoever it did not fail for is in one of the update's waves, and once. */
function expectUpdated(harness: Harness): void {
  const [first] = wavesOf(harness, "first");
  const updates = wavesOf(harness, "update");
  const had = inState(first!, STATE.acknowledged, STATE.delivered, STATE.unknown, STATE.stopped);
  expect(people(updates)).toEqual(had);
  const old = new Set(written(harness, [first!]));
  const waiting = had.filter((person) => !old.has(person));
  const fresh = new Set(written(harness, updates));
  expect(waiting.every((person) => fresh.has(person))).toBe(true);
  expect(inState(first!, STATE.stopped).every((person) => !old.has(person))).toBe(true);
}

describe("an update", () => {
  it("goes to exactly those reached or unknown, and in place of the old text to those who waited", async () => {
    const harness = await start({ ...SLOW, unknown: 0.1, refused: 0.1 });
    const { id } = await create(harness, { onUnknown: "hold" });
    await until(() => harness.carriers[0]!.written > 400);
    must(await harness.actions.update(id, { text: "on a red bicycle" }, caller()));
    const sent = await harness.at(id, "sent");
    expect(sent.text).toBe("on a red bicycle");
    expect(sent.waves.map(({ kind }) => kind).slice(0, 2)).toEqual(["first", "update"]);
    expect(sent.rounds).toMatchObject([{ kind: "update", state: "done" }]);
    const [first] = wavesOf(harness, "first");
    for (const state of [STATE.stopped, STATE.unknown, STATE.failed, STATE.acknowledged]) {
      expect(inState(first!, state).length, String(state)).toBeGreaterThan(0);
    }
    expectUpdated(harness);
  });

  it("goes to each in their own language, and whoever is asked later is asked in theirs", async () => {
    const harness = await start(SLOW);
    const language = new Uint8Array(harness.people.language);
    const french = LANGUAGES.indexOf("fr");
    for (const person of persons(0, COUNT + 500)) language[person] = person % 3 === 0 ? french : 0;
    const { id } = await create(harness);
    await until(() => harness.carriers[0]!.written > 300);
    const texts = { fr: { text: "sur un vélo rouge" } };
    must(await harness.actions.update(id, { text: "on a red bicycle", texts }, caller()));
    const area = { ...CIRCLE, radiusMeters: COUNT + 500 };
    must(await harness.actions.widen(id, { area }, caller()));
    const sent = await harness.at(id, "sent");
    expect([sent.text, sent.texts]).toEqual(["on a red bicycle", texts]);
    const waves = [...wavesOf(harness, "update"), ...wavesOf(harness, "widening")];
    expect(people(waves)).toEqual(persons(0, COUNT + 500));
    for (const { record, participants, textNumbers } of waves) {
      const gets = (at: number): string => record.texts[textNumbers?.[at] ?? 0]!;
      const own = [...participants].map((person) => (person % 3 === 0 ? texts.fr.text : "on a red bicycle"));
      expect([...participants.keys()].map(gets)).toEqual(own);
    }
  });

  it("takes the place of one before, which nobody gets any more", async () => {
    const harness = await start(SLOW);
    const { id } = await create(harness);
    await until(() => harness.carriers[0]!.written > 300);
    must(await harness.actions.update(id, { text: "on a red bicycle" }, caller()));
    await until(() => harness.carriers[0]!.written > 700);
    must(await harness.actions.update(id, { text: "on a blue bicycle" }, caller()));
    const sent = await harness.at(id, "sent");
    expect(sent.rounds.map(({ state }) => state)).toContain("done");
    const last = wavesOf(harness, "update").filter(({ record }) => record.texts[0] === "on a blue bicycle");
    // Everybody was reached or waited: each has the last text, once.
    expect(written(harness, last)).toEqual(persons(0, COUNT));
  });

  it.each(["before its wave is made", "before the second", "while it is sent"])(
    "is whole after a kill: %s",
    async (at) => {
      const harness = await start(SLOW);
      const { id } = await create(harness, { onUnknown: "hold" });
      await until(() => harness.carriers[0]!.written > 300);
      // In flight at the moment of the update, and after the kill unknown.
      harness.carriers[0]!.pause(true);
      await until(() => wavesOf(harness, "first")[0]!.inFlight > 0);
      const updated = harness.actions.update(id, { text: "on a red bicycle" }, caller("once"));
      if (at !== "before its wave is made") {
        await updated;
        await until(() => harness.get(id).waves.length === 2);
      }
      if (at === "while it is sent") {
        harness.carriers[0]!.pause(false);
        await until(() => harness.carriers[0]!.written > 500);
      }
      const again = await start({});
      must(await again.actions.update(id, { text: "on a red bicycle" }, caller("once")));
      const sent = await again.at(id, "sent");
      const [first] = wavesOf(again, "first");
      const updates = wavesOf(again, "update");
      const had = inState(first!, STATE.acknowledged, STATE.unknown, STATE.stopped);
      expect(people(updates)).toEqual(had);
      expect(had).toEqual(persons(0, COUNT));
      expect(sent.rounds).toMatchObject([{ state: "done" }]);
      // Who is in none of the flagged has the message once.
      const counts = updates.reduce(
        (sum, wave) => sum + wave.counts[STATE.acknowledged]! + wave.counts[STATE.unknown]!,
        0,
      );
      expect(counts).toBe(COUNT);
    },
  );

  it("is refused where nothing was sent, and once all is over", async () => {
    const harness = await start({});
    const { id } = await create(harness, { dispatch: false });
    expect(code(await harness.actions.update(id, { text: "x" }, caller()))).toBe("WRONG_STATE");
    const sent = await create(harness);
    await harness.at(sent.id, "sent");
    harness.aheadMs += 5 * 3_600_000;
    expect(code(await harness.actions.update(sent.id, { text: "x" }, caller()))).toBe("WRONG_STATE");
  });
});

describe("thanks", () => {
  it("go to exactly those whom any of the waves reached", async () => {
    const harness = await start({ unknown: 0.3, refused: 0.1 });
    const { id } = await create(harness, { onUnknown: "hold" });
    await harness.at(id, "sent");
    harness.carriers[0]!.behave({ unknown: 0, refused: 0.2 });
    must(await harness.actions.update(id, { text: "on a red bicycle" }, caller()));
    await harness.at(id, "sent");
    harness.carriers[0]!.behave({ refused: 0 });
    must(await harness.actions.widen(id, { enough: COUNT + 100 }, caller()));
    await harness.at(id, "sent");
    must(await harness.actions.end(id, { text: "found", outcome: "success" }, caller()));
    await harness.at(id, "ended");
    const waves = ["first", "update", "widening"].flatMap((kind) => wavesOf(harness, kind));
    const reached = new Set(waves.flatMap((wave) => inState(wave, STATE.acknowledged, STATE.delivered)));
    const inFirst = inState(waves[0]!, STATE.acknowledged, STATE.delivered).length;
    expect(reached.size).toBeGreaterThan(inFirst + 100);
    expect(people(wavesOf(harness, "ending"))).toEqual([...reached].sort((a, b) => a - b));
  });
});

describe("a widening", () => {
  it("asks who was not asked before, with the text as it is by then", async () => {
    const harness = await start(SLOW);
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
    const harness = await start({});
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
    const harness = await start({});
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
    const harness = await start({});
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
    const harness = await start({});
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
    const harness = await start({});
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
    const harness = await start({});
    const small = { ...CIRCLE, radiusMeters: 100 };
    const without = await create(harness, { area: small, arrivals: false });
    expect((await harness.at(without.id, "sent")).rounds).toEqual([]);
  });
});

describe("what is due when the action is over", () => {
  const BUSY = { code: "BUSY", detail: "too much waits" } as const;

  it("asks nobody, and says why: a ring that came while nothing ran, and a widening that waited", async () => {
    const harness = await start({});
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
    const harness = await start({});
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

describe("a repeat", () => {
  it("goes to those who were reached or may have been, so often and no more", async () => {
    const harness = await start({ unknown: 0.2, refused: 0.2 });
    const { id } = await create(harness, { onUnknown: "hold" });
    await harness.at(id, "sent");
    const [first] = wavesOf(harness, "first");
    const told = inState(first!, STATE.acknowledged, STATE.unknown);
    harness.carriers[0]!.behave({ unknown: 0, refused: 0 });
    for (let times = 0; times < ROUNDS.repeats; times++) {
      must(await harness.actions.repeat(id, caller()));
      await harness.at(id, "sent");
      expect(people(wavesOf(harness, "repeat").slice(times))).toEqual(told);
    }
    expect(code(await harness.actions.repeat(id, caller()))).toBe("TOO_MANY_ROUNDS");
  });
});

describe("a correction", () => {
  it("stops all that is asked, goes to whom it reached or may have, and is the end", async () => {
    const harness = await start({ ...SLOW, unknown: 0.1 });
    const { id } = await create(harness, { onUnknown: "hold" });
    await until(() => harness.carriers[0]!.written > 400);
    must(await harness.actions.correct(id, { text: "false alarm" }, caller()));
    const ended = await harness.at(id, "ended");
    const [first] = wavesOf(harness, "first");
    expect(inState(first!, STATE.stopped).length).toBeGreaterThan(100);
    expect(people(wavesOf(harness, "correction"))).toEqual(inState(first!, STATE.acknowledged, STATE.unknown));
    expect([ended.outcome, ended.reason]).toEqual(["cancelled", null]);
    expect(code(await harness.actions.end(id, { text: "x", outcome: "success" }, caller()))).toBe("WRONG_STATE");
  });

  it("of what reached nobody ends it at once", async () => {
    const harness = await start({});
    harness.selector.hold();
    const { id } = await create(harness);
    must(await harness.actions.correct(id, { text: "false alarm" }, caller()));
    expect((await harness.at(id, "ended")).waves).toEqual([]);
  });
});

it("stopping stops every wave that lives, and nothing follows", async () => {
  const harness = await start({ ...SLOW });
  const { id } = await create(harness);
  await until(() => harness.carriers[0]!.written > 100);
  const area = { type: "Circle", center: [5.1, 52.1] as [number, number], radiusMeters: 4_000 } as const;
  must(await harness.actions.widen(id, { area }, caller()));
  must(await harness.actions.widen(id, { rings: { radiiMeters: [4_000, 5_000], everySeconds: 10 } }, caller()));
  await until(() => wavesOf(harness, "widening").length === 1);
  must(await harness.actions.stop(id, caller()));
  await until(() => harness.dispatcher.waves.every(({ isSent }) => isSent));
  expect(harness.dispatcher.waves.every(({ counts }) => counts[STATE.stopped]! > 0)).toBe(true);
  expect(harness.get(id).rounds.map(({ state }) => state)).toEqual(["done", "dropped"]);
  expect(code(await harness.actions.widen(id, { area }, caller()))).toBe("WRONG_STATE");
  expect(code(await harness.actions.repeat(id, caller()))).toBe("WRONG_STATE");
});
