/**
 * The counts behind reach, from the columns of selection: in which areas each active participant has a location. Runs in a
 * worker of the pool (worker.ts); nothing here is told to anybody before privacy.ts has been heeded.
 *
 * Only locations in a Dutch municipality count: beyond the border nobody knows how many people live there.
 */

import { STATUS_MASK } from "../../schemas/words.js";
import { type ShardData, shardColumns } from "../selection/shard.js";
import { BASE_CELLS, baseCellAt, ROOT } from "./cells.js";
import { CentreIndex } from "./centres.js";
import { PeopleCount } from "./people.js";
import { toRd } from "./rd.js";

/** What the counts are made from, as it is when the task begins. */
export interface ReachView {
  readonly shards: readonly ShardData[];
  /** Participant numbers there can be. */
  readonly persons: number;
  /** Status byte by participant number. */
  readonly status: SharedArrayBuffer;
}

/** By level, then by cell. */
export type CellCounts = readonly Uint32Array[];

type OnLocation = (person: number, lng: number, lat: number, municipality: number) => void;

/** Calls with each location of an active participant in a Dutch municipality. */
function eachLocation({ shards, status: statuses }: ReachView, call: OnLocation): void {
  const status = new Uint8Array(statuses);
  for (const data of shards) {
    const { count, participant, municipality, coords } = shardColumns(data);
    for (let row = 0; row < count; row += 1) {
      const code = municipality[row]!;
      const person = participant[row]!;
      if (code === 0 || (status[person]! & STATUS_MASK) !== 0) continue;
      call(person, coords[2 * row]!, coords[2 * row + 1]!, code);
    }
  }
}

/** Persons by municipality, and in all. */
export function countMunicipalities(view: ReachView): {
  readonly counts: Map<number, number>;
  readonly persons: number;
} {
  const people = new PeopleCount(view.persons, 1);
  const counts = new Uint32Array(65_536);
  eachLocation(view, (person, _lng, _lat, municipality) => {
    if (people.note(person, municipality) !== 0) counts[municipality]! += 1;
  });
  const found = [...counts.entries()].filter(([, count]) => count > 0);
  return { counts: new Map(found), persons: people.persons };
}

/** Persons by the nearest of the centres (x and y in metres), and in all. */
export function countNearest(
  view: ReachView,
  centres: Float64Array,
): { readonly counts: Uint32Array; readonly persons: number } {
  const people = new PeopleCount(view.persons, 1);
  const index = new CentreIndex(centres);
  const counts = new Uint32Array(centres.length / 2);
  const at = new Float64Array(2);
  eachLocation(view, (person, lng, lat) => {
    toRd(lng, lat, at);
    const nearest = index.nearest(at[0]!, at[1]!);
    if (people.note(person, nearest) !== 0) counts[nearest]! += 1;
  });
  return { counts, persons: people.persons };
}

/** Persons by cell, at every level. */
export function countCells(view: ReachView): { readonly counts: CellCounts; readonly persons: number } {
  const people = new PeopleCount(view.persons, ROOT + 1);
  const counts = Array.from({ length: ROOT + 1 }, (_, level) => new Uint32Array(BASE_CELLS >> (2 * level)));
  const at = new Float64Array(2);
  eachLocation(view, (person, lng, lat) => {
    toRd(lng, lat, at);
    const cell = baseCellAt(at[0]!, at[1]!);
    if (cell === undefined) return;
    const fresh = people.note(person, cell);
    for (let level = 0; level < fresh; level += 1) counts[level]![cell >> (2 * level)]! += 1;
  });
  return { counts, persons: people.persons };
}
