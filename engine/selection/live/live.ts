/**
 * Changes of where and how people are reached. All are made here, on the main thread, each in a microsecond or so; what has
 * to be put in order afterwards, workers do (upkeep.ts). searching.ts says why readers miss nobody meanwhile.
 */

import { assert, fail, ok, type Result } from "../../../schemas/errors.js";
import type { TaskPool } from "../../pool/tasks.js";
import type { LiveRow } from "../../registry/live/placing.js";
import { SharedTerms } from "../query/welcome.js";
import type { Shards } from "../rows/build.js";
import type { LiveSelection } from "../selector.js";
import { Upkeep } from "./upkeep.js";
import { knownShard, Views } from "./view.js";

export class Live implements LiveSelection {
  readonly terms: SharedTerms;
  readonly views: Views;
  readonly #upkeep: Upkeep;

  constructor(pool: TaskPool, { shards, regions, borders, participants, terms }: Shards) {
    this.terms = SharedTerms.of(new Uint32Array(terms));
    const known = shards.map((shard, index) => knownShard(shard, regions[index]!));
    this.views = new Views(known, participants.count);
    this.#upkeep = new Upkeep(pool, this.views, borders);
  }

  place(participant: number, rows: readonly LiveRow[]): Result<void> {
    const { views } = this;
    const upkeep = this.#upkeep;
    assert(participant < views.persons, "a participant number that the columns have room for");
    for (const { terms } of rows) this.#assertKnown(terms);
    if (!views.place(participant, rows)) {
      return fail("BUSY", `${views.overlay.used} changed locations wait to be taken into the shards`);
    }
    upkeep.onPlaced(participant);
    return ok(undefined);
  }

  movePhone(participant: number, row: LiveRow): Result<void> {
    assert(participant < this.views.persons, "a participant number that the columns have room for");
    this.#assertKnown(row.terms);
    this.views.phones.move(participant, row);
    this.#upkeep.onMoved(participant);
    return ok(undefined);
  }

  dropPhone(participant: number): void {
    this.views.phones.drop(participant);
    this.#upkeep.onMoved(participant);
  }

  setTerms(words: Uint32Array): void {
    this.terms.grow(words);
  }

  /**
   * Puts in order at once what would be when there is more of it: after many changes, as at a start. WORKER_DIED or NOT_READY
   * when it could not be done, with nothing lost.
   */
  tidy(): Promise<Result<void>> {
    return this.#upkeep.now();
  }

  /** No more is put in order; what is under way ends with the pool. */
  close(): void {
    this.#upkeep.close();
  }

  #assertKnown(terms: number): void {
    assert(terms < this.terms.count, "terms are in the table before a location has them");
  }
}
