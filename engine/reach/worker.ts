/**
 * The pool's tasks of reach. countReach counts, heeds privacy.ts, and gives back what may be told, in columns: half a second
 * for 1.6 million participants, and 30 to 70 MB while it lasts, which it gives back. reachPage makes the text of a page from
 * them. Both read only what nobody takes away meanwhile, so they may be started again.
 */

import { ok, type Result } from "../../schemas/errors.js";
import { REACH } from "../../schemas/limits.js";
import { bundledAreas } from "../places/bundled.js";
import { winnerOf } from "../places/matching.js";
import { collectGarbage } from "../pool/memory.js";
import { BASE_METERS, cornerOf, sideMeters } from "./cells.js";
import { CentreIndex } from "./centres.js";
import { countCells, countMunicipalities, countNearest, type ReachView } from "./count.js";
import { textOf } from "./formats.js";
import { ReachGeometry } from "./geometry.js";
import { shownCells } from "./partition.js";
import { centresOf, type PopulationColumns, type PopulationGrid, populationGrid } from "./population-grid.js";
import { told } from "./privacy.js";
import { reportOf } from "./report.js";
import { type Page, type PageTask, populationColumns, type ReachCounts, type ReachTask, shared } from "./task.js";

interface Row {
  readonly code: number;
  readonly level: number;
  readonly municipality: number;
  readonly participants: number;
  readonly adults: number;
  readonly km2: number;
}

export async function countReach(task: ReachTask): Promise<Result<ReachCounts>> {
  const result = reachCounts(task);
  await collectGarbage();
  return result;
}

export function reachCounts(task: ReachTask): Result<ReachCounts> {
  const population = populationOf(task.population);
  const counted = rowsOf(task, population);
  if (!counted.ok) return counted;
  const { rows, persons } = counted.value;
  return ok({
    persons: told(persons),
    people: population.adults.reduce((a, b) => a + b, 0),
    codes: shared(Uint32Array, rows, ({ code }) => code),
    levels: shared(Uint8Array, rows, ({ level }) => level),
    municipalities: shared(Uint16Array, rows, ({ municipality }) => municipality),
    participants: shared(Uint32Array, rows, ({ participants }) => participants),
    adults: shared(Float64Array, rows, ({ adults }) => adults),
    km2: shared(Float64Array, rows, ({ km2 }) => km2),
  });
}

export async function reachPage({ counts, request, format, about, country }: PageTask): Promise<Page> {
  const geometry = new ReachGeometry({ ...country, population: populationOf(country.population) });
  const report = reportOf(counts, request, about, geometry);
  const text = textOf(report, format, geometry);
  const bytes = new Uint8Array(new SharedArrayBuffer(Buffer.byteLength(text)));
  Buffer.from(bytes.buffer).write(text);
  if (text.length > REACH.longCharacters) await collectGarbage();
  return { bytes, next: report.next };
}

/** The bundled places, once they were needed: 80 kB. */
let standIn: PopulationColumns | undefined;

function populationOf(imported: PopulationColumns | undefined): PopulationColumns {
  if (imported) return imported;
  standIn ??= populationColumns(bundledAreas());
  return standIn;
}

interface Counted {
  readonly rows: Row[];
  readonly persons: number;
}

function rowsOf({ view, level, cellLevel }: ReachTask, population: PopulationColumns): Result<Counted> {
  if (level === "municipality") return municipalities(view, population);
  return level === "district" ? districts(view, population) : cells(view, population, cellLevel);
}

function municipalities(view: ReachView, population: PopulationColumns): Result<Counted> {
  const counted = countMunicipalities(view);
  if (!counted.ok) return counted;
  const { counts, persons } = counted.value;
  const adults = new Map<number, number>();
  const km2 = new Map<number, number>();
  for (const [area, code] of population.municipality.entries()) {
    if (code === 0) continue;
    adults.set(code, (adults.get(code) ?? 0) + population.adults[area]!);
    km2.set(code, (km2.get(code) ?? 0) + population.km2[area]!);
  }
  const codes = [...new Set([...counts.keys(), ...adults.keys()])].sort((a, b) => a - b);
  const rows = codes.map((code) => ({
    code,
    level: 0,
    municipality: code,
    participants: told(counts.get(code) ?? 0),
    adults: adults.get(code) ?? 0,
    km2: km2.get(code) ?? 0,
  }));
  return ok({ rows, persons });
}

function districts(view: ReachView, population: PopulationColumns): Result<Counted> {
  const counted = countNearest(view, centresOf(population));
  if (!counted.ok) return counted;
  const { counts, persons } = counted.value;
  const rows = Array.from(counts, (count, area) => ({
    code: population.postcode[area]!,
    level: 0,
    municipality: population.municipality[area]!,
    participants: told(count),
    adults: population.adults[area]!,
    km2: population.km2[area]!,
  }));
  return ok({ rows: rows.sort((a, b) => a.code - b.code), persons });
}

function cells(view: ReachView, population: PopulationColumns, cellLevel: number): Result<Counted> {
  const counted = countCells(view);
  if (!counted.ok) return counted;
  const { counts, persons: all } = counted.value;
  const grid = populationGrid(population);
  const centres = new CentreIndex(centresOf(population));
  const isSettled = (cell: number, level: number): boolean => {
    return grid.owner.subarray(cell << (2 * level), (cell + 1) << (2 * level)).some((owner) => owner !== 0);
  };
  const rows: Row[] = [];
  for (const { cell, level, persons } of shownCells(counts, cellLevel, isSettled)) {
    const lived = peopleIn(grid, population, cell, level);
    const municipality = lived.municipality ?? nearestMunicipality(centres, population, cell, level);
    // A cell where nobody is may be shown as such.
    const participants = persons === 0 ? 0 : told(persons);
    rows.push({ code: cell, level, municipality, participants, adults: lived.adults, km2: lived.km2 });
  }
  return ok({ rows: rows.sort((a, b) => a.code * 4 ** a.level - b.code * 4 ** b.level), persons: all });
}

/** People of a cell, the settled part of its area, and the municipality in which most of them live. */
function peopleIn({ adults, owner }: PopulationGrid, population: PopulationColumns, cell: number, level: number) {
  const byMunicipality = new Map<number, number>();
  let [people, settled] = [0, 0];
  for (let base = cell << (2 * level); base < (cell + 1) << (2 * level); base += 1) {
    if (owner[base] === 0) continue;
    settled += 1;
    people += adults[base]!;
    const code = population.municipality[owner[base]! - 1]!;
    byMunicipality.set(code, (byMunicipality.get(code) ?? 0) + adults[base]!);
  }
  // Where people of ours are and nobody lives, as far as is known, all of it counts.
  const km2 = settled === 0 ? (sideMeters(level) / 1_000) ** 2 : settled * (BASE_METERS / 1_000) ** 2;
  return { adults: people, km2, municipality: byMunicipality.size > 0 ? winnerOf(byMunicipality) : undefined };
}

function nearestMunicipality(centres: CentreIndex, population: PopulationColumns, cell: number, level: number): number {
  const { x, y } = cornerOf(cell, level);
  const half = sideMeters(level) / 2;
  return population.municipality[centres.nearest(x + half, y + half)]!;
}
