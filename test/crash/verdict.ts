/** What the ledger promises of a wave, held against what the carriers say they got. */
import { expect } from "vitest";
import { STATE, STATE_MASK } from "../../schemas/words.js";
import { isFlagged, type WaveLedger } from "./ledger.js";

/** Nothing is at a carrier of which the ledger does not know that it may be. `accepted`: how often each number got it. */
export function expectIntents(wave: WaveLedger, accepted: ReadonlyMap<number, number>): void {
  const { stored, numbers, states, grantedTo } = wave;
  const intended = new Set<number>();
  numbers.forEach((number, position) => {
    if (stored.archive ? states[position] !== STATE.pending : grantedTo[position] !== 0) intended.add(number);
  });
  const stray = [...accepted.keys()].filter((number) => !intended.has(number));
  expect(stray.length, `messages of "${stored.text}" without a durable intent`).toBe(0);
}

/** Everyone was asked, and no one else; who was asked twice is flagged. Returns how many were. */
export function expectNobodyLost(wave: WaveLedger, accepted: ReadonlyMap<number, number>): number {
  expect(wave.numbers.filter((number) => !accepted.has(number)).length, `lost of "${wave.stored.text}"`).toBe(0);
  return expectFlagged(wave, accepted);
}

/**
 * Everyone was asked, or is shown as unknown; no one else was asked, and who was asked twice is flagged. Returns how many were.
 * The journal of a wave that lives says `intended` of whom a kill found on the way: a start shows them as unknown.
 */
export function expectShown(wave: WaveLedger, accepted: ReadonlyMap<number, number>): number {
  const isShown = (state: number): boolean => state === STATE.unknown || state === STATE.intended;
  const isLost = (number: number, position: number): boolean =>
    !accepted.has(number) && !isShown(wave.states[position]! & STATE_MASK);
  expect(wave.numbers.filter(isLost).length, `lost of "${wave.stored.text}"`).toBe(0);
  return expectFlagged(wave, accepted);
}

/** No one was asked who is not on the roster; who was asked twice is flagged. Returns how many were. */
export function expectFlagged(wave: WaveLedger, accepted: ReadonlyMap<number, number>): number {
  const positions = new Map<number, number>();
  wave.numbers.forEach((number, position) => {
    positions.set(number, position);
  });
  expect(positions.size, "nobody stands twice on a roster").toBe(wave.stored.count);
  let twice = 0;
  let unflagged = 0;
  let strangers = 0;
  for (const [number, times] of accepted) {
    const position = positions.get(number);
    if (position === undefined) strangers++;
    else if (times > 1) {
      twice++;
      if (!isFlagged(wave.states[position]!)) unflagged++;
    }
  }
  expect(strangers, `got "${wave.stored.text}" and are not on its roster`).toBe(0);
  expect(unflagged, `got "${wave.stored.text}" twice without a flag`).toBe(0);
  return twice;
}
