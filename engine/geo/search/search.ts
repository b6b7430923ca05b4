/**
 * Areas of every kind, prepared once and searched in many trees. What is prepared is plain numbers and typed arrays, so
 * that it crosses to a worker without a conversion of thousands of positions.
 */

import type { Area, Rings } from "../area.js";
import { toSpace, toSurface } from "../ellipsoid.js";
import { circleRanges, circleRows, circleTouches, type PreparedCircle, prepareCircle } from "./circle.js";
import { PolygonSearch, type PreparedPolygon, preparePolygon } from "./polygon.js";
import { Ranges } from "./ranges.js";
import type { PointTree } from "./tree.js";

export type PreparedArea =
  | { readonly type: "circle"; readonly circle: PreparedCircle }
  | { readonly type: "polygons"; readonly polygons: readonly PreparedPolygon[] }
  | { readonly type: "municipality"; readonly code: number };

/** A tree with what areas ask about besides. */
export interface SearchedTree extends PointTree {
  /** West, south, east and north end of the rows; degrees. */
  readonly box: readonly [number, number, number, number];
  /** Municipality of each row. */
  readonly municipality: Uint16Array;
}

export function prepareArea(area: Area): PreparedArea {
  switch (area.type) {
    case "Circle":
      return { type: "circle", circle: prepareCircle(area.center, area.radiusMeters) };
    case "Polygon":
      return { type: "polygons", polygons: [preparePolygon(area.coordinates)] };
    case "MultiPolygon":
      return { type: "polygons", polygons: area.coordinates.map(preparePolygon) };
    case "Municipality":
      return { type: "municipality", code: area.code };
  }
}

/** Whether a row of the tree may lie in the area; `municipalities` are those that the tree has rows of. */
export function mayTouch(
  area: PreparedArea,
  tree: Pick<SearchedTree, "box" | "boxes" | "count">,
  municipalities: ReadonlySet<number>,
): boolean {
  if (tree.count === 0) return false;
  switch (area.type) {
    case "circle":
      return circleTouches(area.circle, tree.boxes, 1);
    case "polygons":
      return area.polygons.some((polygon) => overlaps(polygon, tree.box));
    case "municipality":
      return municipalities.has(area.code);
  }
}

function overlaps(polygon: PreparedPolygon, [west, south, east, north]: SearchedTree["box"]): boolean {
  return polygon.minLng <= east && polygon.maxLng >= west && polygon.minLat <= north && polygon.maxLat >= south;
}

/** Searches trees; holds the room that a search needs, which grows to the largest tree and is then reused. */
export class AreaSearch {
  readonly #found = new Ranges();
  readonly #polygonSearch = new PolygonSearch();
  #mask = new Uint8Array(0);

  /** The rows of the tree in the area; valid until the next search. */
  search(tree: SearchedTree, area: PreparedArea): Ranges {
    this.#found.reserve(tree.count);
    if (area.type === "circle") circleRanges(tree, area.circle, this.#found);
    else if (area.type === "municipality") municipalityRanges(tree, area.code, this.#found);
    else if (area.polygons.length === 1) this.#polygonSearch.ranges(tree, tree.box, area.polygons[0]!, this.#found);
    else this.#union(tree, area.polygons);
    return this.#found;
  }

  /**
   * Likewise the rows of a list without boxes, which need be in no order for a circle or a municipality, and in that of a tree
   * for polygons.
   */
  searchList(list: SearchedTree, area: PreparedArea): Ranges {
    if (area.type !== "circle") return this.search(list, area);
    this.#found.reserve(list.count);
    circleRows(list, area.circle, 0, list.count - 1, this.#found);
    return this.#found;
  }

  /** Polygons may overlap: each marks its rows, and the marks are read off in order. */
  #union(tree: SearchedTree, polygons: readonly PreparedPolygon[]): void {
    if (this.#mask.length < tree.count) this.#mask = new Uint8Array(tree.count);
    const mask = this.#mask.fill(0, 0, tree.count);
    for (const polygon of polygons) {
      if (!overlaps(polygon, tree.box)) continue;
      this.#found.count = 0;
      this.#polygonSearch.ranges(tree, tree.box, polygon, this.#found);
      const { bounds, count } = this.#found;
      for (let at = 0; at < 2 * count; at += 2) mask.fill(1, bounds[at]!, bounds[at + 1]!);
    }
    this.#found.count = 0;
    for (let row = mask.indexOf(1); row >= 0 && row < tree.count; row = mask.indexOf(1, row)) {
      const start = row;
      while (row < tree.count && mask[row] === 1) row += 1;
      this.#found.add(start, row);
    }
  }
}

function municipalityRanges(tree: SearchedTree, code: number, out: Ranges): void {
  const { municipality, count } = tree;
  for (let row = 0; row < count; row += 1) if (municipality[row] === code) out.add(row, row + 1);
}

/** Where nearest is measured from when the query does not say: the circle's centre, or the centroid of the polygons. */
export function areaOrigin(area: Area): readonly [number, number] | undefined {
  if (area.type === "Circle") return area.center;
  if (area.type === "Polygon") return centroid([area.coordinates]);
  if (area.type === "MultiPolygon") return centroid(area.coordinates);
  return undefined;
}

/** Planar in each polygon, but averaged in space: parts on both sides of the date line have their middle between them. */
function centroid(polygons: readonly Rings[]): readonly [number, number] {
  const sum = [0, 0, 0] as [number, number, number];
  const space = new Float64Array(3);
  for (const rings of polygons) {
    const [lng, lat, weight] = ringCentroid(rings[0]!);
    toSpace(lng, lat, space, 0);
    for (let axis = 0; axis < 3; axis += 1) sum[axis]! += weight * space[axis]!;
  }
  return toSurface(...sum);
}

function ringCentroid(ring: Rings[number]): [lng: number, lat: number, weight: number] {
  const [lng0, lat0] = ring[0]!;
  let [area, lng, lat] = [0, 0, 0];
  for (let index = 1; index < ring.length; index += 1) {
    const [x1, y1] = [ring[index - 1]![0] - lng0, ring[index - 1]![1] - lat0];
    const [x2, y2] = [ring[index]![0] - lng0, ring[index]![1] - lat0];
    const cross = x1 * y2 - x2 * y1;
    area += cross;
    lng += (x1 + x2) * cross;
    lat += (y1 + y2) * cross;
  }
  return area === 0 ? [lng0, lat0, 1] : [lng0 + lng / (3 * area), lat0 + lat / (3 * area), Math.abs(area)];
}
