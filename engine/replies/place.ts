/** Where something was seen, as it is kept and as whoever looks may see it: where somebody saw something is often where they live, so it is coarse unless a key may have it exactly. */
import { PAGES } from "../../schemas/limits.js";
import type { ReplyPlace } from "../../schemas/replies/place.js";

export interface StoredPlace {
  readonly position?: readonly [lng: number, lat: number];
  readonly words?: string;
  /** To the action's area, as it was then; null where that is not known. */
  readonly distanceMeters: number | null;
}

export function placeView({ position, words, distanceMeters }: StoredPlace, isExact: boolean): ReplyPlace {
  const degrees = (value: number): number => (isExact ? value : rounded(value, PAGES.placeDegrees));
  const meters = isExact ? Math.round(distanceMeters ?? 0) : rounded(distanceMeters ?? 0, PAGES.placeMeters);
  return {
    position: position === undefined ? null : [degrees(position[0]), degrees(position[1])],
    exact: isExact,
    words: words ?? null,
    distanceMeters: distanceMeters === null ? null : meters,
  };
}

/** Without the digits that binary fractions leave behind. */
function rounded(value: number, step: number): number {
  return Number((Math.round(value / step) * step).toFixed(6));
}
