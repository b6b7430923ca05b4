/**
 * Which codes of a carrier say that it is too much. Some say it with ESME_RTHROTTLED and ESME_RMSGQFUL, as the specification
 * has it, and others with whatever they have: ESME_RSYSERR, ESME_RSUBMITFAIL, a code of their own. The same codes say elsewhere that
 * the carrier is in trouble, or that it will not have this one number.
 *
 * What tells them apart is what becomes of others, and of the same person later:
 *
 * - While nothing is taken at all it is the carrier's trouble, which is for dispatch to see.
 * - Whom it was said to and who is then taken: it was too much. Whom it is said to again, between others who are taken: it is
 *   the person. Once some are known, the code is heeded as ESME_RTHROTTLED is for the part of them for whom it was too much,
 *   so that a carrier that means both by it is sent to at its limit all the same.
 * - Until then the pace gives way where half of the answers are such.
 *
 * Whoever it is said to is asked again from here once at least, or dispatch would have them taken elsewhere and nothing be learnt;
 * nobody for ever: after OVERLOAD.tries the ledger has it, which counts. Time comes in as an argument. Bounded:
 * the last OVERLOAD.people who are remembered, and OVERLOAD.codes.
 */
import { verdictOf } from "../../../engine/dispatch/wave/status.js";
import { OVERLOAD } from "../../../schemas/limits.js";

/** What follows for the pace, and whether the person keeps their place and is asked again from here. */
export interface Judgement {
  /** `sure`: a limit; `perhaps`: so it seems for now; `personal`: the code never says so. */
  readonly tooMuch: "sure" | "perhaps" | "no" | "personal";
  readonly again: boolean;
}

const SAYS_NOTHING: Judgement = { tooMuch: "no", again: false };
const PERSONAL: Judgement = { tooMuch: "personal", again: false };

/** Of those to whom a code was said and who were asked again: how many were taken then, and how many refused with the same code. */
interface Evidence {
  taken: number;
  refused: number;
  /** What is left over of the parts for which it was too much. */
  credit: number;
}

export class Overload {
  /** The last 32 answers, a bit each, set for what was neither taken nor refused for good; of each person the first such. */
  #history = 0;
  #takenMs = Number.NEGATIVE_INFINITY;
  readonly #codes = new Map<number, Evidence>();
  /** By person and part, the code that was said last, and since when; the oldest first. */
  readonly #said = new Map<number, { readonly code: number; readonly atMs: number }>();

  /** The carrier took this part of the message for this participant. */
  taken(participant: number, segment: number, nowMs: number): void {
    this.#history <<= 1;
    this.#takenMs = nowMs;
    if (this.#said.size === 0) return;
    const key = keyOf(participant, segment);
    const said = this.#said.get(key);
    if (said === undefined) return;
    this.#said.delete(key);
    const evidence = this.#codes.get(said.code);
    if (evidence) count(evidence, "taken");
  }

  /** It answered `status` instead. `isPart`: of a message of which other parts may have been taken; `tries`: made from here already. */
  judge(
    status: number,
    participant: number,
    segment: number,
    isPart: boolean,
    tries: number,
    nowMs: number,
  ): Judgement {
    const verdict = verdictOf(status);
    if (verdict !== "trouble" && verdict !== "temporary") {
      this.#history <<= 1;
      return SAYS_NOTHING;
    }
    const isRepeated = this.#remember(keyOf(participant, segment), status, nowMs);
    const isAlone = isRepeated && (this.#history & 1) === 0 && !this.isCrowded;
    // Who is refused for good comes back after each pause, before all others, and would make a crowd of a few.
    if (!isRepeated) this.#history = (this.#history << 1) | 1;
    if (nowMs - this.#takenMs >= OVERLOAD.takesMs) return SAYS_NOTHING;
    const evidence = this.#evidenceOf(status);
    if (evidence === null) return SAYS_NOTHING;
    if (isAlone) count(evidence, "refused");
    const isPersonal = evidence.refused >= OVERLOAD.sure && evidence.refused > evidence.taken * OVERLOAD.sure;
    if (isPersonal && !this.isCrowded) return PERSONAL;
    // A part is asked again as for a limit: the others may have been taken, and would come twice with the whole.
    if (isAlone) return { tooMuch: "no", again: isPart && tries < OVERLOAD.tries };
    const isLimit = isToHeed(evidence);
    // Once, in any case: elsewhere they would show nothing of what is meant here.
    const again = tries < (isLimit || isPart ? OVERLOAD.tries : 1);
    return { tooMuch: isLimit ? "sure" : isPart || this.isCrowded ? "perhaps" : "no", again };
  }

  get isCrowded(): boolean {
    let ones = 0;
    for (let left = this.#history; left !== 0; left &= left - 1) ones++;
    return ones >= OVERLOAD.crowd;
  }

  #evidenceOf(code: number): Evidence | null {
    const known = this.#codes.get(code);
    if (known) return known;
    if (this.#codes.size >= OVERLOAD.codes) return null;
    const evidence = { taken: 0, refused: 0, credit: 0 };
    this.#codes.set(code, evidence);
    return evidence;
  }

  /** Notes what was said now. True if it was said before, and long enough ago: who is asked again at once is in the same crowd. */
  #remember(key: number, code: number, nowMs: number): boolean {
    const before = this.#said.get(key);
    const isRepeated = before?.code === code && nowMs - before.atMs >= OVERLOAD.apartMs;
    this.#said.delete(key);
    this.#said.set(key, { code, atMs: before?.code === code && !isRepeated ? before.atMs : nowMs });
    if (this.#said.size > OVERLOAD.people) {
      const [oldest] = this.#said.keys();
      if (oldest !== undefined) this.#said.delete(oldest);
    }
    return isRepeated;
  }
}

/** A message has ten parts at most (API.segmentsPerMessage). */
function keyOf(participant: number, segment: number): number {
  return participant * 16 + segment;
}

/** Whether this one was too much: of all that come, the part that is known to have been. */
function isToHeed(evidence: Evidence): boolean {
  const known = evidence.taken + evidence.refused;
  if (known < OVERLOAD.sure) return false;
  evidence.credit += evidence.taken / known;
  if (evidence.credit < 1) return false;
  evidence.credit--;
  return true;
}

/** What is long ago counts for less. */
function count(evidence: Evidence, kind: "taken" | "refused"): void {
  evidence[kind]++;
  if (evidence.taken + evidence.refused < OVERLOAD.remembered) return;
  evidence.taken /= 2;
  evidence.refused /= 2;
}
