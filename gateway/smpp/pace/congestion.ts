/** What follows for the rate from congestion_state (SMPP 5.0, 4.8.4.18): 80 to 89 is the optimum, more is to be less, less may be more. */
import { PACE } from "../../../schemas/limits.js";

/** At `perSecond`, of which `taken` were taken. */
export function slower(state: number, taken: number, perSecond: number): number {
  const part = state >= PACE.congestionMost ? 0.5 : PACE.congestionOptimum / state;
  // Not to a halt: a carrier that is always congested by its own word would stop a dispatch. It may still throttle.
  return Math.max(taken * part, Math.min(perSecond, PACE.learnFirstPerSecond));
}

/** Half of what is missing, for it shows late what a change makes of it; twice as much at most. */
export function faster(state: number, perSecond: number): number {
  return perSecond * Math.min(2, (1 + PACE.congestionOptimum / Math.max(1, state)) / 2);
}
