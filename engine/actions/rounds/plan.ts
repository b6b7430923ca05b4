/**
 * A widening as it was asked for, worked out into what the record of the action keeps: an area, circles with their moments, or how many
 * are to be asked in all. INVALID_FIELD and INVALID_AREA where it can't be.
 */

import type { Fleeing, WideningRequest } from "../../../schemas/api/action/follow-up.js";
import type { AreaInput } from "../../../schemas/api/area.js";
import { fail, ok, type Result } from "../../../schemas/errors.js";
import { API, ROUNDS } from "../../../schemas/limits.js";
import type { LngLat } from "../../geo/area.js";
import { areaOf } from "../../geo/check.js";
import { verticesOf } from "../../geo/flat-area.js";
import { areaOrigin } from "../../geo/search/search.js";
import type { ActionRecord } from "../record.js";
import { hasMiddle } from "./nearest.js";
import type { RingStep, Rings } from "./rings.js";
import type { Widening } from "./round.js";

type Planned = Pick<ActionRecord, "request" | "rounds" | "expiresAtMs">;

/** The area was checked; `nowMs` is when it is asked for. */
export function wideningOf(asked: WideningRequest, record: Planned, nowMs: number): Result<Widening> {
  const { area, rings, fleeing, enough } = asked;
  if (area !== undefined) return withinBound(area, record);
  if (rings !== undefined) return ringsOf(rings, record, nowMs);
  if (fleeing !== undefined) return growingOf(fleeing, record, nowMs);
  if (!hasMiddle(record.request.area)) {
    return fail("INVALID_FIELD", "a municipality has no middle to measure from; give an area, or rings", "/enough");
  }
  return ok({ enough: enough! });
}

/** All areas of an action together have no more vertices than one may have: its record is written anew with each step. */
function withinBound(area: AreaInput, { request, rounds = [] }: Planned): Result<Widening> {
  const areas = rounds.flatMap(({ widening }) => (widening && "area" in widening ? [widening.area] : []));
  const vertices = [request.area, ...areas, area].reduce((sum, one) => sum + corners(one), 0);
  if (vertices <= API.areaVertices) return ok({ area });
  return fail(
    "INVALID_AREA",
    `${vertices} vertices in all areas of the action; ${API.areaVertices} is the limit`,
    "/area",
  );
}

function corners(area: AreaInput): number {
  return area.type === "Circle" || area.type === "Municipality" ? 0 : verticesOf(area);
}

function ringsOf(asked: NonNullable<WideningRequest["rings"]>, record: Planned, nowMs: number): Result<Widening> {
  const center = asked.center ?? areaOrigin(areaOf(record.request.area));
  if (center === undefined)
    return fail("INVALID_FIELD", "a municipality has no middle; say where it is", "/rings/center");
  const radii = "radiiMeters" in asked ? asked.radiiMeters : evenRadii(asked, record.request.area);
  const steps = radii.map((radiusMeters, at) => ({ radiusMeters, atMs: nowMs + at * asked.everySeconds * 1_000 }));
  return bounded({ center: [center[0]!, center[1]!], steps }, record, "/rings");
}

/** From the circle that the action began with, if it is one. */
function evenRadii({ stepMeters, maxRadiusMeters }: { stepMeters: number; maxRadiusMeters: number }, area: AreaInput) {
  const radii: number[] = [];
  let radius = area.type === "Circle" ? area.radiusMeters : 0;
  // One more than there may be is enough to refuse it.
  while (radius < maxRadiusMeters && radii.length <= ROUNDS.rings) {
    radius = Math.min(maxRadiusMeters, radius + stepMeters);
    radii.push(radius);
  }
  return radii;
}

/** As far as somebody may have come by each moment, until the circle is as large as it may be, or the time is over. */
function growingOf(asked: Fleeing, record: Planned, nowMs: number): Result<Widening> {
  const { metersPerSecond, everySeconds, maxRadiusMeters, sector, from } = asked;
  const sinceMs = asked.since === undefined ? nowMs : Date.parse(asked.since);
  if (sinceMs > nowMs) return fail("INVALID_FIELD", "lies ahead", "/fleeing/since");
  const untilMs = asked.until === undefined ? Infinity : Date.parse(asked.until);
  if (untilMs <= nowMs) return fail("INVALID_FIELD", "lies in the past", "/fleeing/until");
  const steps: RingStep[] = [];
  // Who has only just fled is nowhere yet: the first step is where they may be at the second.
  const firstMs = sinceMs === nowMs ? sinceMs + everySeconds * 1_000 : nowMs;
  for (let atMs = firstMs; atMs <= untilMs && steps.length <= ROUNDS.rings; atMs += everySeconds * 1_000) {
    const radiusMeters = Math.min(maxRadiusMeters, ((atMs - sinceMs) / 1_000) * metersPerSecond);
    if (radiusMeters >= API.radiusMetersMin) steps.push({ radiusMeters, atMs: Math.max(nowMs, atMs) });
    if (radiusMeters === maxRadiusMeters) break;
  }
  const center: LngLat = [from[0]!, from[1]!];
  return bounded({ center, ...(sector && { sector }), steps }, record, "/fleeing");
}

/** Without what would come when the action has expired. */
function bounded(rings: Rings, { expiresAtMs }: Planned, field: string): Result<Widening> {
  const steps = rings.steps.filter(({ atMs }) => atMs < expiresAtMs);
  if (steps.length === 0) return fail("INVALID_FIELD", "no step of it comes before the action expires", field);
  if (steps.length <= ROUNDS.rings) return ok({ rings: { ...rings, steps } });
  return fail("INVALID_FIELD", `more than ${ROUNDS.rings} steps before the action expires; make them larger`, field);
}
