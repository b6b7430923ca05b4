/** What holds of actions in every order in which things can happen to them: events as they are drawn, and whole lives with a ledger and kills. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ActionRecord } from "../../../../engine/actions/record.js";
import { step } from "../../../../engine/actions/transitions/step.js";
import type { Step } from "../../../../engine/actions/transitions/words.js";
import { draftOf, frozen } from "./action-events.js";
import { drawnEvent, drawnMoves, World } from "./action-world.js";

describe("whatever happens in whatever order", () => {
  it("there is one wave of a kind at most, nothing follows an end, and the same events give the same record", () => {
    fc.assert(
      fc.property(fc.array(drawnEvent, { maxLength: 60 }), (events) => {
        let record = frozen(draftOf());
        for (const event of events) {
          const follows = step(record, event);
          expect(step(JSON.parse(JSON.stringify(record)), event)).toEqual(follows);
          judge(record, follows);
          record = frozen(follows.record);
        }
        expect(events.reduce((replayed, event) => step(replayed, event).record, draftOf())).toEqual(record);
      }),
      { numRuns: 3_000 },
    );
  });
});

/** What holds of each step by itself. */
function judge(before: ActionRecord, { record, effects }: Step): void {
  const kinds = record.waves.map(({ kind }) => kind);
  for (const kind of ["first", "ending"]) expect(kinds.filter((each) => each === kind).length).toBeLessThanOrEqual(1);
  const writes = effects.filter(({ do: what }) => what === "save" || what === "stop" || what === "hold");
  // What is changed is written, and before anything else begins.
  expect(writes).toEqual(effects.slice(0, writes.length));
  expect(writes.length).toBeLessThanOrEqual(1);
  if (before.status === "ended") {
    expect(["ended", "archived"]).toContain(record.status);
    expect(kinds.length).toBe(before.waves.length);
    expect(effects.filter((effect) => effect.do !== "save")).toEqual([]);
  }
  if (kinds.includes("ending")) expect(effects.map((effect) => effect.do)).not.toContain("thank");
  if (kinds.includes("first")) expect(effects.map((effect) => effect.do)).not.toContain("select");
}

/** Where an action stays until an operator says something, or time passes. */
const REST = ["draft", "approved", "scheduled", "sent", "stopped", "ended", "failed", "held"];
/** What a round makes it makes once: a wave, one for each ring, or two where somebody was on the way. */
function expectRounds({ record, waves }: World): void {
  const isLast = (kind: string) => kind === "ending" || kind === "correction";
  expect(waves.filter(({ kind, round }) => isLast(kind) && round === undefined).length).toBeLessThanOrEqual(1);
  for (const { number, kind, state } of record.rounds ?? []) {
    const own = waves.filter((wave) => wave.round === number);
    expect(own.every((wave) => wave.kind === kind)).toBe(true);
    expect(own.length).toBeLessThanOrEqual(
      kind === "update" || kind === "correction" ? 2 : kind === "widening" ? 3 : 1,
    );
    const rings = own.flatMap(({ ring }) => (ring === undefined ? [] : [ring]));
    expect(new Set(rings).size).toBe(rings.length);
    expect(["done", "failed", "dropped"].includes(state) || ["held", "failed"].includes(record.status)).toBe(true);
  }
  // Nobody is asked by a text that was corrected before.
  const texts = waves.filter(({ kind }) => kind !== "ending" && kind !== "correction").map(({ updates }) => updates);
  expect(texts).toEqual(texts.toSorted((a, b) => a - b));
}

describe("with a ledger, operators, failures and kills", () => {
  it("each action comes to rest: nobody waits for what nothing brings about, and nobody is asked or thanked twice", () => {
    const reached = new Set<string>();
    fc.assert(
      fc.property(drawnMoves, (moves) => {
        const world = new World(judge);
        for (const move of moves) world.make(move);
        world.settle();
        const { status, waves, end } = world.record;
        reached.add(status);
        expect(REST).toContain(status);
        // Who was reached is thanked, unless the thanks were stopped, or could not be given.
        expect(waves.map(({ id }) => id)).toEqual(world.ids);
        expectRounds(world);
        expect(waves.every(({ state }) => state === "concluded") || status === "held").toBe(true);
        if (status === "ended") expect(end).not.toBe(null);
      }),
      { numRuns: 3_000 },
    );
    expect([...reached].sort()).toEqual([...REST].sort());
  });
});
