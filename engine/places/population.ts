/**
 * A population file: CSV (as csv-records.ts takes it), one row for each four-digit postcode. The table that Statistics
 * Netherlands publishes (CBS, kerncijfers per postcode) fits with its columns named like this:
 *
 *     pc4,plaats,gemeente_2022,provincie,inwoners,inwoners16plus,km2,lon,lat
 *     1012,"Amsterdam","Amsterdam",Noord-Holland,8540,8134,1.156,4.89603,52.37455
 *
 * | column | what | |
 * |---|---|---|
 * | pc4 | the postcode's four digits | required |
 * | plaats | the town; by it the municipality's number is found (matching.ts) | required |
 * | gemeente_2022 | the municipality's name; the year may be another; empty or NA where it is not known | required |
 * | inwoners16plus | inhabitants of 16 and older | required |
 * | km2 | area of the postcode | required |
 * | lon, lat | its centre, degrees, WGS84 | required |
 * | provincie, inwoners, and any other | not used | may be absent |
 *
 * Numbers are written as in the row's lon and lat: with a decimal comma there, "8.822" inhabitants are eight thousand, and with
 * a decimal point nobody knows, so that the row is refused.
 *
 * A bad row is refused by its line and costs nothing but itself, and so is a second one of the same postcode. A file without
 * a required column, without a good row, or that ends in the middle of a row (cut off: nobody knows what else is missing) is
 * refused as a whole. A file cut off between two rows can't be told from a whole one; the import says how many postcodes of
 * the one before are gone.
 */

import { fail, ok, type Result } from "../../schemas/errors.js";
import { REGISTRY } from "../../schemas/limits.js";
import { CsvRecords, type CsvTarget, type RecordFault } from "../files/csv-records.js";
import type { Charset } from "../files/file-text.js";
import { isExchanged } from "../geo/exchanged.js";
import { nearMeters } from "../geo/meters.js";
import type { Place } from "./geonames.js";
import { isNameless, municipalityNumbers } from "./matching.js";
import { markOf, numberIn } from "./numerals.js";

/** How the columns are told: `gemeente` with whatever year. */
const COLUMNS = {
  pc4: /^pc4$/i,
  plaats: /^plaats$/i,
  gemeente: /^gemeente(_\d{4})?$/i,
  inwoners16plus: /^inwoners16plus$/i,
  km2: /^km2$/i,
  lon: /^lon$/i,
  lat: /^lat$/i,
} as const;
type Column = keyof typeof COLUMNS;

/** The country with a margin: a centre outside is a mistake, most often metres instead of degrees, or lat and lon exchanged. */
const BOX = { west: 3.0, east: 7.6, south: 50.5, north: 53.8 };
/** Square kilometres of a postcode: the largest has 170, and some are a waste of water. */
const KM2_MAX = 2_000;
/** Inhabitants of a postcode: the largest has 29,000. */
const ADULTS_MAX = 1_000_000;

/** An area with people: a postcode, or, where none were imported, the surroundings of a place. */
export interface PopulationArea {
  /** 0 where it is none. */
  readonly postcode: number;
  /** 363 for GM0363, 0 where it is not known. */
  readonly municipality: number;
  /** Inhabitants of 16 and older. */
  readonly adults: number;
  readonly km2: number;
  readonly lng: number;
  readonly lat: number;
}

export interface Population {
  readonly areas: readonly PopulationArea[];
  readonly names: ReadonlyMap<number, string>;
}

export interface RefusedRow {
  readonly line: number;
  readonly reason: string;
}

export interface PopulationFile extends Population {
  readonly refused: readonly RefusedRow[];
  /** Municipalities whose number is not known: their postcodes count for none. */
  readonly unmatched: readonly string[];
  /** Postcodes without a municipality, which got that of the nearest one. */
  readonly nameless: number;
}

/** A row of the file. */
export interface PopulationRow {
  readonly postcode: number;
  readonly town: string;
  readonly municipality: string;
  readonly adults: number;
  readonly km2: number;
  readonly lng: number;
  readonly lat: number;
}

/** The rows of a file, and what was refused of it. IMPORT_REFUSED when the file is none, or not whole. */
export function populationRows(
  bytes: Buffer,
  charset?: Charset,
): Result<{ rows: PopulationRow[]; refused: readonly RefusedRow[] }> {
  const reader = new Reader();
  const records = new CsvRecords(reader, charset);
  records.push(bytes);
  records.end();
  if (records.problem !== undefined) return fail("IMPORT_REFUSED", records.problem);
  const wrong = reader.wrong(records.form.lastLineEnded);
  if (wrong === undefined) return ok({ rows: [...reader.rows.values()], refused: reader.refused });
  return fail("IMPORT_REFUSED", wrong.reason, wrong.line === 0 ? undefined : `line ${wrong.line}`);
}

/** With the municipalities numbered. IMPORT_REFUSED likewise. */
export function readPopulation(bytes: Buffer, places: readonly Place[], charset?: Charset): Result<PopulationFile> {
  const read = populationRows(bytes, charset);
  if (!read.ok) return read;
  const { rows, refused } = read.value;
  const numbers = municipalityNumbers(
    rows.map((row) => ({ ...row, adults: Math.max(1, row.adults) })),
    places,
  );
  const named = new Set(rows.map((row) => row.municipality).filter((name) => !isNameless(name)));
  const { areas, nameless } = areasOf(rows, numbers);
  const names = new Map([...named].filter((name) => numbers.has(name)).map((name) => [numbers.get(name)!, name]));
  return ok({ areas, names, nameless, refused, unmatched: [...named].filter((n) => !numbers.has(n)) });
}

function areasOf(rows: readonly PopulationRow[], numbers: ReadonlyMap<string, number>) {
  const known = rows.filter(({ municipality }) => numbers.has(municipality));
  let nameless = 0;
  const areas = rows.map((row): PopulationArea => {
    const { postcode, adults, km2, lng, lat } = row;
    let from: PopulationRow | undefined = row;
    if (isNameless(row.municipality)) {
      nameless += 1;
      from = nearestOf(known, row);
    }
    const municipality = (from && numbers.get(from.municipality)) ?? 0;
    return { postcode, municipality, adults, km2, lng, lat };
  });
  return { areas, nameless };
}

function nearestOf(rows: readonly PopulationRow[], to: PopulationRow): PopulationRow | undefined {
  let nearest: PopulationRow | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const row of rows) {
    const distance = nearMeters(row, to);
    if (distance >= least) continue;
    least = distance;
    nearest = row;
  }
  return nearest;
}

class Reader implements CsvTarget {
  readonly rows = new Map<number, PopulationRow>();
  readonly refused: RefusedRow[] = [];
  #line = 0;
  #missing: string[] = [];
  #places: Readonly<Record<Column, number>> | undefined;
  /** The last line with anything in it, when it is no row. */
  #badLine = 0;

  isColumn(name: string): boolean {
    return Object.values(COLUMNS).some((form) => form.test(name));
  }

  header(names: readonly string[], line: number): void {
    this.#line = line;
    const found = Object.entries(COLUMNS).map(([column, form]) => {
      return [column, names.findIndex((name) => form.test(name))] as const;
    });
    this.#missing = found.filter(([, at]) => at === -1).map(([column]) => column);
    if (this.#missing.length === 0) this.#places = Object.fromEntries(found) as Record<Column, number>;
  }

  record(fields: readonly string[] | RecordFault, line: number): void {
    if (this.#places === undefined) return;
    this.#line = line;
    const row =
      typeof fields === "string" ? "it has not as many fields as the header has columns" : rowOf(fields, this.#places);
    this.#badLine = typeof row === "string" ? line : 0;
    if (typeof row === "string") this.#refuse(row);
    else if (this.rows.has(row.postcode)) this.#refuse("this postcode stands on a line before");
    else this.rows.set(row.postcode, row);
  }

  /** Why the whole file is refused; line 0 where it is no line's fault. */
  wrong(endsWithLine: boolean): RefusedRow | undefined {
    if (this.#line === 0) return { line: 0, reason: "the file is empty; its first line must be a header" };
    if (this.#missing.length > 0) return { line: 1, reason: `columns missing: ${this.#missing.join(", ")}` };
    if (!endsWithLine && this.#badLine === this.#line) {
      return { line: this.#line, reason: "the file ends in the middle of a row: it is not whole" };
    }
    if (this.rows.size > 0) return undefined;
    const first = this.refused[0];
    return first ?? { line: 0, reason: "the file has a header and no rows" };
  }

  #refuse(reason: string): void {
    if (this.refused.length < REGISTRY.reportedRows) this.refused.push({ line: this.#line, reason });
  }
}

/** The row, or what is wrong with it. */
function rowOf(fields: readonly string[], at: Readonly<Record<Column, number>>): PopulationRow | string {
  const text = (column: Column) => fields[at[column]]!.trim();
  const mark = markOf([text("lon"), text("lat")]);
  const number = (column: Column) => numberIn(text(column), mark);
  const [adults, km2, lng, lat] = [number("inwoners16plus"), number("km2"), number("lon"), number("lat")];
  if (!/^[1-9]\d{3}$/.test(text("pc4"))) return "pc4 must be four digits, the first not 0";
  if (!Number.isInteger(adults)) return "inwoners16plus must be a whole number, with marks as in lon and lat";
  if (!(adults >= 0 && adults <= ADULTS_MAX)) return `inwoners16plus must be a number from 0 to ${ADULTS_MAX}`;
  if (!(km2 >= 0 && km2 <= KM2_MAX)) return `km2 must be a number from 0 to ${KM2_MAX}, with marks as in lon and lat`;
  if (isExchanged([lng, lat])) return "lon and lat are exchanged";
  if (!(lng > BOX.west && lng < BOX.east && lat > BOX.south && lat < BOX.north)) {
    return "lon and lat must be degrees in the Netherlands";
  }
  return { postcode: Number(text("pc4")), town: text("plaats"), municipality: text("gemeente"), adults, km2, lng, lat };
}
