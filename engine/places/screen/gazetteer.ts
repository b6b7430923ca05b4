/**
 * Places by what they are called. Every name, and every word within one, stands once in an alphabetical list, so that a search is two
 * steps into it; of equally good ones the largest place comes first.
 */
import type { FoundPlace } from "../../../schemas/api/map.js";
import { PLACES } from "../../../schemas/limits.js";
import { municipalityCode } from "../../geo/municipality-code.js";
import type { Place } from "../geonames.js";
import { placesInside } from "./layers.js";

/** What is sought in: a name, as it is compared, and where it leads. */
export interface Gazetteer {
  /** In their order as strings. */
  readonly keys: readonly string[];
  /** For each key: which name of which place, whether that is its first one, and whether the name begins with the key. */
  readonly names: readonly {
    readonly place: number;
    readonly name: string;
    readonly isMain: boolean;
    readonly begins: boolean;
  }[];
  readonly places: readonly Pick<Place, "lng" | "lat" | "country" | "municipality" | "population">[];
}

/** Runs in a worker: it reads the bundled places, some thirty megabytes. */
export function gazetteer(): Gazetteer {
  const places = placesInside();
  const entries = places.flatMap(({ names }, place) => {
    const latin = names.filter((name, at) => LATIN.test(name) && names.indexOf(name) === at);
    return latin.flatMap((name) => {
      const isMain = name === names[0];
      return wordsFrom(asCompared(name)).map((key, at) => ({ key, place, name, isMain, begins: at === 0 }));
    });
  });
  entries.sort((a, b) => (a.key < b.key ? -1 : Number(a.key > b.key)));
  return {
    keys: entries.map(({ key }) => key),
    names: entries.map(({ key: _, ...name }) => name),
    places: places.map(({ lng, lat, country, municipality, population }) => {
      return { lng, lat, country, municipality, population };
    }),
  };
}

/** GeoNames has names in every script, and codes of airports. */
const LATIN = /^[\p{Script=Latin}\s'’.()/-]*\p{Ll}[\p{Script=Latin}\s'’.()/-]*$/u;

/** Without marks and signs, in small letters: "'s-Hertogenbosch" is sought as "s hertogenbosch". */
export function asCompared(name: string): string {
  return name
    .normalize("NFD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, " ")
    .trim();
}

/** The name from each of its words on; the first is the whole. */
function wordsFrom(name: string): string[] {
  const words = name.split(" ");
  return words.map((_, at) => words.slice(at).join(" "));
}

/** Each place once, by the name that was meant. `wanted`: as names are compared, and not nothing. */
export function find({ keys, names, places }: Gazetteer, wanted: string, limit: number): FoundPlace[] {
  const found = new Map<number, { readonly name: string; readonly rank: number }>();
  const first = firstFrom(keys, wanted);
  for (let at = first; at < first + PLACES.foundAmong && keys[at]?.startsWith(wanted); at += 1) {
    const { place, name, isMain, begins } = names[at]!;
    const rank = (!begins ? 4 : keys[at] === wanted ? 0 : 2) + (isMain ? 0 : 1);
    if (rank < (found.get(place)?.rank ?? Number.POSITIVE_INFINITY)) found.set(place, { name, rank });
  }
  return [...found]
    .sort(
      ([a, one], [b, other]) =>
        Math.floor(one.rank / 2) - Math.floor(other.rank / 2) || places[b]!.population - places[a]!.population,
    )
    .slice(0, limit)
    .map(([place, { name }]) => {
      const { lng, lat, country, municipality } = places[place]!;
      const code = municipalityCode(municipality) ?? null;
      return { kind: "place", name, country, municipality: code, center: [lng, lat] };
    });
}

/** Of the first key that is not less. */
function firstFrom(keys: readonly string[], wanted: string): number {
  let [low, high] = [0, keys.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (keys[middle]! < wanted) low = middle + 1;
    else high = middle;
  }
  return low;
}
