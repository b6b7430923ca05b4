/**
 * The counts behind reach, from the columns of selection: in which areas each active participant has a location. Runs in a
 * worker of the pool (worker.ts); nothing here is told to anybody before privacy.ts has been heeded.
 *
 * Only locations in a Dutch municipality count: beyond the border nobody knows how many people live there. Where a phone is
 * does not: reach is about where people want to be reached when they are at home or at work.
 *
 * Somebody who moves while the count runs may be counted at both places, and nobody at none (engine/selection/query/searching.ts).
 */

import { ok, type Result } from "../../schemas/errors.js";
import { API } from "../../schemas/limits.js";
import { prepareArea } from "../geo/search/search.js";
import { isShownActive } from "../registry/columns/columns.js";
import { CONTENDED, type LiveTables } from "../selection/query/searching.js";
import { type ShardColumns, type ShardData, shardColumns } from "../selection/rows/shard.js";
import { isHidden, type Mask, maskOf, tableColumns } from "../selection/rows/table.js";
import { TableReader } from "../selection/rows/table-reader.js";
import { BASE_CELLS, baseCellAt, LARGEST } from "./cells.js";
import { CentreIndex } from "./centres.js";
import { PeopleCount } from "./people.js";
import { toRd } from "./rd.js";

/** What the counts are made from, as it is when the task begins. */
export interface ReachView {
  readonly shards: readonly ShardData[];
  /** Absent while nothing has changed since the shards were built. */
  readonly live: LiveTables | undefined;
  /** Participant numbers there can be. */
  readonly persons: number;
  /** Status byte by participant number. */
  readonly status: SharedArrayBuffer;
}

interface Count<Counts> {
  readonly counts: Counts;
  readonly persons: number;
}

type OnLocation = (person: number, lng: number, lat: number, municipality: number) => void;

/** All there is in the Netherlands, and far beyond. */
const EVERYWHERE = prepareArea({ type: "Circle", center: [5.3, 52.2], radiusMeters: API.radiusMetersMax });
const reader = new TableReader();

/** Calls with each static location of an active participant in a Dutch municipality. BUSY when they could not all be read. */
function eachLocation({ shards, live, status: statuses }: ReachView, call: OnLocation): Result<void> {
  const status = new Uint8Array(statuses);
  const take = (columns: ShardColumns, mask: Mask | undefined): void => {
    const { count, participant, municipality, coords } = columns;
    for (let row = 0; row < count; row += 1) {
      const code = municipality[row]!;
      const person = participant[row]!;
      if (code === 0 || !isShownActive(status[person]!)) continue;
      if (mask !== undefined && isHidden(mask, person)) continue;
      call(person, coords[2 * row]!, coords[2 * row + 1]!, code);
    }
  };
  const overlay = live && tableColumns(live.overlay);
  const mask = overlay && maskOf(overlay, live.masked);
  for (const data of shards) take(shardColumns(data), mask);
  if (live === undefined || overlay === undefined) return ok(undefined);
  const wanted = { area: EVERYWHERE, since: live.since };
  return reader.read(overlay, wanted, 0, Infinity, (columns) => take(columns, undefined)) ? ok(undefined) : CONTENDED;
}

/** Persons by municipality, and in all. */
export function countMunicipalities(view: ReachView): Result<Count<Map<number, number>>> {
  const people = new PeopleCount(view.persons, 1);
  const counts = new Uint32Array(65_536);
  const read = eachLocation(view, (person, _lng, _lat, municipality) => {
    if (people.note(person, municipality) !== 0) counts[municipality]! += 1;
  });
  if (!read.ok) return read;
  const found = [...counts.entries()].filter(([, count]) => count > 0);
  return ok({ counts: new Map(found), persons: people.persons });
}

/** Persons by the nearest of the centres (x and y in metres), and in all. */
export function countNearest(view: ReachView, centres: Float64Array): Result<Count<Uint32Array>> {
  const people = new PeopleCount(view.persons, 1);
  const index = new CentreIndex(centres);
  const counts = new Uint32Array(centres.length / 2);
  const at = new Float64Array(2);
  const read = eachLocation(view, (person, lng, lat) => {
    toRd(lng, lat, at);
    const nearest = index.nearest(at[0]!, at[1]!);
    if (people.note(person, nearest) !== 0) counts[nearest]! += 1;
  });
  return read.ok ? ok({ counts, persons: people.persons }) : read;
}

/** Persons by level and then by cell, and in all. */
export function countCells(view: ReachView): Result<Count<readonly Uint32Array[]>> {
  const people = new PeopleCount(view.persons, LARGEST + 1);
  const counts = Array.from({ length: LARGEST + 1 }, (_, level) => new Uint32Array(BASE_CELLS >> (2 * level)));
  const at = new Float64Array(2);
  const read = eachLocation(view, (person, lng, lat) => {
    toRd(lng, lat, at);
    const cell = baseCellAt(at[0]!, at[1]!);
    if (cell === undefined) return;
    const fresh = people.note(person, cell);
    for (let level = 0; level < fresh; level += 1) counts[level]![cell >> (2 * level)]! += 1;
  });
  return read.ok ? ok({ counts, persons: people.persons }) : read;
}
