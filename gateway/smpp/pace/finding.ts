/** What a rate that was measured for a while turns out to be. */
import { PACE } from "../../../schemas/limits.js";
import type { Trial } from "./trial.js";

/**
 * holds: it goes on. below: on the way up to a limiter that takes one at a time it is not there yet, and what was not sent says
 * nothing. noisy: it is below such a limit, and more is throttled all the same than may be. doubtful: it held before, and now much less
 * is taken, perhaps for a moment only. nothing: nothing is taken at all. limit: what was taken is the limit.
 */
export type Finding = "holds" | "below" | "noisy" | "doubtful" | "nothing" | "limit";

/** `held`: it was gone on with before. `stepsBack`: how often it was found doubtful just before. */
export function findingOf(trial: Trial, held: boolean, stepsBack: number): Finding {
  const { accepted, part, enough, tooMany, isAlternating, takesOne } = trial;
  // Above its limit such a limiter takes half at most: so what it does not take came too close together on the way.
  const isBelow = takesOne && enough && part >= PACE.alternatingPart;
  if (isBelow && !held) return "below";
  if (!enough || (held && !tooMany && !isAlternating)) return "holds";
  if (isBelow) return "noisy";
  if (held && part < PACE.doubtfulPart && stepsBack < (takesOne ? 2 : 1)) return "doubtful";
  return accepted === 0 ? "nothing" : "limit";
}
