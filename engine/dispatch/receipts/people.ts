/**
 * Whose receipt it is, by the phone number in it. A message_id alone does not prove it: carriers use ids again after a
 * restart of their own, and "10" may be ten or sixteen.
 *
 * Receipts may have the number in national form, so that the last nine digits decide: all Dutch numbers have nine, and
 * foreign ones nine or more. A number that is no participant's proves nothing: some carriers leave our own sender where the
 * recipient should stand.
 */
import type { NumberIndex } from "../../registry/columns/number-index.js";
import type { LiveWave } from "../wave/wave.js";

/** `open`: it can't be told. */
export const VERDICT = { same: 0, other: 1, open: 2 } as const;
export type Verdict = (typeof VERDICT)[keyof typeof VERDICT];

const NINE_DIGITS = 1e9;
const DUTCH = 31 * NINE_DIGITS;

export class People {
  readonly #registry: number;
  readonly #index: NumberIndex;

  /** `registry`: the generation that is loaded; `numbers` by participant number, negative while no SMS may go there. */
  constructor(
    registry: number,
    readonly numbers: Float64Array,
    index: NumberIndex,
  ) {
    this.#registry = registry;
    this.#index = index;
  }

  /** False for a wave whose roster names people of another registry. */
  knows({ record }: LiveWave): boolean {
    return record.registry === this.#registry;
  }

  /** Whether this is the number of the recipient at `position`; 0 is a number that can't be read. */
  judge(wave: LiveWave, position: number, number: number): Verdict {
    if (number === 0 || !this.knows(wave)) return VERDICT.open;
    const own = Math.abs(this.numbers[wave.participants[position]!]!);
    if (own === number || lastDigits(own) === lastDigits(number)) return VERDICT.same;
    return own > 0 ? VERDICT.other : VERDICT.open;
  }

  /** The number of the recipient at `position`, 0 if there is none to know. */
  numberOf(wave: LiveWave, position: number): number {
    if (!this.knows(wave)) return 0;
    return Math.abs(this.numbers[wave.participants[position]!] ?? 0);
  }

  /** Everyone with this number; Dutch ones in national form too. */
  having(number: number): readonly number[] {
    const exactly = this.#index.participantsOf(number);
    return exactly.length > 0 || number >= NINE_DIGITS ? exactly : this.#index.participantsOf(DUTCH + number);
  }

  /** Where a participant stands in a wave among those who can be found by number only; -1 if not. */
  positionIn(wave: LiveWave, participant: number): number {
    return this.knows(wave) ? wave.uncertain.find(participant) : -1;
  }
}

/** What national and international form have in common. */
export function lastDigits(number: number): number {
  return number % NINE_DIGITS;
}
