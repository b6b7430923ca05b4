/**
 * How much more the store can hold: what is free on the file system of its folder, and what is left of LMDB's map. While that
 * is less than STORE.reserveBytes nothing is granted and no action is accepted, so that what carriers answer to what is under
 * way can still be stored; it goes on by itself when there is room again.
 *
 * Pages that are free within the store's file are not counted: LMDB uses them first, and does not say how many there are. So
 * what is said here is less than what there is, never more. Whoever fills more than the reserve between two looks is not seen
 * in time: then a commit fails, the process ends, and the next one looks before it grants anything.
 */
import { type StatsFs, statfsSync } from "node:fs";
import { statfs } from "node:fs/promises";
import type { Problem } from "../../schemas/errors.js";
import { STORE } from "../../schemas/limits.js";

const MEGABYTE = 1e6;

export class Space {
  #freeBytes: number;
  #lookedAtMs = Number.NEGATIVE_INFINITY;
  #looking = false;

  /** Looks at once. `mapLeft`: bytes that the store's map can still take. */
  constructor(
    private readonly folder: string,
    private readonly mapLeft: () => number,
  ) {
    this.#freeBytes = this.#freeIn(statfsSync(folder));
  }

  get freeBytes(): number {
    return this.#freeBytes;
  }

  /** DISK_FULL while there is less than the reserve. */
  get problem(): Problem | null {
    if (this.#freeBytes >= STORE.reserveBytes) return null;
    const free = Math.floor(this.#freeBytes / MEGABYTE);
    const kept = Math.ceil(STORE.reserveBytes / MEGABYTE);
    const what = `${free} MB are free for the data folder, and ${kept} MB are kept to store what carriers answer`;
    return { code: "DISK_FULL", detail: `${what}: nothing is sent until there is room` };
  }

  /** Looks again, once every STORE.spaceMs; to be called often. Nobody waits for it. */
  look(steadyMs: number): void {
    if (this.#looking || steadyMs - this.#lookedAtMs < STORE.spaceMs) return;
    this.#lookedAtMs = steadyMs;
    this.#looking = true;
    void statfs(this.folder)
      .then((stats) => {
        this.#freeBytes = this.#freeIn(stats);
      })
      // A folder that can't be looked at takes nothing either.
      .catch(() => {
        this.#freeBytes = 0;
      })
      .finally(() => {
        this.#looking = false;
      });
  }

  #freeIn({ bavail, bsize }: StatsFs): number {
    return Math.min(bavail * bsize, this.mapLeft());
  }
}

/** What a commit failed of: DISK_FULL where `space`, as it was then, says so, else STORE_WRITE_FAILED. */
export function failedCommit(space: Space, cause: string): Problem {
  const full = space.problem;
  if (full === null) return { code: "STORE_WRITE_FAILED", detail: cause };
  return { ...full, detail: `${full.detail}; a commit failed: ${cause}` };
}
