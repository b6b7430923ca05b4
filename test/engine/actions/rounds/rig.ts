/** What tests of rounds share: people in a line, so that whoever is asked follows from a radius, and who is in which wave or was written to. */
import { expect } from "vitest";
import type { LiveWave } from "../../../../engine/dispatch/wave/wave.js";
import type { Roster, SelectionQuery } from "../../../../engine/selection/selector.js";
import type { Action } from "../../../../schemas/api/api.js";
import type { Result } from "../../../../schemas/errors.js";
import { STATE, STATE_MASK } from "../../../../schemas/words.js";
import { FakeCarrier, type FakeSettings } from "../../dispatch/fake-carrier.js";
import { FakeSelector, type Harness } from "../harness.js";
import type { OwnHarness } from "../own-harness.js";

export const COUNT = 2_000;
/** So many answers a millisecond: an action is some time under way. */
export const SLOW: FakeSettings = { perTurn: 10, turnMs: 1 };

/** Participant n lives n times `spacing` metres from the middle, in a straight line. */
export class LineSelector extends FakeSelector {
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
export const persons = (meters: number, count: number): number[] =>
  [...Array(count).keys()].map((at) => 1_000 + meters + at);

export async function start(own: OwnHarness, settings: FakeSettings): Promise<Harness> {
  return own.restart([new FakeCarrier("a", 1, settings)], new LineSelector(0));
}

export const CIRCLE = { type: "Circle" as const, center: [5.1, 52.1] as [number, number] };
export const create = (harness: Harness, fields = {}): Promise<Action> => {
  const area = { type: "Circle", center: [5.1, 52.1], radiusMeters: COUNT };
  return harness.create({ dispatch: true, area, ...fields });
};

export function wavesOf(harness: Harness, kind: string): LiveWave[] {
  return harness.dispatcher.waves
    .filter(({ record }) => record.kind === kind)
    .sort((a, b) => a.record.waveId - b.record.waveId);
}

/** To whom the carriers wrote of these waves, as often as they did. */
export function written(harness: Harness, waves: readonly LiveWave[]): number[] {
  const slots = waves.map(({ slot }) => slot);
  const log = harness.log().filter(({ slot, segment }) => slots.includes(slot) && segment === 0);
  return log.map(({ participant }) => participant).sort((a, b) => a - b);
}

export const people = (waves: readonly LiveWave[]): number[] =>
  waves.flatMap(({ participants }) => [...participants]).sort((a, b) => a - b);

export function inState(wave: LiveWave, ...states: number[]): number[] {
  return [...wave.participants].filter((_, at) => states.includes(wave.states[at]! & STATE_MASK)).sort((a, b) => a - b);
}

/** The first wave was stopped by an update: whoever it did not fail for is in one of the update's waves, and once. */
export function expectUpdated(harness: Harness): void {
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
