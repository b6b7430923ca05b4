/** What waves there are. Stored as their names, and shown so; the monitor has their numbers, so add at the end of those of an action. */

/**
 * Two belong to no action: `confirmation` tells who switched SMS off or on that it was done, `code` brings a code for
 * self-service.
 */
export const WAVE_KINDS = [
  "first",
  "ending",
  "confirmation",
  "code",
  "update",
  "widening",
  "arrivals",
  "repeat",
  "correction",
] as const;
export type WaveKind = (typeof WAVE_KINDS)[number];
/**
 * Those that an action has; the API knows no others. `first`, `widening` and `arrivals` ask, each person once; `repeat` asks again;
 * `update` and `correction` say to who was asked what has changed, and that it is over and was not so.
 */
export const ACTION_WAVE_KINDS = [
  "first",
  "ending",
  "update",
  "widening",
  "arrivals",
  "repeat",
  "correction",
] as const satisfies readonly WaveKind[];
export type ActionWaveKind = (typeof ACTION_WAVE_KINDS)[number];

export function isActionWave(kind: WaveKind): kind is ActionWaveKind {
  return kind !== "confirmation" && kind !== "code";
}
