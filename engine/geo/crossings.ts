/**
 * Where the edges of a polygon meet each other: the test behind "the outline crosses itself". Edges are sorted by their
 * western end and each is compared with those that begin before it ends and share its latitudes, without rounding errors
 * (orientation.ts).
 *
 * Assumes edges of non-zero length. Takes a few milliseconds for an outline of 20,000 vertices; edges that all lie side by
 * side (a comb) are the worst case.
 */

import { orientation } from "./orientation.js";

export interface Edges {
  /** x1, y1, x2, y2 of each edge. */
  readonly coords: Float64Array;
  /** The ring that each edge belongs to. */
  readonly ring: Uint32Array;
  /** The edge that follows each edge in its ring. */
  readonly next: Uint32Array;
}

/** How two edges meet: in one point that is an end of either, or otherwise. */
export type Meeting = "apart" | "touch" | "cross";

/** How the edges at `a` and `b` (indices into coords) meet. Edges on one line that share more than a point cross. */
export function meeting(coords: Float64Array, a: number, b: number): Meeting {
  const [ax, ay, bx, by] = [coords[a]!, coords[a + 1]!, coords[a + 2]!, coords[a + 3]!];
  const [cx, cy, dx, dy] = [coords[b]!, coords[b + 1]!, coords[b + 2]!, coords[b + 3]!];
  const c = Math.sign(orientation(ax, ay, bx, by, cx, cy));
  const d = Math.sign(orientation(ax, ay, bx, by, dx, dy));
  if (c * d > 0) return "apart";
  if (c === 0 && d === 0) return onOneLine(ax, ay, bx, by, cx, cy, dx, dy);
  const e = Math.sign(orientation(cx, cy, dx, dy, ax, ay));
  const f = Math.sign(orientation(cx, cy, dx, dy, bx, by));
  if (e * f > 0) return "apart";
  return c * d * e * f === 0 ? "touch" : "cross";
}

function onOneLine(
  ax: number,
  ay: number,
  bx: number,
  by: number,
  cx: number,
  cy: number,
  dx: number,
  dy: number,
): Meeting {
  const level = ax !== bx;
  const low = Math.max(level ? Math.min(ax, bx) : Math.min(ay, by), level ? Math.min(cx, dx) : Math.min(cy, dy));
  const high = Math.min(level ? Math.max(ax, bx) : Math.max(ay, by), level ? Math.max(cx, dx) : Math.max(cy, dy));
  return low > high ? "apart" : low === high ? "touch" : "cross";
}

/** Calls `found` for each pair of edges that meet, neighbours that only share their corner left out, until it says true. */
export function eachMeeting(edges: Edges, found: (a: number, b: number, how: Meeting) => boolean): void {
  const { coords, next } = edges;
  const order = byWesternEnd(coords);
  const count = order.length;
  for (let i = 0; i < count; i += 1) {
    const a = order[i]!;
    const maxX = Math.max(coords[4 * a]!, coords[4 * a + 2]!);
    const minY = Math.min(coords[4 * a + 1]!, coords[4 * a + 3]!);
    const maxY = Math.max(coords[4 * a + 1]!, coords[4 * a + 3]!);
    for (let j = i + 1; j < count; j += 1) {
      const b = 4 * order[j]!;
      if (coords[b]! > maxX && coords[b + 2]! > maxX) break;
      const y1 = coords[b + 1]!;
      const y2 = coords[b + 3]!;
      if ((y1 < minY && y2 < minY) || (y1 > maxY && y2 > maxY)) continue;
      const how = meeting(coords, 4 * a, b);
      if (how === "apart") continue;
      if (how === "touch" && (next[a] === order[j] || next[order[j]!] === a)) continue;
      if (found(a, order[j]!, how)) return;
    }
  }
}

/** Edges by their western end. Sorting numbers that carry their edge is many times faster than sorting by a function. */
function byWesternEnd(coords: Float64Array): Uint32Array {
  const count = coords.length / 4;
  const west = new Float64Array(count);
  for (let edge = 0; edge < count; edge += 1) west[edge] = Math.min(coords[4 * edge]!, coords[4 * edge + 2]!);
  const sorted = Float64Array.from(west).sort();
  const rank = new Map<number, number>();
  for (let index = count - 1; index >= 0; index -= 1) rank.set(sorted[index]!, index);
  const order = new Uint32Array(count);
  for (let edge = 0; edge < count; edge += 1) {
    const place = rank.get(west[edge]!)!;
    order[place] = edge;
    rank.set(west[edge]!, place + 1);
  }
  return order;
}
