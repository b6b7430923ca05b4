/**
 * Reach [M8, M11, M12]: participants against population by municipality, postcode or cell, which of them fall behind
 * (report.ts), and how many participants each of those misses (poisson.ts). What is protected, and how: privacy.ts.
 *
 * All of it is done in the pool. Counts are made one at a time and kept for REACH.keptMs; what a query asks beyond level and
 * size is worked out from them. At most REACH.waiting queries at a time, then BUSY.
 */

import type { ReachFormat, ReachLevel } from "../../schemas/api/reach.js";
import { assert, fail, type Result } from "../../schemas/errors.js";
import { REACH } from "../../schemas/limits.js";
import type { Places } from "../places/places.js";
import type { Views } from "../selection/live/view.js";
import { BASE_METERS } from "./cells.js";
import {
  type Country,
  type Page,
  type PageTask,
  populationColumns,
  type ReachCounts,
  type ReachRequest,
  type ReachTask,
} from "./task.js";

/** The pool's tasks (worker.ts). */
export interface ReachTasks {
  count(task: ReachTask): Promise<Result<ReachCounts>>;
  page(task: PageTask, signal?: AbortSignal): Promise<Result<Page>>;
}

/** Where people are, and who of them is active. */
export interface ReachPeople {
  readonly views: Pick<Views, "during" | "persons">;
  /** Status byte by participant number. */
  readonly status: SharedArrayBuffer;
}

interface Kept {
  readonly atMs: number;
  readonly counts: Promise<Result<ReachCounts>>;
}

export class Reach {
  readonly #country: Country;
  readonly #kept = new Map<string, Kept>();
  #last: Promise<unknown> = Promise.resolve();
  #waiting = 0;
  readonly #people: ReachPeople;
  readonly #tasks: ReachTasks;
  readonly #now: () => number;

  constructor(places: Places, people: ReachPeople, tasks: ReachTasks, now: () => number) {
    this.#people = people;
    this.#tasks = tasks;
    this.#now = now;
    const { names, boundaries, population } = places;
    this.#country = { names, boundaries, population: population && populationColumns(population.areas) };
  }

  /**
   * POSTCODES_MISSING for districts without an imported population, BUSY, or the pool's problem: CANCELLED when `signal` says
   * that nobody waits for the page any more. Counts are made all the same: the next one asks for them, too.
   */
  async page(request: ReachRequest, format: ReachFormat, signal?: AbortSignal): Promise<Result<Page>> {
    const { population } = this.#country;
    if (request.level === "district" && population === undefined) {
      return fail("POSTCODES_MISSING", "import a population file first");
    }
    if (this.#waiting >= REACH.waiting) return fail("BUSY", `${this.#waiting} queries of reach are waiting`);
    this.#waiting += 1;
    try {
      const kept = this.#countsFor(request.level, cellLevelOf(request.cellMeters));
      const counts = await kept.counts;
      if (!counts.ok) return counts;
      const about = { countedAtMs: kept.atMs, populationFrom: population ? "file" : "bundledPlaces" } as const;
      return await this.#tasks.page({ counts: counts.value, request, format, about, country: this.#country }, signal);
    } finally {
      this.#waiting -= 1;
    }
  }

  /** One after the other: each takes a worker of the pool for half a second, and selections need one. */
  #countsFor(level: ReachLevel, cellLevel: number): Kept {
    const key = level === "cell" ? `cell ${cellLevel}` : level;
    const known = this.#kept.get(key);
    if (known && this.#now() - known.atMs < REACH.keptMs) return known;
    const counts = this.#last.then(() => this.#count(level, cellLevel));
    const forget = (): void => void this.#kept.delete(key);
    // Whoever waits for the counts gets to see what went wrong; the next one starts anew.
    this.#last = counts.then((result) => (result.ok ? undefined : forget()), forget);
    const kept = { atMs: this.#now(), counts };
    this.#kept.set(key, kept);
    assert(this.#kept.size <= REACH.kept, "there are no more levels and sizes than are kept");
    return kept;
  }

  #count(level: ReachLevel, cellLevel: number): Promise<Result<ReachCounts>> {
    const { population } = this.#country;
    const { views, status } = this.#people;
    return views.during(({ shards, live }) => {
      const view = { shards: shards.map(({ data }) => data), live, persons: views.persons, status };
      return this.#tasks.count({ view, level, cellLevel, population });
    });
  }
}

function cellLevelOf(meters: number): number {
  assert((REACH.cellMeters as readonly number[]).includes(meters), "a size that cells have");
  return Math.log2(meters / BASE_METERS);
}
