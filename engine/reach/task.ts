/**
 * What goes to the pool's tasks of reach (worker.ts) and comes back: plain data, with columns in shared memory, so that a page
 * costs no copy of all the country.
 */

import type { ReachFormat, ReachLevel } from "../../schemas/api/reach.js";
import type { OutlineData } from "../places/outlines.js";
import type { PopulationArea } from "../places/population.js";
import type { ReachView } from "./count.js";
import type { PopulationColumns } from "./population-grid.js";

export interface ReachTask {
  readonly view: ReachView;
  readonly level: ReachLevel;
  /** Level of the smallest cells that are wanted (cells.ts). */
  readonly cellLevel: number;
  /** Undefined where none was imported: the bundled places stand in. */
  readonly population: PopulationColumns | undefined;
}

/** One row an area, by municipality, postcode or cell, in the order of keyOf (report.ts). */
export interface ReachCounts {
  /** Participants in the country, rounded; TOO_FEW where there are. */
  readonly persons: number;
  /** Inhabitants of 16 and older in the country. */
  readonly people: number;
  /** The municipality's number, the postcode, or the cell's number among those of its level. */
  readonly codes: Uint32Array;
  /** Of cells. */
  readonly levels: Uint8Array;
  readonly municipalities: Uint16Array;
  /** Rounded, or TOO_FEW. */
  readonly participants: Uint32Array;
  readonly adults: Float64Array;
  /** 0 where it is not known. */
  readonly km2: Float64Array;
}

export interface ReachRequest {
  readonly level: ReachLevel;
  /** 363 for GM0363: only areas of it. */
  readonly municipality?: number | undefined;
  /** One of REACH.cellMeters. */
  readonly cellMeters: number;
  readonly radiusMeters: number;
  /** People that the circle is to reach. */
  readonly people: number;
  readonly chance: number;
  readonly behindPercent: number;
  readonly onlyBehind: boolean;
  /** Areas behind this one in order; all when absent. */
  readonly after?: number | undefined;
  readonly limit: number;
}

/** What is known of the country, to name areas and to draw them. */
export interface Country {
  readonly names: ReadonlyMap<number, string>;
  readonly population: PopulationColumns | undefined;
  readonly boundaries: OutlineData | undefined;
}

export interface About {
  readonly countedAtMs: number;
  readonly populationFrom: "file" | "bundledPlaces";
}

export interface PageTask {
  readonly counts: ReachCounts;
  readonly request: ReachRequest;
  readonly format: ReachFormat;
  readonly about: About;
  readonly country: Country;
}

export interface Page {
  /** In UTF-8, in shared memory: as a text of 2 MB it was copied and encoded on the main thread, which took 3 ms. */
  readonly bytes: Uint8Array;
  /** `after` of the next page. */
  readonly next: number | null;
}

type ColumnType<Column> = { new (buffer: SharedArrayBuffer): Column; readonly BYTES_PER_ELEMENT: number };

/** A column in shared memory. */
export function shared<Column extends { [index: number]: number }, Row>(
  Type: ColumnType<Column>,
  rows: readonly Row[],
  of: (row: Row) => number,
): Column {
  const column = new Type(new SharedArrayBuffer(rows.length * Type.BYTES_PER_ELEMENT));
  for (const [index, row] of rows.entries()) column[index] = of(row);
  return column;
}

export function populationColumns(areas: readonly PopulationArea[]): PopulationColumns {
  return {
    postcode: shared(Uint16Array, areas, ({ postcode }) => postcode),
    municipality: shared(Uint16Array, areas, ({ municipality }) => municipality),
    adults: shared(Float64Array, areas, ({ adults }) => adults),
    km2: shared(Float64Array, areas, ({ km2 }) => km2),
    lng: shared(Float64Array, areas, ({ lng }) => lng),
    lat: shared(Float64Array, areas, ({ lat }) => lat),
  };
}
