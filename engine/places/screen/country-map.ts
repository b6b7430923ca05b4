/**
 * What a map asks: its layers, each made once by a worker and kept as bytes with a tag, and where a name or a postcode is. What is
 * imported counts from the next start on, as everywhere.
 *
 * A layer that failed is made again when it is asked for again; those who ask at the same time wait for the same.
 */
import { createHash } from "node:crypto";
import type { FoundPlace, MapLayerName } from "../../../schemas/api/map.js";
import { ok, type Result } from "../../../schemas/errors.js";
import { municipalityCode } from "../../geo/municipality-code.js";
import type { OutlineData } from "../outlines.js";
import type { Places } from "../places.js";
import { asCompared, find, type Gazetteer } from "./gazetteer.js";
import type { LayerTask } from "./layers.js";

/** Where the work is done; see worker.ts. */
export interface MapTasks {
  readonly layer: (task: LayerTask) => Promise<Result<Uint8Array>>;
  readonly gazetteer: () => Promise<Result<Gazetteer>>;
}

export interface Layer {
  readonly bytes: Uint8Array;
  readonly tag: string;
}

type Known = Pick<Places, "boundaries" | "names" | "positionOfPostcode" | "municipalityAt">;

export class CountryMap {
  readonly #layers = new Map<MapLayerName, Promise<Result<Layer>>>();
  /** By their names as they are compared; made when something is sought for the first time. */
  #municipalities: readonly (readonly [compared: string, place: FoundPlace])[] | undefined;
  #gazetteer: Promise<Result<Gazetteer>> | undefined;

  readonly #places: Known;
  readonly #tasks: MapTasks;

  constructor(places: Known, tasks: MapTasks) {
    this.#places = places;
    this.#tasks = tasks;
  }

  async layer(name: MapLayerName): Promise<Result<Layer>> {
    const kept = this.#layers.get(name) ?? this.#make(name);
    this.#layers.set(name, kept);
    const made = await kept;
    if (!made.ok && this.#layers.get(name) === kept) this.#layers.delete(name);
    return made;
  }

  async #make(layer: MapLayerName): Promise<Result<Layer>> {
    const { boundaries, names } = this.#places;
    const bytes = await this.#tasks.layer({ layer, boundaries, names });
    if (!bytes.ok) return bytes;
    const hash = createHash("sha256").update(bytes.value).digest("base64url");
    return ok({ bytes: bytes.value, tag: `"${hash.slice(0, 22)}"` });
  }

  /** A postcode, else municipalities and places; none where nothing is called so. */
  async find(sought: string, limit: number): Promise<Result<FoundPlace[]>> {
    if (/^\d{4}/.test(sought)) return ok(this.#postcode(sought));
    this.#gazetteer ??= this.#tasks.gazetteer();
    const known = await this.#gazetteer;
    if (!known.ok) this.#gazetteer = undefined;
    if (!known.ok) return known;
    const wanted = asCompared(sought);
    if (wanted === "") return ok([]);
    this.#municipalities ??= municipalitiesOf(this.#places);
    const whole = this.#municipalities.filter(([compared]) => compared.startsWith(wanted)).map(([, place]) => place);
    return ok([...whole, ...find(known.value, wanted, limit)].slice(0, limit));
  }

  #postcode(sought: string): FoundPlace[] {
    const center = this.#places.positionOfPostcode(sought);
    if (!center.ok) return [];
    const municipality = municipalityCode(this.#places.municipalityAt(...center.value) ?? 0) ?? null;
    return [{ kind: "postcode", name: sought, country: "NL", municipality, center: center.value }];
  }
}

function municipalitiesOf({ boundaries, names }: Known): (readonly [string, FoundPlace])[] {
  if (boundaries === undefined) return [];
  return [...middles(boundaries)].map(([number, center]) => {
    const place = called(number, center, names);
    return [asCompared(place.name), place];
  });
}

function called(number: number, center: [number, number], names: ReadonlyMap<number, string>): FoundPlace {
  const code = municipalityCode(number)!;
  return { kind: "municipality", name: names.get(number) ?? code, country: "NL", municipality: code, center };
}

/** The middle of the box around each municipality. */
function middles({ coords, rings, polygons, codes }: OutlineData): Map<number, [number, number]> {
  const boxes = new Map<number, [number, number, number, number]>();
  for (const [polygon, code] of codes.entries()) {
    let [west, south, east, north] = boxes.get(code) ?? [Infinity, Infinity, -Infinity, -Infinity];
    for (let at = rings[polygons[polygon]!]!; at < rings[polygons[polygon + 1]!]!; at += 1) {
      west = Math.min(west, coords[2 * at]!);
      south = Math.min(south, coords[2 * at + 1]!);
      east = Math.max(east, coords[2 * at]!);
      north = Math.max(north, coords[2 * at + 1]!);
    }
    boxes.set(code, [west, south, east, north]);
  }
  return new Map([...boxes].map(([code, [w, s, e, n]]) => [code, [(w + e) / 2, (s + n) / 2]]));
}
