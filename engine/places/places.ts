/**
 * What is known of the country: where a postcode lies, and in which municipality a position lies. Read from the store when
 * the service starts; what nobody imported is made up for by the bundled places.
 *
 * In which municipality: the outline that holds the position, boundary included. Outside all outlines @rapideditor/country-coder
 * tells the country; its outlines have the waters of twelve miles with the land, so at a coast or in the Waddenzee they say
 * "NL" and not how far the shore is. In Dutch waters the nearest municipality counts if it is within PLACES.shoreMeters, so that
 * nobody at a harbour, on a pier or on a boat close by is refused; farther out a position is at sea. In Germany or Belgium the
 * answer is 0, and anywhere else there is none. Where no boundaries were imported, the nearest postcode counts, or the nearest
 * bundled place, within PLACES.centreMeters.
 *
 * Costs, measured: 30 ms of this thread while the registry loads in the workers, with both files imported, or 40 ms of a worker
 * without; 7 MB of memory, and country-coder's outlines, 20 MB, which the generator of a registry needs as well.
 */

import { fail, ok, type Result } from "../../schemas/errors.js";
import { PLACES } from "../../schemas/limits.js";
import { METERS_PER_DEGREE, metersPerDegreeLng } from "../geo/meters.js";
import { digitsOfPostcode, postcodeNumber } from "../geo/postcode.js";
import type { Store } from "../store/store.js";
import { type BundledPlaces, bundledPlaces } from "./bundled.js";
import { type OutlineData, Outlines } from "./outlines.js";
import { storedBoundaries, storedPopulation } from "./place-store.js";
import type { Population, PopulationArea } from "./population.js";
import { Raster } from "./raster.js";

/** Countries in which participants of a Dutch registry live. */
const NEIGHBOURS: readonly string[] = ["DE", "BE"];

/** The ISO code of the country of a position, null where there is none. */
type CountryOf = (position: [number, number]) => string | null;

/** Points with a municipality each, of which the nearest counts. */
interface Centres {
  readonly lng: Float64Array;
  readonly lat: Float64Array;
  readonly municipality: Uint16Array;
}

export class Places {
  readonly #postcodes: ReadonlyMap<number, PopulationArea>;
  readonly #outlines: Outlines | undefined;
  readonly #raster: Raster;
  readonly #successors: ReadonlyMap<number, number>;
  readonly #centres: Centres;
  readonly #countryOf: CountryOf;

  private constructor(
    /** Undefined when none was imported. */
    readonly population: Population | undefined,
    /** Undefined when none were imported. */
    readonly boundaries: OutlineData | undefined,
    /** Of municipalities, where an imported file has them. */
    readonly names: ReadonlyMap<number, string>,
    /** Of the file of boundaries: another one for another file. */
    readonly boundariesId: string | undefined,
    /** Likewise of the file of the population. */
    readonly populationId: string | undefined,
    successors: ReadonlyMap<number, number>,
    centres: Centres,
    countryOf: CountryOf,
  ) {
    this.#successors = successors;
    this.#centres = centres;
    this.#countryOf = countryOf;
    this.#postcodes = new Map(population?.areas.map((area) => [area.postcode, area]));
    this.#outlines = boundaries && new Outlines(boundaries);
    this.#raster = new Raster(
      (lng, lat) => this.municipalityAt(lng, lat),
      (call) => this.#outlines?.eachEdge(call),
    );
  }

  /** `readBundled` runs bundledPlaces (bundled.ts) wherever the caller likes; in this thread when absent. */
  static async load(
    store: Store,
    readBundled: () => Promise<Result<BundledPlaces>> = async () => ok(bundledPlaces()),
  ): Promise<Result<Places>> {
    const population = storedPopulation(store);
    if (!population.ok) return population;
    const boundaries = storedBoundaries(store);
    if (!boundaries.ok) return boundaries;
    const needsBundled = population.value === undefined && boundaries.value === undefined;
    const centres = needsBundled ? await readBundled() : ok(centresOf(population.value?.areas ?? []));
    if (!centres.ok) return centres;
    const { iso1A2Code } = await import("@rapideditor/country-coder");
    const names = new Map([...(boundaries.value?.names ?? []), ...(population.value?.names ?? [])]);
    return ok(
      new Places(
        population.value,
        boundaries.value?.outlines,
        names,
        boundaries.value?.sha256,
        population.value?.sha256,
        boundaries.value?.successors ?? new Map(),
        centres.value,
        (position) => iso1A2Code(position, { level: "country" }),
      ),
    );
  }

  /**
   * The middle of a postcode's area, [lng, lat]; of one with letters, "1234 AB", that of its four digits. POSTCODES_MISSING
   * when no population was imported, POSTCODE_UNKNOWN when the file has it not or it can't be one.
   */
  positionOfPostcode(text: string): Result<[number, number]> {
    if (this.population === undefined) return fail("POSTCODES_MISSING", "import a population file first");
    const postcode = postcodeNumber(text);
    const area = postcode === undefined ? undefined : this.#postcodes.get(digitsOfPostcode(postcode));
    return area ? ok([area.lng, area.lat]) : fail("POSTCODE_UNKNOWN", "it is not among the imported postcodes");
  }

  /** A municipality (363 for GM0363), 0 in a neighbouring country, undefined at sea and elsewhere in the world. */
  municipalityAt(lng: number, lat: number): number | undefined {
    const inside = this.#outlines?.at(lng, lat);
    if (inside !== undefined) return inside;
    if (!(Math.abs(lng) <= 180 && Math.abs(lat) <= 90)) return undefined;
    const country = this.#countryOf([lng, lat]);
    if (country === "NL") {
      return this.#outlines ? this.#outlines.nearest(lng, lat, PLACES.shoreMeters) : this.#nearestCentre(lng, lat);
    }
    return country !== null && NEIGHBOURS.includes(country) ? 0 : undefined;
  }

  /**
   * The number under which a municipality is known today: its own, or that of the one it became part of; undefined where the
   * boundaries know neither. Without boundaries nobody can tell, and every number is its own.
   */
  municipalityToday(number: number): number | undefined {
    if (this.boundaries === undefined || this.boundaries.codes.includes(number)) return number;
    return this.#successors.get(number);
  }

  /** The same for 100,000 positions a second; raster.ts says where the answer may be off by up to 0.8 km. */
  fastMunicipalityAt(lng: number, lat: number): number | undefined {
    return this.#raster.at(lng, lat);
  }

  #nearestCentre(lng: number, lat: number): number | undefined {
    const { lng: x, lat: y, municipality } = this.#centres;
    const perLng = metersPerDegreeLng(lat);
    let least = PLACES.centreMeters ** 2;
    let nearest: number | undefined;
    for (let index = 0; index < x.length; index += 1) {
      const east = (x[index]! - lng) * perLng;
      const north = (y[index]! - lat) * METERS_PER_DEGREE;
      const squared = east * east + north * north;
      if (squared > least) continue;
      least = squared;
      nearest = municipality[index];
    }
    return nearest;
  }
}

/** Those without a municipality can't tell one. */
function centresOf(areas: readonly PopulationArea[]): Centres {
  const known = areas.filter(({ municipality }) => municipality !== 0);
  return {
    lng: Float64Array.from(known, ({ lng }) => lng),
    lat: Float64Array.from(known, ({ lat }) => lat),
    municipality: Uint16Array.from(known, ({ municipality }) => municipality),
  };
}
