/**
 * The nearest so many from the middle of an area, exactly by their distance on the ellipsoid: the radius of the circle that holds just
 * as many is found by trying. A circle is exact to a millimetre (engine/geo/search/circle.ts), and so is what is found; of who lives equally
 * far, as in one house, those come first who come first in a selection.
 */
import type { AreaInput } from "../../../schemas/api/area.js";
import { assert, ok, type Result } from "../../../schemas/errors.js";
import { API } from "../../../schemas/limits.js";
import { areaOf } from "../../geo/check.js";
import { areaOrigin } from "../../geo/search/search.js";
import { partOf, rosterOf } from "../../selection/roster.js";
import type { Roster } from "../../selection/selector.js";
import { Marks, peopleOf } from "../waves/asked.js";

/** Below this difference between two radii nobody lives between them who can be told from the others. */
const EXACT_METERS = 0.001;
const FIRST_METERS = 1_000;

/** Selects whoever is new in an area. */
export type SelectNew = (area: AreaInput) => Promise<Result<Roster>>;

/** Who is new in a circle. */
export interface Circled {
  readonly radiusMeters: number;
  readonly roster: Roster;
}

/** Who is asked, and in which area they are. */
export interface Reached {
  readonly area: AreaInput;
  readonly roster: Roster;
}

const NOBODY: Circled = {
  radiusMeters: API.radiusMetersMin,
  roster: { count: 0, participants: new SharedArrayBuffer(0) },
};

/** True of an area that has a middle to measure from. */
export function hasMiddle({ type }: AreaInput): boolean {
  return type !== "Municipality";
}

/** Fewer only where there are not so many within API.radiusMetersMax. */
export async function nearest(area: AreaInput, count: number, select: SelectNew): Promise<Result<Circled>> {
  if (count <= 0) return ok(NOBODY);
  const attempt = async (radiusMeters: number): Promise<Result<Circled>> => {
    const roster = await select(circleAround(area, radiusMeters));
    return roster.ok ? ok({ radiusMeters, roster: roster.value }) : roster;
  };
  let inner: Circled = { ...NOBODY, radiusMeters: 0 };
  const first = await attempt(area.type === "Circle" ? area.radiusMeters : FIRST_METERS);
  if (!first.ok) return first;
  let outer = first.value;
  while (outer.roster.count < count && outer.radiusMeters < API.radiusMetersMax) {
    const larger = await attempt(Math.min(API.radiusMetersMax, 2 * outer.radiusMeters));
    if (!larger.ok) return larger;
    [inner, outer] = [outer, larger.value];
  }
  if (outer.roster.count <= count) return ok(outer);
  for (let tries = 0; outer.radiusMeters - inner.radiusMeters > EXACT_METERS; tries++) {
    const tried = await attempt(between(inner, outer, count, tries));
    if (!tried.ok) return tried;
    if (tried.value.roster.count === count) return tried;
    if (tried.value.roster.count < count) inner = tried.value;
    else outer = tried.value;
  }
  return ok({ ...outer, roster: await cut(inner.roster, outer.roster, count) });
}

/**
 * Everybody in an area, and where that is fewer than are wanted the nearest besides. `select` gives all in an area. With the area in
 * which they are: the one that was asked for, or a circle.
 */
export async function enoughAround(area: AreaInput, enough: number, select: SelectNew): Promise<Result<Reached>> {
  const inside = await select(area);
  if (!inside.ok) return inside;
  const missing = enough - inside.value.count;
  if (missing <= 0) return ok({ area, roster: inside.value });
  const known = new Marks();
  await known.addAll(peopleOf(inside.value));
  const circled = await nearest(area, missing, async (circle) => {
    const all = await select(circle);
    return all.ok ? ok(await known.without(all.value)) : all;
  });
  if (!circled.ok) return circled;
  const { radiusMeters, roster } = circled.value;
  const all = await rosterOf([partOf(inside.value), partOf(roster)]);
  return ok({ area: circleAround(area, radiusMeters), roster: all });
}

/** Around the middle of an area that has one. */
export function circleAround(area: AreaInput, radiusMeters: number): AreaInput {
  const origin = areaOrigin(areaOf(area));
  assert(origin !== undefined, "an area with a middle");
  return { type: "Circle", center: [...origin], radiusMeters };
}

/** Where just so many are, if people are spread evenly between the two; every second time the middle, for they are not. */
function between(inner: Circled, outer: Circled, count: number, tries: number): number {
  const [from, to] = [inner.radiusMeters, outer.radiusMeters];
  if (tries % 2 === 1) return (from + to) / 2;
  const share = (count + 0.5 - inner.roster.count) / (outer.roster.count + 1 - inner.roster.count);
  return Math.sqrt(from ** 2 + (to ** 2 - from ** 2) * Math.min(0.95, Math.max(0.05, share)));
}

/** All of the inner ones, and the first of those who are only in the outer circle. */
async function cut(inner: Roster, outer: Roster, count: number): Promise<Roster> {
  const known = new Marks();
  await known.addAll(peopleOf(inner));
  const others = await known.without(outer);
  return rosterOf([partOf(inner), partOf(others, 0, count - inner.count)]);
}
