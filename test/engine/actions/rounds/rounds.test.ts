/**
 * What those who were asked are told later: updates, thanks, repeats and corrections, over the real ledger and carriers in threads. Who gets
 * which text is told from what the carriers wrote, and from the rosters; with the service ended in between as well.
 */
import { describe, expect, it } from "vitest";
import { ROUNDS } from "../../../../schemas/limits.js";
import { LANGUAGES, STATE } from "../../../../schemas/words.js";
import { until } from "../../dispatch/fixtures.js";
import { caller, code, must } from "../harness.js";
import { ownHarness } from "../own-harness.js";
import {
  CIRCLE,
  COUNT,
  create,
  expectUpdated,
  inState,
  people,
  persons,
  SLOW,
  start,
  wavesOf,
  written,
} from "./rig.js";

const own = ownHarness();

describe("an update", () => {
  it("goes to exactly those reached or unknown, and in place of the old text to those who waited", async () => {
    const harness = await start(own, { ...SLOW, unknown: 0.1, refused: 0.1 });
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
    const harness = await start(own, SLOW);
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
    const harness = await start(own, SLOW);
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
      const harness = await start(own, SLOW);
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
      const again = await start(own, {});
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
    const harness = await start(own, {});
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
    const harness = await start(own, { unknown: 0.3, refused: 0.1 });
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

describe("a repeat", () => {
  it("goes to those who were reached or may have been, so often and no more", async () => {
    const harness = await start(own, { unknown: 0.2, refused: 0.2 });
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
    const harness = await start(own, { ...SLOW, unknown: 0.1 });
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
    const harness = await start(own, {});
    harness.selector.hold();
    const { id } = await create(harness);
    must(await harness.actions.correct(id, { text: "false alarm" }, caller()));
    expect((await harness.at(id, "ended")).waves).toEqual([]);
  });
});

it("stopping stops every wave that lives, and nothing follows", async () => {
  const harness = await start(own, { ...SLOW });
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
