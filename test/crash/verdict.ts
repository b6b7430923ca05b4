/** What the ledger promises of a wave, held against what the carriers say they got. */
import { expect } from "vitest";
import { STATE, STATE_MASK } from "../../schemas/words.js";
import { isFlagged, isReached, type WaveLedger } from "./ledger.js";

/** Nothing is at a carrier of which the ledger does not know that it may be. `accepted`: how often each number got it. */
export function expectIntents(wave: WaveLedger, accepted: ReadonlyMap<number, number>): void {
  const { stored, numbers, states, grantedTo } = wave;
  const intended = new Set<number>();
  numbers.forEach((number, position) => {
    if (stored.archive ? states[position] !== STATE.pending : grantedTo[position] !== 0) intended.add(number);
  });
  const stray = [...accepted.keys()].filter((number) => !intended.has(number));
  expect(stray.length, `messages of "${stored.texts[0]!}" without a durable intent`).toBe(0);
}

/** Everyone was asked, and no one else; who was asked twice is flagged. Returns how many were. */
export function expectNobodyLost(wave: WaveLedger, accepted: ReadonlyMap<number, number>): number {
  expect(wave.numbers.filter((number) => !accepted.has(number)).length, `lost of "${wave.stored.texts[0]!}"`).toBe(0);
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
  expect(wave.numbers.filter(isLost).length, `lost of "${wave.stored.texts[0]!}"`).toBe(0);
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
  expect(strangers, `got "${wave.stored.texts[0]!}" and are not on its roster`).toBe(0);
  expect(unflagged, `got "${wave.stored.texts[0]!}" twice without a flag`).toBe(0);
  return twice;
}

export interface Arrived {
  /** How often each number got each part of the message. */
  readonly accepted: readonly ReadonlyMap<number, number>[];
  /** Whom a carrier refused, whatever part it was. */
  readonly refused: ReadonlySet<number>;
  /** Copies that nobody may have more of. */
  readonly copies: number;
}

/** What must not be, with how many it befell, for waves of which nothing is under way any more. */
export function faultsOf({ numbers, states }: WaveLedger, { accepted, refused, copies }: Arrived): string[] {
  const faults = new Map<string, number>();
  numbers.forEach((number, position) => {
    const word = states[position]!;
    const state = word & STATE_MASK;
    const times = accepted.map((part) => part.get(number) ?? 0);
    const most = Math.max(...times);
    const wasTaken = Math.min(...times) > 0;
    const found: Record<string, boolean> = {
      // In the journal of a wave that lives, whom a kill found on the way is intended, and unknown from the next start on.
      "left over": state === STATE.pending,
      "counted as reached, and no carrier took it": isReached(word) && !wasTaken,
      // A part that was taken may have a receipt of failure, whatever became of the others.
      "failed, and neither taken nor refused": state === STATE.failed && most === 0 && !refused.has(number),
      "stopped, and neither taken nor refused": state === STATE.stopped && !wasTaken && !refused.has(number),
      "expired, in an action that had hours left": state === STATE.expired,
      "sent twice without the flag": most > 1 && !isFlagged(word),
      "sent too many copies": most > copies,
    };
    for (const [fault, is] of Object.entries(found)) if (is) faults.set(fault, (faults.get(fault) ?? 0) + 1);
  });
  return [...faults].map(([fault, times]) => `${times} ${fault}`);
}
