/**
 * A page of reach from the counts: what of each area there is, whether it falls behind, and how many participants it misses.
 *
 * Falling behind: the share is less than behindPercent of the national one; or the chance that a circle of the wanted radius
 * reaches the wanted number of people (poisson.ts) is less than the wanted one. An area that shows null for its participants,
 * because there are fewer than five, is treated as if there were none (privacy.ts). One in which nobody lives never falls
 * behind.
 */

import type { ReachArea, ReachLevel, ReachReport } from "../../schemas/api/reach.js";
import { municipalityCode } from "../geo/municipality-code.js";
import { cellName } from "./cells.js";
import type { ReachGeometry } from "./geometry.js";
import { chancesOf, meanFor } from "./poisson.js";
import { TOO_FEW } from "./privacy.js";
import type { About, ReachCounts, ReachRequest } from "./task.js";

/** Ascending through the areas of a level: a cell by the first of the smallest cells in it. */
function keyOf({ codes, levels }: ReachCounts, row: number): number {
  return codes[row]! * 4 ** levels[row]!;
}

interface Wanted {
  /** Below this share an area falls behind. */
  readonly share: number;
  readonly perKm2: number;
  /** From participants a square kilometre. */
  readonly chanceAt: (perKm2: number) => number;
}

export function reportOf(
  counts: ReachCounts,
  request: ReachRequest,
  about: About,
  geometry: ReachGeometry,
): ReachReport {
  const { level, radiusMeters, people, chance, behindPercent } = request;
  const participants = counts.persons === TOO_FEW ? null : counts.persons;
  const share = participants === null || counts.people === 0 ? null : participants / counts.people;
  const circleKm2 = Math.PI * (radiusMeters / 1_000) ** 2;
  const chances = chancesOf(people);
  const wanted: Wanted = {
    share: ((share ?? 0) * behindPercent) / 100,
    perKm2: meanFor(people, chance) / circleKm2,
    chanceAt: (perKm2) => chances(perKm2 * circleKm2),
  };
  return {
    level,
    countedAt: new Date(about.countedAtMs).toISOString(),
    populationFrom: about.populationFrom,
    national: { participants, population: Math.round(counts.people), share },
    wanted: { radiusMeters, k: people, chance, perKm2: wanted.perKm2, behindPercent },
    ...pageOf(counts, request, wanted, geometry),
  };
}

function pageOf(
  counts: ReachCounts,
  request: ReachRequest,
  wanted: Wanted,
  geometry: ReachGeometry,
): Pick<ReachReport, "areas" | "next"> {
  const areas: ReachArea[] = [];
  let last = -1;
  for (let row = 0; row < counts.codes.length; row += 1) {
    const key = keyOf(counts, row);
    if (request.after !== undefined && key <= request.after) continue;
    if (request.municipality !== undefined && counts.municipalities[row] !== request.municipality) continue;
    const { needed, behind } = shortfall(counts, row, wanted);
    if (request.onlyBehind && behind.length === 0) continue;
    if (areas.length === request.limit) return { areas, next: last };
    const named = inWords(counts, row, request.level, geometry);
    areas.push({ ...named, ...numbersOf(counts, row, wanted), needed, behind });
    last = key;
  }
  return { areas, next: null };
}

/** Where nobody lives, nobody can be won: nothing is missing there. */
function shortfall({ participants, adults, km2 }: ReachCounts, row: number, wanted: Wanted) {
  const people = Math.round(adults[row]!);
  if (people === 0 || km2[row] === 0) return { needed: null, behind: [] };
  const there = participants[row] === TOO_FEW ? 0 : participants[row]!;
  // What floating point adds to a whole number is not a person.
  const needed = Math.max(0, Math.ceil(wanted.perKm2 * km2[row]! - there - 1e-9));
  const behind: ReachArea["behind"] = [];
  if (there / people < wanted.share) behind.push("share");
  if (needed > 0) behind.push("chance");
  return { needed, behind };
}

function numbersOf(counts: ReachCounts, row: number, { chanceAt }: Wanted) {
  const participants = counts.participants[row] === TOO_FEW ? null : counts.participants[row]!;
  const km2 = counts.km2[row]!;
  const adults = Math.round(counts.adults[row]!);
  return {
    km2: km2 === 0 ? null : round(km2, 3),
    population: adults,
    participants,
    share: participants === null || adults === 0 ? null : round(participants / adults, 4),
    chance: participants === null || km2 === 0 ? null : round(chanceAt(participants / km2), 4),
  };
}

function inWords(counts: ReachCounts, row: number, level: ReachLevel, geometry: ReachGeometry) {
  const municipality = counts.municipalities[row]!;
  const name = level === "municipality" ? geometry.nameOf(municipality) : undefined;
  const code = codeOf(counts, row, level);
  return {
    code,
    name: name ?? null,
    municipality: municipalityCode(municipality),
    center: geometry.centerOf(level, code) ?? null,
  };
}

function codeOf({ codes, levels }: ReachCounts, row: number, level: ReachLevel): string {
  const number = codes[row]!;
  if (level === "cell") return cellName(number, levels[row]!);
  return level === "district" ? String(number) : (municipalityCode(number) ?? "");
}

function round(value: number, digits: number): number {
  return Math.round(value * 10 ** digits) / 10 ** digits;
}
