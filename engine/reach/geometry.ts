/** Where an area of reach lies, for a map: GeoJSON geometries (RFC 7946) in degrees, to a decimetre. */

import type { ReachLevel } from "../../schemas/api/reach.js";
import { municipalityNumber } from "../geo/municipality-code.js";
import { squareOf, squareRing } from "./cells.js";
import { fromRd } from "./rd.js";
import type { Country } from "./task.js";

type Position = [number, number];

export type AreaGeometry =
  | { readonly type: "Point"; readonly coordinates: Position }
  | { readonly type: "MultiPolygon"; readonly coordinates: Position[][][] }
  | { readonly type: "Polygon"; readonly coordinates: Position[][] };

export class ReachGeometry {
  /** Of municipalities: where their people live on average. */
  readonly #middles = new Map<number, Position>();
  /** Row of the population by postcode. */
  readonly #postcodes = new Map<number, number>();
  readonly #country: Country;

  constructor(country: Country) {
    this.#country = country;
    const { population } = country;
    if (population === undefined) return;
    const sums = new Map<number, [number, number, number]>();
    for (const [row, code] of population.municipality.entries()) {
      this.#postcodes.set(population.postcode[row]!, row);
      const [people, lng, lat] = sums.get(code) ?? [0, 0, 0];
      const weight = Math.max(1, population.adults[row]!);
      sums.set(code, [people + weight, lng + weight * population.lng[row]!, lat + weight * population.lat[row]!]);
    }
    for (const [code, [people, lng, lat]] of sums) this.#middles.set(code, toDecimetres([lng / people, lat / people]));
  }

  /** A municipality's, where an imported file has it. */
  nameOf(municipality: number): string | undefined {
    return this.#country.names.get(municipality);
  }

  /** By the code of a ReachArea. Undefined for a municipality of which nothing was imported. */
  centerOf(level: ReachLevel, code: string): Position | undefined {
    if (level === "municipality") return this.#middles.get(municipalityNumber(code));
    if (level === "district") {
      const row = this.#postcodes.get(Number(code));
      return row === undefined ? undefined : [this.#country.population!.lng[row]!, this.#country.population!.lat[row]!];
    }
    const { x, y, meters } = squareOf(code);
    return toDecimetres(fromRd(x + meters / 2, y + meters / 2));
  }

  /** A cell's square, a municipality's outline where boundaries were imported; else the centre, if there is one. */
  geometryOf(level: ReachLevel, code: string): AreaGeometry | null {
    if (level === "cell") return { type: "Polygon", coordinates: [squareRing(squareOf(code)).map(toDecimetres)] };
    const outline = level === "municipality" ? this.#outlineOf(municipalityNumber(code)) : [];
    if (outline.length > 0) return { type: "MultiPolygon", coordinates: outline };
    const center = this.centerOf(level, code);
    return center ? { type: "Point", coordinates: center } : null;
  }

  #outlineOf(code: number): Position[][][] {
    const { boundaries } = this.#country;
    if (boundaries === undefined) return [];
    const { coords, rings, polygons, codes } = boundaries;
    const ringAt = (ring: number): Position[] =>
      Array.from({ length: rings[ring + 1]! - rings[ring]! }, (_, index) => {
        const at = 2 * (rings[ring]! + index);
        return toDecimetres([coords[at]!, coords[at + 1]!]);
      });
    const found: Position[][][] = [];
    for (let polygon = 0; polygon < codes.length; polygon += 1) {
      if (codes[polygon] !== code) continue;
      const count = polygons[polygon + 1]! - polygons[polygon]!;
      found.push(Array.from({ length: count }, (_, index) => ringAt(polygons[polygon]! + index)));
    }
    return found;
  }
}

function toDecimetres([lng, lat]: Position): Position {
  return [Math.round(lng * 1e6) / 1e6, Math.round(lat * 1e6) / 1e6];
}
