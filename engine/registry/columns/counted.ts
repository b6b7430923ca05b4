/** Participants in numbers, counted from blocks: of a registry (stats.ts) and of a municipality's file. Nothing of it names a person. */
import {
  CHANNELS,
  DOMAINS,
  LANGUAGES,
  LOCATION_KINDS,
  NEEDS,
  PARTICIPANT_KINDS,
  PARTICIPANT_STATUSES,
  STATUS_MASK,
  switchedOffBit,
} from "../../../schemas/words.js";
import type { BlockRows } from "../record/block.js";
import { isGivenActive } from "../record/contact-marks.js";
import { needBit } from "../record/profile/words-bits.js";

const ACTIVE = PARTICIPANT_STATUSES.indexOf("active");

/** Each list by the index of its words; `bits` by the bits of a location's channels. */
export interface Counted {
  participants: number;
  withNumber: number;
  withMail: number;
  phones: number;
  readonly statuses: number[];
  readonly kinds: number[];
  readonly languages: number[];
  readonly needs: number[];
  readonly switchedOff: number[];
  readonly bits: number[];
  readonly locations: number[];
}

const zeros = (words: readonly unknown[], times = 1) => new Array<number>(words.length * times).fill(0);

export function nothingCounted(): Counted {
  return {
    ...{ participants: 0, withNumber: 0, withMail: 0, phones: 0 },
    statuses: zeros(PARTICIPANT_STATUSES),
    kinds: zeros(PARTICIPANT_KINDS),
    languages: zeros(LANGUAGES),
    needs: zeros(NEEDS),
    switchedOff: zeros(CHANNELS),
    bits: zeros(CHANNELS, DOMAINS.length),
    locations: zeros(LOCATION_KINDS),
  };
}

/**
 * Adds one participant; `bits` is what is welcome to them, over all of the locations that count. `given`: as whoever gave their
 * contacts sees them.
 */
export function countParticipant(
  counted: Counted,
  { status, numbers, language, extras }: BlockRows,
  index: number,
  bits: number,
  given = false,
): void {
  counted.participants++;
  const isGiven = given && isGivenActive(extras.contacts[index]!);
  counted.statuses[isGiven ? ACTIVE : status[index]! & STATUS_MASK]!++;
  counted.languages[language[index]!]!++;
  counted.kinds[extras.kind[index]!]!++;
  if (numbers[index] !== 0) counted.withNumber++;
  if (extras.mail[index] !== "") counted.withMail++;
  if (extras.phone[index] !== 0) counted.phones++;
  for (const [at, need] of NEEDS.entries()) if (extras.needs[index]! & needBit(need)) counted.needs[at]!++;
  for (let bit = 0; bit < counted.bits.length; bit++) if (bits & (1 << bit)) counted.bits[bit]!++;
  for (const [at, channel] of CHANNELS.entries()) {
    if (status[index]! & switchedOffBit(channel)) counted.switchedOff[at]!++;
  }
}

/** Adds `more` to `sum`. */
export function addCounted(sum: Counted, more: Counted): void {
  for (const name of ["participants", "withNumber", "withMail", "phones"] as const) sum[name] += more[name];
  for (const name of ["statuses", "kinds", "languages", "needs", "switchedOff", "bits", "locations"] as const) {
    for (const [at, count] of more[name].entries()) sum[name][at]! += count;
  }
}

/** Each value under its word. */
export function named<Word extends string, Value>(
  words: readonly Word[],
  values: readonly Value[],
): Record<Word, Value> {
  return Object.fromEntries(words.map((word, index) => [word, values[index]!])) as Record<Word, Value>;
}
