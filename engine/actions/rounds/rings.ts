/**
 * Circles that grow: a widening in rings, and the area in which somebody may be by now who flees. All steps are worked out when they
 * are asked for, each with its moment, so that a restart finds the same ones.
 */
import type { AreaInput } from "../../../schemas/api/area.js";
import type { LngLat } from "../../geo/area.js";
import { sectorOf } from "../../geo/sector.js";

export interface Rings {
  readonly center: LngLat;
  /** Only in these directions: degrees from north, clockwise from one to the other. Absent: in all. */
  readonly sector?: { readonly fromDegrees: number; readonly toDegrees: number };
  /** Each larger, and later, than the one before. */
  readonly steps: readonly RingStep[];
}

export interface RingStep {
  readonly radiusMeters: number;
  readonly atMs: number;
}

/** The last of the steps from `next` on whose moment has come: it has all that those between would ask. */
export function stepAt({ steps }: Rings, next: number, nowMs: number): number {
  let at = next;
  while (at + 1 < steps.length && steps[at + 1]!.atMs <= nowMs) at++;
  return at;
}

/** All that they come to. */
export function areaAtLast(rings: Rings): AreaInput {
  return areaOfStep(rings, rings.steps.length - 1);
}

export function areaOfStep({ center, sector, steps }: Rings, at: number): AreaInput {
  const { radiusMeters } = steps[at]!;
  const [lng, lat] = center;
  if (sector === undefined) return { type: "Circle", center: [lng, lat], radiusMeters };
  return sectorOf(center, radiusMeters, sector.fromDegrees, sector.toDegrees);
}
