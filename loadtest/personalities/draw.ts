/**
 * Who a connection is: the personalities that are set, and those that `mixed` draws for it.
 *
 * The same seed and the same number of the connection give the same ones. What must hold for the whole carrier (the form
 * of its ids, its limit) is drawn once for the seed: a receipt may leave over another connection than its response.
 */
import { Random } from "./random.js";
import { type Choice, type Group, MIXED, ofGroup, type PersonalityName } from "./table.js";

const OF_CARRIER: readonly Group[] = ["ids", "limits"];
const OF_CONNECTION: readonly Group[] = ["binds", "answers", "answers", "wire", "refusals", "receipts", "receipts"];
/** Drawn, a carrier would never come to anything else. */
const NEVER_DRAWN: readonly PersonalityName[] = ["refuse-all"];

function draw(groups: readonly Group[], seed: number): PersonalityName[] {
  const random = new Random(seed);
  return groups
    .filter(() => random.chance(0.5))
    .map((group) => random.pick(ofGroup(group)))
    .filter((name) => !NEVER_DRAWN.includes(name));
}

function withMixed(choices: readonly Choice[], groups: readonly Group[], seed: number): Set<PersonalityName> {
  const said = choices.filter((choice): choice is PersonalityName => choice !== MIXED);
  return new Set(choices.includes(MIXED) ? [...said, ...draw(groups, seed)] : said);
}

/** Of the carrier: what is said, and what is drawn of its ids and limits. */
export function ofCarrier(choices: readonly Choice[], seed: number): ReadonlySet<PersonalityName> {
  return withMixed(choices, OF_CARRIER, Math.imul(seed, 0x9e3779b1));
}

/** Of the n-th connection. */
export function ofConnection(choices: readonly Choice[], seed: number, n: number): ReadonlySet<PersonalityName> {
  const ofAll = ofCarrier(choices, seed);
  return new Set([...ofAll, ...withMixed(choices, OF_CONNECTION, Math.imul(seed + n, 0x85ebca6b) ^ n)]);
}
