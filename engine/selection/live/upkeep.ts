/**
 * Puts in order what has changed, in one worker at a time, while selections and changes go on:
 *
 * - When the overlay has many rows or participants, the shards are built anew, one after the other, from their rows that are
 *   not masked and the overlay's rows in their region. As long as the mask stands it hides what a new shard has of those who
 *   changed, so each may take its place at once. A fresh overlay then has only those who have changed since all this began.
 * - When the boxes of the phones' blocks have become loose, the phones are put into a new table in the order of a tree, and
 *   those that have moved meanwhile are taken over again.
 *
 * Memory is used in turns: what was replaced is written to the next time, when no selection uses it any more. Regions keep
 * their borders until the next start divides the country anew.
 */

import { setImmediate } from "node:timers/promises";
import { ok, type Result } from "../../../schemas/errors.js";
import { SELECTION } from "../../../schemas/limits.js";
import { runTask, type TaskPool } from "../../pool/tasks.js";
import type { Purpose } from "../../pool/turns.js";
import type { Borders } from "../rows/regions.js";
import { Overlay } from "./overlay.js";
import { Phones } from "./phones.js";
import type { RenewedShard } from "./renew-worker.js";
import { type KnownShard, knownShard, type Views } from "./view.js";

const UPKEEP: Purpose = { turn: "upkeep" };

export class Upkeep {
  /** Who has changed since the shards or the phones are being built anew; absent while they are not. */
  #placed: Set<number> | undefined;
  #moved: Set<number> | undefined;
  #working: Promise<void> | undefined;
  #closed = false;
  /** Set while the phones are not to be sorted again. */
  #resting: NodeJS.Timeout | undefined;

  #spareShard: SharedArrayBuffer | undefined;
  #spareOverlay: Overlay | undefined;
  #sparePhones: Phones | undefined;
  readonly #pool: TaskPool;
  readonly #views: Views;
  readonly #borders: Borders;

  constructor(pool: TaskPool, views: Views, borders: Borders) {
    this.#pool = pool;
    this.#views = views;
    this.#borders = borders;
  }

  onPlaced(participant: number): void {
    this.#placed?.add(participant);
    if (this.#working === undefined && this.#hasWork) this.#start();
  }

  onMoved(participant: number): void {
    this.#moved?.add(participant);
    if (this.#working === undefined && this.#hasWork) this.#start();
  }

  /** Puts everything in order, whether or not it would be worth it already. */
  async now(): Promise<Result<void>> {
    while (this.#working !== undefined) await this.#working;
    const renewed = this.#renewShards();
    const sorted = renewed.then((result) => (result.ok ? this.#sortPhones() : result));
    this.#start(sorted);
    return sorted;
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#resting);
  }

  get #hasWork(): boolean {
    return !this.#closed && (this.#isOverlayLarge || this.#phonesAreDue);
  }

  get #isOverlayLarge(): boolean {
    const { rowsThatCount, participants } = this.#views.overlay;
    return Math.max(rowsThatCount, participants) > SELECTION.overlayRenewRows;
  }

  get #phonesAreDue(): boolean {
    return this.#resting === undefined && this.#views.phones.isLoose;
  }

  #start(work = this.#work()): void {
    this.#working = work.then(() => {
      this.#working = undefined;
    });
  }

  /** A worker that dies too often ends it for now; the next change starts it again. */
  async #work(): Promise<Result<void>> {
    while (this.#hasWork) {
      const done = await (this.#isOverlayLarge ? this.#renewShards() : this.#sortPhones());
      if (!done.ok) return done;
    }
    return ok(undefined);
  }

  /** The phones may have become loose meanwhile, and nobody moves any more. */
  #rest(ms: number): void {
    clearTimeout(this.#resting);
    this.#resting = setTimeout(() => {
      this.#resting = undefined;
      if (this.#working === undefined && this.#hasWork) this.#start();
    }, ms).unref();
  }

  async #renewShards(): Promise<Result<void>> {
    const views = this.#views;
    // Otherwise a start would copy the rows of all shards to find that they are as they were.
    if (views.overlay.participants === 0) return ok(undefined);
    this.#placed = new Set();
    for (let region = 0; region < 2 ** this.#borders.depth; region += 1) {
      const renewed = await this.#renewShard(region);
      if (!renewed.ok || this.#closed) {
        this.#placed = undefined;
        return renewed;
      }
    }
    const before = views.overlay;
    const fresh = this.#spareOverlay ?? new Overlay(SELECTION.overlayRows, views.persons);
    await drain(
      this.#placed,
      (participant) => {
        fresh.adopt(participant, before, views.changes);
        fresh.reclaim(views.changes);
      },
      () => {
        this.#placed = undefined;
        return views.replaceOverlay(fresh);
      },
    );
    before.clear();
    this.#spareOverlay = before;
    return ok(undefined);
  }

  async #renewShard(region: number): Promise<Result<void>> {
    const pool = this.#pool;
    const views = this.#views;
    const borders = this.#borders;
    const spareShard = this.#spareShard;
    const old = views.shards.find((shard) => shard.region === region);
    const overlay = views.overlay.table.data;
    const task = { region, borders, overlay, shard: old?.data, memory: spareShard };
    const built = await runTask<RenewedShard>(pool, "renewShard", task, UPKEEP);
    if (!built.ok) return built;
    const { changed, shard } = built.value;
    if (!changed) return ok(undefined);
    const renewed: KnownShard[] = shard === undefined ? [] : [knownShard(shard, region)];
    views.shards = [...views.shards.filter((known) => known !== old), ...renewed];
    await views.settled();
    // Either the new shard is in the spare memory now, or that is too small for shards of today.
    this.#spareShard = old?.data.buffer;
    return ok(undefined);
  }

  async #sortPhones(): Promise<Result<void>> {
    const pool = this.#pool;
    const views = this.#views;
    const startedAtMs = performance.now();
    const before = views.phones;
    const sorted = this.#sparePhones ?? new Phones(views.persons);
    this.#moved = new Set();
    const task = { phones: before.table.data, sorted: sorted.table.data, rows: sorted.rowsBuffer };
    const done = await runTask<void>(pool, "sortPhones", task, UPKEEP);
    if (!done.ok) {
      this.#moved = undefined;
      return done;
    }
    sorted.begin();
    await drain(
      this.#moved,
      (participant) => sorted.adopt(participant, before),
      () => {
        views.phones = sorted;
        this.#moved = undefined;
      },
    );
    this.#rest(SELECTION.phonesRest * (performance.now() - startedAtMs));
    await views.settled();
    this.#sparePhones = before;
    return done;
  }
}

/**
 * Takes each out of the set, which may be added to meanwhile, in slices between which other work of this thread goes on. What
 * is left after some of them is done at once, and `finish` in the same turn, so that nothing can come between.
 */
async function drain(
  changed: Set<number>,
  take: (participant: number) => void,
  finish: () => void | Promise<void>,
): Promise<void> {
  for (let slice = 0; slice < SELECTION.drainSlices && changed.size > SELECTION.drainRows; slice += 1) {
    let left = SELECTION.drainRows;
    for (const participant of changed) {
      changed.delete(participant);
      take(participant);
      left -= 1;
      if (left === 0) break;
    }
    await setImmediate();
  }
  for (const participant of changed) take(participant);
  await finish();
}
