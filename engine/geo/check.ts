/**
 * Turns an area from outside into one that the engine takes, or says what is wrong with it and where. The rules are those
 * of RFC 7946 and OGC Simple Features: rings are closed, enclose something, and do not cross or touch themselves; holes lie
 * in their outline and not in each other; two rings of a polygon may touch in one point, no more.
 *
 * Two deviations, both lenient: rings may run in either direction (RFC 7946 asks parsers to accept that), and the polygons
 * of a MultiPolygon may overlap, which means their union.
 *
 * Assumes that the schema has been through it (schemas/api/api.ts: types, ranges of lng, lat and radius, at least four
 * positions a ring). Promises a field like /area/coordinates/0/3 for each problem.
 */

import type { AreaInput } from "../../schemas/api/area.js";
import { fail, ok, type Problem, type Result } from "../../schemas/errors.js";
import { API } from "../../schemas/limits.js";
import type { Area, LngLat, Rings } from "./area.js";
import { type Edges, eachMeeting } from "./crossings.js";
import { municipalityNumber } from "./municipality-code.js";
import { orientation } from "./orientation.js";

export function checkArea(input: AreaInput): Result<Area> {
  switch (input.type) {
    case "Circle":
    case "Municipality":
      return ok(areaOf(input));
    case "Polygon": {
      const problem = tooManyVertices([input.coordinates]) ?? polygonProblem(input.coordinates, "/area/coordinates");
      return problem === undefined ? ok(input) : { ok: false, problem };
    }
    case "MultiPolygon": {
      const many = tooManyVertices(input.coordinates);
      if (many !== undefined) return { ok: false, problem: many };
      for (const [index, rings] of input.coordinates.entries()) {
        const problem = polygonProblem(rings, `/area/coordinates/${index}`);
        if (problem !== undefined) return { ok: false, problem };
      }
      return ok(input);
    }
  }
}

/** Of one that was checked, such as that of an action that is stored. */
export function areaOf(input: AreaInput): Area {
  return input.type === "Municipality" ? { type: "Municipality", code: municipalityNumber(input.code) } : input;
}

function invalid(detail: string, field: string): Problem {
  return fail("INVALID_AREA", detail, field).problem;
}

function tooManyVertices(polygons: readonly Rings[]): Problem | undefined {
  let vertices = 0;
  for (const rings of polygons) for (const ring of rings) vertices += ring.length;
  if (vertices <= API.areaVertices) return undefined;
  return invalid(`the area has ${vertices} vertices, ${API.areaVertices} is the limit`, "/area/coordinates");
}

function polygonProblem(rings: Rings, field: string): Problem | undefined {
  for (const [index, ring] of rings.entries()) {
    const problem = ringProblem(ring, `${field}/${index}`);
    if (problem !== undefined) return problem;
  }
  return meetingProblem(rings, field) ?? nestingProblem(rings, field);
}

function ringProblem(ring: readonly LngLat[], field: string): Problem | undefined {
  if (ring.length < 4) return invalid("a ring has at least four positions", field);
  const first = ring[0]!;
  const last = ring[ring.length - 1]!;
  if (first[0] !== last[0] || first[1] !== last[1]) {
    return invalid("the ring is not closed: its last position is not its first", `${field}/${ring.length - 1}`);
  }
  const from = ring.findIndex((position) => position[0] !== first[0] || position[1] !== first[1]);
  const second = ring[from];
  const encloses =
    second !== undefined &&
    ring.some((position) => orientation(first[0], first[1], second[0], second[1], position[0], position[1]) !== 0);
  return encloses ? undefined : invalid("the ring encloses nothing: its positions lie on one line", field);
}

/** The first place, [lng, lat], at which an edge of a polygon crosses another of its edges; rings may touch here. */
export function crossingOf(rings: Rings): LngLat | undefined {
  const { coords, ...edges } = edgesOf(rings);
  let place: LngLat | undefined;
  eachMeeting({ coords, ...edges }, (_, b, how) => {
    if (how === "cross") place = [coords[4 * b]!, coords[4 * b + 1]!];
    return how === "cross";
  });
  return place;
}

/** The edges of all rings; positions that repeat the one before make none. `position` is where each edge begins. */
function edgesOf(rings: Rings): Edges & { readonly position: Uint32Array } {
  const room = rings.reduce((sum, ring) => sum + ring.length - 1, 0);
  const coords = new Float64Array(4 * room);
  const ring = new Uint32Array(room);
  const next = new Uint32Array(room);
  const position = new Uint32Array(room);
  let count = 0;
  for (const [ringIndex, positions] of rings.entries()) {
    const first = count;
    for (let index = 1; index < positions.length; index += 1) {
      const [x1, y1] = positions[index - 1]!;
      const [x2, y2] = positions[index]!;
      if (x1 === x2 && y1 === y2) continue;
      coords[4 * count] = x1;
      coords[4 * count + 1] = y1;
      coords[4 * count + 2] = x2;
      coords[4 * count + 3] = y2;
      ring[count] = ringIndex;
      next[count] = count + 1;
      position[count] = index - 1;
      count += 1;
    }
    next[count - 1] = first;
  }
  return { coords: coords.subarray(0, 4 * count), ring, next, position };
}

function meetingProblem(rings: Rings, field: string): Problem | undefined {
  const edges = edgesOf(rings);
  const touches = new Map<number, string>();
  let problem: Problem | undefined;
  eachMeeting(edges, (a, b, how) => {
    const ringA = edges.ring[a]!;
    const ringB = edges.ring[b]!;
    const at = `${field}/${ringB}/${edges.position[b]!}`;
    if (ringA === ringB) {
      const place = Math.min(edges.position[a]!, edges.position[b]!);
      const verb = how === "cross" ? "crosses" : "touches";
      problem = invalid(`the ring ${verb} itself at the edge that begins here`, `${field}/${ringA}/${place}`);
    } else if (how === "cross") {
      problem = invalid(`the edge that begins here crosses ring ${ringA}`, at);
    } else {
      const pair = Math.min(ringA, ringB) * rings.length + Math.max(ringA, ringB);
      const point = commonPoint(edges.coords, 4 * a, 4 * b);
      const before = touches.get(pair);
      if (before !== undefined && before !== point) {
        problem = invalid(`ring ${ringB} touches ring ${ringA} in more than one point`, at);
      }
      touches.set(pair, point);
    }
    return problem !== undefined;
  });
  return problem;
}

/** The point in which two edges touch, as a text that can be compared. */
function commonPoint(coords: Float64Array, a: number, b: number): string {
  for (const [edge, end] of [
    [a, b],
    [a, b + 2],
    [b, a],
    [b, a + 2],
  ] as const) {
    const x = coords[end]!;
    const y = coords[end + 1]!;
    const [x1, y1, x2, y2] = [coords[edge]!, coords[edge + 1]!, coords[edge + 2]!, coords[edge + 3]!];
    if (x < Math.min(x1, x2) || x > Math.max(x1, x2) || y < Math.min(y1, y2) || y > Math.max(y1, y2)) continue;
    if (orientation(x1, y1, x2, y2, x, y) === 0) return `${x} ${y}`;
  }
  return "";
}

/** Rings do not cross and touch in one point at most, so a corner that is not that point says where the whole ring is. */
function nestingProblem(rings: Rings, field: string): Problem | undefined {
  const boxes = rings.map(boxOf);
  for (let hole = 1; hole < rings.length; hole += 1) {
    if (!isWithin(boxes[hole]!, boxes[0]!) || !liesIn(rings[hole]!, rings[0]!)) {
      return invalid("the hole does not lie in the outline", `${field}/${hole}`);
    }
    for (let other = 1; other < rings.length; other += 1) {
      if (other !== hole && isWithin(boxes[hole]!, boxes[other]!) && liesIn(rings[hole]!, rings[other]!)) {
        return invalid(`the hole lies in hole ${other}`, `${field}/${hole}`);
      }
    }
  }
  return undefined;
}

type Box = readonly [number, number, number, number];

function boxOf(ring: readonly LngLat[]): Box {
  let [minX, minY, maxX, maxY] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const [x, y] of ring) {
    minX = Math.min(minX, x);
    minY = Math.min(minY, y);
    maxX = Math.max(maxX, x);
    maxY = Math.max(maxY, y);
  }
  return [minX, minY, maxX, maxY];
}

function isWithin(inner: Box, outer: Box): boolean {
  return inner[0] >= outer[0] && inner[1] >= outer[1] && inner[2] <= outer[2] && inner[3] <= outer[3];
}

/** Whether the first corner of `inner` that is not on `outer` lies inside it. */
function liesIn(inner: readonly LngLat[], outer: readonly LngLat[]): boolean {
  for (const position of inner) {
    const side = sideOf(position, outer);
    if (side !== "on") return side === "in";
  }
  return false;
}

function sideOf([x, y]: LngLat, ring: readonly LngLat[]): "in" | "on" | "out" {
  let inside = false;
  for (let index = 1; index < ring.length; index += 1) {
    const [x1, y1] = ring[index - 1]!;
    const [x2, y2] = ring[index]!;
    if (y < Math.min(y1, y2) || y > Math.max(y1, y2) || x < Math.min(x1, x2)) continue;
    const side = orientation(x1, y1, x2, y2, x, y);
    if (side === 0 && x <= Math.max(x1, x2)) return "on";
    if (y1 > y !== y2 > y && side < 0 === y2 > y1) inside = !inside;
  }
  return inside ? "in" : "out";
}
