/**
 * Where the people of each postcode live, by the smallest cells. Of a postcode only its centre, its area and its people are
 * known: its people are spread evenly over the cells that are nearer to its centre than to any other and lie within a circle
 * that is a quarter wider than one of its area would be. A postcode that gets no cell, as in an old town where two share one,
 * gives its people to the cell of its centre.
 *
 * Cells without any are not settled: sea, lakes, and what lies far from every centre.
 */

import { assert } from "../../schemas/errors.js";
import { BASE_CELLS, BASE_METERS, baseCellAt, cornerOf } from "./cells.js";
import { toRd } from "./rd.js";

/** The areas with people, as columns that cross threads (PopulationArea, engine/places). */
export interface PopulationColumns {
  readonly postcode: Uint16Array;
  readonly municipality: Uint16Array;
  readonly adults: Float64Array;
  readonly km2: Float64Array;
  readonly lng: Float64Array;
  readonly lat: Float64Array;
}

export interface PopulationGrid {
  /** People of each smallest cell. */
  readonly adults: Float32Array;
  /** One more than the area that it belongs to; 0 where nobody lives. */
  readonly owner: Uint16Array;
}

const WIDER = 1.25;

export function populationGrid(areas: PopulationColumns): PopulationGrid {
  const count = areas.lng.length;
  assert(count < 65_535, "areas are numbered with 16 bits");
  const grid = { adults: new Float32Array(BASE_CELLS), owner: new Uint16Array(BASE_CELLS) };
  const nearest = new Float32Array(BASE_CELLS).fill(Number.POSITIVE_INFINITY);
  const centres = centresOf(areas);
  for (let area = 0; area < count; area += 1) {
    const radius = WIDER * 1_000 * Math.sqrt(areas.km2[area]! / Math.PI);
    eachCellIn(centres[2 * area]!, centres[2 * area + 1]!, radius, (cell, squared) => {
      if (squared >= nearest[cell]!) return;
      nearest[cell] = squared;
      grid.owner[cell] = area + 1;
    });
  }
  spread(areas, centres, grid);
  return grid;
}

/** x and y of each area's centre, in metres. */
export function centresOf({ lng, lat }: PopulationColumns): Float64Array {
  const centres = new Float64Array(2 * lng.length);
  for (let area = 0; area < lng.length; area += 1)
    toRd(lng[area]!, lat[area]!, centres.subarray(2 * area, 2 * area + 2));
  return centres;
}

function spread(areas: PopulationColumns, centres: Float64Array, { adults, owner }: PopulationGrid): void {
  const cells = new Uint32Array(areas.lng.length);
  for (const area of owner) if (area !== 0) cells[area - 1]! += 1;
  for (let cell = 0; cell < BASE_CELLS; cell += 1) {
    const area = owner[cell]! - 1;
    if (area >= 0) adults[cell] = areas.adults[area]! / cells[area]!;
  }
  for (let area = 0; area < cells.length; area += 1) {
    const cell = cells[area] === 0 ? baseCellAt(centres[2 * area]!, centres[2 * area + 1]!) : undefined;
    if (cell === undefined) continue;
    adults[cell]! += areas.adults[area]!;
    if (owner[cell] === 0) owner[cell] = area + 1;
  }
}

/** Calls with each smallest cell whose middle is within the radius, and the squared distance. */
function eachCellIn(x: number, y: number, radius: number, call: (cell: number, squared: number) => void): void {
  const steps = Math.ceil(radius / BASE_METERS);
  for (let north = -steps; north <= steps; north += 1) {
    for (let east = -steps; east <= steps; east += 1) {
      const cell = baseCellAt(x + east * BASE_METERS, y + north * BASE_METERS);
      if (cell === undefined) continue;
      const corner = cornerOf(cell, 0);
      const dx = corner.x + BASE_METERS / 2 - x;
      const dy = corner.y + BASE_METERS / 2 - y;
      if (dx * dx + dy * dy <= radius * radius) call(cell, dx * dx + dy * dy);
    }
  }
}
