/**
 * What holds of an action with all its waves, once nothing of it is under way: from its record, from the rosters and outcomes of the
 * ledger, and from what the carriers say they got.
 */
import { expect } from "vitest";
import { type ActionRecord, isAsking } from "../../../engine/actions/record.js";
import type { Round } from "../../../engine/actions/rounds/round.js";
import type { LogColumns } from "../../../loadtest/carrier/log.js";
import { STATE, STATE_MASK } from "../../../schemas/words.js";
import { acceptedBy, tagOf } from "../../service/whole.js";
import { isFlagged, isReached, type WaveLedger } from "../ledger.js";

interface JudgedWave extends WaveLedger {
  readonly wave: ActionRecord["waves"][number];
}

/** `came`: numbers of those who came into the area of an action that wants late arrivals, some time before it ended. */
export function judgeAction(
  action: ActionRecord,
  ledger: readonly WaveLedger[],
  logs: readonly LogColumns[],
  came: ReadonlySet<number> = new Set(),
): void {
  const waves = action.waves.map((wave): JudgedWave => {
    return { wave, ...ledger.find(({ stored }) => stored.waveId === wave.id)! };
  });
  const asking = waves.filter(({ wave }) => isAsking(wave));
  expectOnce("asked", asking);
  const asked = new Set(asking.flatMap(({ numbers }) => [...numbers]));
  expect([...came].filter((number) => !asked.has(number)).length, `came, and were not asked by ${action.id}`).toBe(0);
  for (const round of action.rounds ?? []) {
    const own = waves.filter(({ wave }) => wave.round === round.number);
    expectOnce(`of round ${round.number}`, own);
    expect(["done", "dropped"], `${round.kind} of ${action.id}: ${JSON.stringify(round.reason)}`).toContain(
      round.state,
    );
    if (round.state === "done" && round.kind === "update") expectInformed(round, waves, own, false);
    if (round.state === "done" && round.kind === "correction") expectInformed(round, waves, own, true);
  }
  for (const text of new Set(waves.map(({ stored }) => stored.texts[0]!))) {
    const ofText = waves.filter(({ stored }) => stored.texts[0] === text);
    expectAccounted(text, ofText, acceptedBy(logs, tagOf(text)));
  }
  const ending = waves.find(({ wave }) => wave.kind === "ending");
  if (ending) expect(sorted(ending.numbers)).toEqual(sorted(reachedIn(waves.filter((each) => each !== ending))));
}

/** Nobody stands in two of these, nor twice in one. */
function expectOnce(what: string, waves: readonly JudgedWave[]): void {
  const people = waves.flatMap(({ numbers }) => [...numbers]);
  expect(people.length - new Set(people).size, `${what} twice`).toBe(0);
}

/**
 * Those whom the waves of before reached, or may have, and those whom an update took away from them, are told; and nobody else. A receipt
 * that came later may have made one of them certain.
 */
function expectInformed(round: Round, waves: readonly JudgedWave[], own: readonly JudgedWave[], isLast: boolean): void {
  const told = new Set<number>();
  for (const { numbers, states, wave } of waves.slice(0, round.before)) {
    numbers.forEach((number, position) => {
      const state = stateAt(states, position);
      if (isReached(state) || state === STATE.unknown) told.add(number);
      else if (!isLast && state === STATE.stopped && wave.replaced) told.add(number);
    });
  }
  const have = new Set(own.flatMap(({ numbers }) => [...numbers]));
  expect([...told].filter((number) => !have.has(number)).length, `lost of round ${round.number}`).toBe(0);
  expect([...have].filter((number) => !told.has(number)).length, `strangers in round ${round.number}`).toBe(0);
}

/** Everybody of whom the ledger says so has the text, nobody else has it, and who has it more often than waves had them is flagged. */
function expectAccounted(text: string, waves: readonly JudgedWave[], accepted: ReadonlyMap<number, number>): void {
  const times = new Map<number, number>();
  const flagged = new Set<number>();
  let lost = 0;
  for (const { numbers, states } of waves) {
    numbers.forEach((number, position) => {
      const state = stateAt(states, position);
      if (isFlagged(states[position]!)) flagged.add(number);
      // Who is unknown may have it or not, and is shown; whom a stop kept from it does not.
      if (state !== STATE.stopped) times.set(number, (times.get(number) ?? 0) + 1);
      if (isReached(state) && !accepted.has(number)) lost++;
      expect([STATE.pending, STATE.failed, STATE.expired], `left over of "${text}"`).not.toContain(state);
    });
  }
  expect(lost, `lost of "${text}"`).toBe(0);
  const unflagged = [...accepted].filter(
    ([number, copies]) => copies > (times.get(number) ?? 0) && !flagged.has(number),
  );
  expect(unflagged.length, `got "${text}" without a wave that says so, or a flag`).toBe(0);
}

/** The journal of a wave that lives says `intended` of whom a kill found on the way: a start shows them as unknown. */
function stateAt(states: Uint8Array, position: number): number {
  const state = states[position]! & STATE_MASK;
  return state === STATE.intended ? STATE.unknown : state;
}

function reachedIn(waves: readonly JudgedWave[]): Set<number> {
  return new Set(waves.flatMap(({ numbers, states }) => [...numbers].filter((_, at) => isReached(states[at]!))));
}

function sorted(numbers: Iterable<number>): number[] {
  return [...numbers].sort((a, b) => a - b);
}
