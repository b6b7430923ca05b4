/**
 * A file of boundaries: GeoJSON (RFC 7946, so degrees in WGS84), a FeatureCollection with a Polygon or MultiPolygon for each
 * municipality, and in its properties a code (statcode, gemeentecode, code, identificatie or the feature's id: "GM0363" or
 * "0363"), or else a name (statnaam, gemeentenaam, naam or name):
 *
 *     {"type":"FeatureCollection","features":[
 *       {"type":"Feature","properties":{"statcode":"GM0632","statnaam":"Woerden"},
 *        "geometry":{"type":"Polygon","coordinates":[[[4.8,52.1],[4.9,52.1],[4.9,52.0],[4.8,52.1]]]}}]}
 *
 * The boundaries may be older than the registry: a number that is no longer in use becomes the one of the municipality in
 * which most of its people live today, by the bundled places inside the outline; so does a name (matching.ts). One that can't
 * be matched keeps its number, or is left out when it has none; both are reported.
 *
 * A feature that can't be is refused by its place in the list and its name, and costs nothing but itself: one whose outline
 * crosses itself, for nobody knows which side of it is inside, or whose coordinates are exchanged. A file that is not whole JSON, no
 * FeatureCollection, over the limits, or without a good feature is refused as a whole.
 */

import { fail, ok, type Result } from "../../schemas/errors.js";
import { PLACES, REGISTRY } from "../../schemas/limits.js";
import type { LngLat, Rings } from "../geo/area.js";
import { crossingOf } from "../geo/check.js";
import { isExchanged } from "../geo/exchanged.js";
import { municipalityCode } from "../geo/municipality-code.js";
import type { Place } from "./geonames.js";
import { numbersInUse, numberWithoutPlaces, winnerOf } from "./matching.js";
import { type OutlineData, Outlines } from "./outlines.js";

const CODES = ["statcode", "gemeentecode", "code", "identificatie"];
const NAMES = ["statnaam", "gemeentenaam", "naam", "name"];

export interface Boundaries {
  readonly outlines: OutlineData;
  readonly names: ReadonlyMap<number, string>;
  /** Of numbers in the file that are not in use any more: the number of the one that they are part of today, as a whole. */
  readonly successors: ReadonlyMap<number, number>;
}

export interface RefusedFeature {
  /** 1 for the first. */
  readonly feature: number;
  /** Its name or code; "" where it has neither. */
  readonly name: string;
  readonly reason: string;
}

export interface BoundaryFile extends Boundaries {
  readonly municipalities: number;
  readonly refused: readonly RefusedFeature[];
  /** Those that are part of another one today: their name or code, and its number. */
  readonly merged: readonly { readonly was: string; readonly code: number }[];
  /** Those of which a part, by inhabitants, lies in another one today than the rest. */
  readonly divided: readonly string[];
  /** Kept under their number, although no place says that it is in use. */
  readonly unmatched: readonly string[];
}

interface Feature {
  readonly code: number | undefined;
  readonly name: string;
  readonly polygons: readonly Rings[];
}

/** IMPORT_REFUSED when the file is none, or over a limit. */
export function readBoundaries(bytes: Buffer, places: readonly Place[]): Result<BoundaryFile> {
  const listed = featuresOf(bytes);
  if (!listed.ok) return listed;
  const refused: RefusedFeature[] = [];
  const read: (Feature & { readonly index: number })[] = [];
  const refuse = (index: number, reason: string): void => {
    if (refused.length === REGISTRY.reportedRows) return;
    refused.push({ feature: index + 1, name: calledIn(listed.value[index]), reason });
  };
  for (const [index, value] of listed.value.entries()) {
    const feature = readFeature(value);
    if (typeof feature === "string") refuse(index, feature);
    else read.push({ ...feature, index });
  }
  const large = tooLarge(read);
  if (large !== undefined) return fail("IMPORT_REFUSED", large);
  const features = read.filter(({ polygons, index }) => {
    const fault = shapeFault(polygons);
    if (fault !== undefined) refuse(index, fault);
    return fault === undefined;
  });
  refused.sort((a, b) => a.feature - b.feature);
  if (features.length === 0) {
    const first = refused[0];
    return fail("IMPORT_REFUSED", first ? told(first) : "there is no feature in it");
  }
  return ok({ ...numbered(features, places), refused });
}

/** A refused feature in a line. */
export function told({ feature, name, reason }: RefusedFeature): string {
  return `feature ${feature}${name === "" ? "" : ` (${name})`}: ${reason}`;
}

function featuresOf(bytes: Buffer): Result<unknown[]> {
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString("utf8").replace(/^\ufeff/, ""));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return fail("IMPORT_REFUSED", `it is not JSON, or not all of it: ${error.message}`);
  }
  const { type, features } = (value ?? {}) as { type?: unknown; features?: unknown };
  if (type === "FeatureCollection" && Array.isArray(features)) return ok(features);
  return fail("IMPORT_REFUSED", "a GeoJSON FeatureCollection is wanted");
}

/** What a feature says of which municipality it is. */
function calledBy(value: unknown): { readonly code: number | undefined; readonly name: unknown } {
  const { properties, id } = (value ?? {}) as Record<string, unknown>;
  const fields: Record<string, unknown> = { ...(properties as object | null), id };
  const code = [...CODES, "id"].map((name) => codeOf(fields[name])).find((found) => found !== undefined);
  return { code, name: NAMES.map((field) => fields[field]).find((found) => typeof found === "string" && found !== "") };
}

function calledIn(value: unknown): string {
  const { code, name } = calledBy(value);
  return typeof name === "string" ? name.slice(0, PLACES.nameCharacters) : (municipalityCode(code ?? 0) ?? "");
}

/** The feature, or what is wrong with it. */
function readFeature(value: unknown): Feature | string {
  const { geometry } = (value ?? {}) as Record<string, unknown>;
  const { code, name } = calledBy(value);
  if (code === undefined && name === undefined) return "it has neither a code (GM0363) nor a name among its properties";
  const polygons = polygonsOf(geometry);
  if (typeof polygons === "string") return polygons;
  const label = typeof name === "string" ? name.slice(0, PLACES.nameCharacters) : "";
  return { code, name: label, polygons };
}

function codeOf(value: unknown): number | undefined {
  const text = typeof value === "string" ? /^(?:GM)?(\d{4})$/.exec(value)?.[1] : undefined;
  return text === undefined || text === "0000" ? undefined : Number(text);
}

function polygonsOf(geometry: unknown): readonly Rings[] | string {
  const { type, coordinates } = (geometry ?? {}) as Record<string, unknown>;
  if (type !== "Polygon" && type !== "MultiPolygon") return "its geometry is no Polygon and no MultiPolygon";
  const polygons = type === "Polygon" ? [coordinates] : coordinates;
  if (!Array.isArray(polygons) || polygons.length === 0) return "its geometry has no coordinates";
  for (const rings of polygons) {
    if (!Array.isArray(rings) || rings.length === 0) return "a polygon has no rings";
    for (const ring of rings) {
      const wrong = ringFault(ring);
      if (wrong !== undefined) return wrong;
    }
  }
  return polygons as readonly Rings[];
}

function shapeFault(polygons: readonly Rings[]): string | undefined {
  if (polygons.flat(2).every(isExchanged)) return "its coordinates are exchanged: GeoJSON has longitude first";
  for (const rings of polygons) {
    const at = crossingOf(rings);
    if (at !== undefined) return `its outline crosses itself, at the edge from ${at[0]},${at[1]}`;
  }
  return undefined;
}

function ringFault(ring: unknown): string | undefined {
  if (!Array.isArray(ring) || ring.length < 4) return "a ring has fewer than four positions";
  for (const position of ring) {
    const [lng, lat] = Array.isArray(position) ? position : [];
    if (!(Number.isFinite(lng) && Number.isFinite(lat))) return "a position is not a pair of numbers";
    if (Math.abs(lng) > 180 || Math.abs(lat) > 90) return "its positions are not degrees (WGS84, RFC 7946)";
  }
  const [first, last] = [ring[0], ring.at(-1)];
  return first[0] === last[0] && first[1] === last[1] ? undefined : "a ring is not closed";
}

function tooLarge(features: readonly Feature[]): string | undefined {
  const polygons = features.flatMap((feature) => feature.polygons);
  const vertices = polygons.reduce((sum, rings) => sum + rings.reduce((all, ring) => all + ring.length, 0), 0);
  if (vertices > PLACES.boundaryVertices) {
    return `it has ${vertices} vertices, over the ${PLACES.boundaryVertices} that are taken; generalised boundaries have fewer`;
  }
  return polygons.length > PLACES.boundaryPolygons ? `it has over ${PLACES.boundaryPolygons} polygons` : undefined;
}

/** Gives each feature the number that it has today. */
function numbered(features: readonly Feature[], places: readonly Place[]): Omit<BoundaryFile, "refused"> {
  const votes = votesOf(features, places);
  const inUse = numbersInUse(places);
  const merged: { was: string; code: number }[] = [];
  const [divided, unmatched]: [string[], string[]] = [[], []];
  const names = new Map<number, string>();
  const successors = new Map<number, number>();
  const kept: { code: number; polygons: readonly Rings[] }[] = [];
  for (const [index, { code, name, polygons }] of features.entries()) {
    // What has no name has a code.
    const was = name || municipalityCode(code!)!;
    const isCurrent = code !== undefined && inUse.has(code);
    const cast = votes[index]!;
    const today = isCurrent ? code : cast.size > 0 ? winnerOf(cast) : (numberWithoutPlaces(name) ?? code);
    if (today === undefined || (cast.size === 0 && !inUse.has(today))) unmatched.push(was);
    if (today === undefined) continue;
    if (code !== undefined && today !== code) merged.push({ was, code: today });
    if (!isCurrent && isDivided(cast)) divided.push(was);
    else if (code !== undefined && today !== code) successors.set(code, today);
    if (name !== "" && (code === undefined || today === code)) names.set(today, name);
    kept.push({ code: today, polygons });
  }
  const municipalities = new Set(kept.map(({ code }) => code)).size;
  return { outlines: flat(kept), names, successors, municipalities, merged, divided, unmatched };
}

/** For each feature how many inhabitants of places inside its outline live in which municipality today. */
function votesOf(features: readonly Feature[], places: readonly Place[]): Map<number, number>[] {
  const votes = features.map(() => new Map<number, number>());
  const outlines = new Outlines(flat(features.map(({ polygons }, code) => ({ code, polygons }))));
  for (const { country, municipality, lng, lat, population } of places) {
    if (country !== "NL" || municipality === 0) continue;
    const cast = votes[outlines.at(lng, lat) ?? -1];
    cast?.set(municipality, (cast.get(municipality) ?? 0) + Math.max(1, population));
  }
  return votes;
}

/** Whether more than a tenth of the people are elsewhere than most. */
function isDivided(cast: ReadonlyMap<number, number>): boolean {
  const weights = [...cast.values(), 0];
  return 10 * Math.max(...weights) < 9 * weights.reduce((a, b) => a + b, 0);
}

/** In flat arrays, outlines counterclockwise and holes clockwise, as RFC 7946 wants them when they are shown again. */
function flat(features: readonly { readonly code: number; readonly polygons: readonly Rings[] }[]): OutlineData {
  const coords: number[] = [];
  const rings = [0];
  const polygons = [0];
  const codes: number[] = [];
  for (const { code, polygons: parts } of [...features].sort((a, b) => a.code - b.code)) {
    for (const part of parts) {
      for (const [index, ring] of part.entries()) {
        const turned = signedArea(ring) > 0 === (index === 0) ? ring : [...ring].reverse();
        for (const [lng, lat] of turned) coords.push(lng, lat);
        rings.push(coords.length / 2);
      }
      polygons.push(rings.length - 1);
      codes.push(code);
    }
  }
  return {
    coords: Float64Array.from(coords),
    rings: Uint32Array.from(rings),
    polygons: Uint32Array.from(polygons),
    codes: Uint16Array.from(codes),
  };
}

/** Positive for counterclockwise. */
function signedArea(ring: readonly LngLat[]): number {
  let sum = 0;
  for (let at = 1; at < ring.length; at += 1) {
    sum += ring[at - 1]![0] * ring[at]![1] - ring[at]![0] * ring[at - 1]![1];
  }
  return sum / 2;
}
