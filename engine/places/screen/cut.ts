/** Cuts a polygon off at the sides of a box, one side after the other (Sutherland and Hodgman, 1974); for drawing alone. */

/** As GeoJSON has it. */
type Point = number[];
/** West, south, east, north. */
type Box = readonly [number, number, number, number];

/** Its rings inside the box, closed; none where it lies outside. What is left of a ring may run along the box. */
export function cut(rings: readonly Point[][], [west, south, east, north]: Box): Point[][] {
  return rings
    .map((ring) => side(side(side(side(ring.slice(1), 0, west, 1), 0, east, -1), 1, south, 1), 1, north, -1))
    .filter((ring) => ring.length >= 3)
    .map((ring) => [...ring, ring[0]!]);
}

/** What of a ring (not closed) lies where axis × sign ≥ limit × sign. */
function side(ring: readonly Point[], axis: 0 | 1, limit: number, sign: 1 | -1): Point[] {
  const kept: Point[] = [];
  for (const [at, point] of ring.entries()) {
    const before = ring.at(at - 1)!;
    const [was, is] = [sign * (before[axis]! - limit), sign * (point[axis]! - limit)];
    if (was >= 0 !== is >= 0) {
      const part = was / (was - is);
      kept.push([before[0]! + part * (point[0]! - before[0]!), before[1]! + part * (point[1]! - before[1]!)]);
    }
    if (is >= 0) kept.push(point);
  }
  return kept;
}
