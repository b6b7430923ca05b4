/**
 * How much more the store can hold: what belongs to its file already (reserve.ts), what is free on its file system, and what is
 * left of LMDB's map. While that is less than STORE.reserveBytes nothing is granted and no action is accepted, so that what
 * carriers answer to what is under way can still be stored; it goes on by itself when there is room again.
 *
 * Pages that are free within what LMDB has used of the file are not counted: it uses them first, and does not say how many there
 * are. So what is said here is less than what there is, never more. Where no reserve could be kept, whoever fills the disk
 * between two looks is not seen in time: then a commit fails, the process ends, and the next one looks before it grants anything.
 */
import { type Stats, type StatsFs, statfsSync, statSync } from "node:fs";
import { stat, statfs } from "node:fs/promises";
import { fail, ok, type Problem, type Result } from "../../schemas/errors.js";
import { STORE } from "../../schemas/limits.js";
import { allocate } from "./reserve.js";

const MEGABYTE = 1e6;
/** Of what stat(2) counts a file's place in, whatever the file system's own are. */
const BLOCK_BYTES = 512;

/** Of the store's file, in bytes. */
export interface Extent {
  readonly file: string;
  /** How far LMDB has used it. */
  readonly used: number;
  /** How long LMDB's map lets it become. */
  readonly map: number;
}

export class Space {
  #freeBytes = 0;
  /** Of the file, beyond what is used of it. */
  #ownBytes = 0;
  #lookedAtMs = Number.NEGATIVE_INFINITY;
  #looking = false;
  #keepsReserve = false;
  #triedAtMs = Number.NEGATIVE_INFINITY;
  readonly #folder: string;
  readonly #extent: (() => Extent) | undefined;

  /** Looks at once. Without an `extent` only at the file system. */
  constructor(folder: string, extent?: () => Extent) {
    this.#folder = folder;
    this.#extent = extent;
    const extended = extent?.();
    this.#take(statfsSync(folder), extended, extended && statSync(extended.file, { throwIfNoEntry: false }));
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

  /**
   * From here on the reserve belongs to the store's file, as soon as there is room for it, and again whenever some of it was
   * used. Settles with why it can't; it is then tried again later.
   */
  keepReserve(steadyMs: number): Promise<Result<void>> {
    this.#keepsReserve = true;
    return this.#reserve(steadyMs);
  }

  /** Looks again, once every STORE.spaceMs; to be called often. Settles when it has looked; nobody need wait for it. */
  async look(steadyMs: number): Promise<void> {
    if (this.#looking || steadyMs - this.#lookedAtMs < STORE.spaceMs) return;
    this.#lookedAtMs = steadyMs;
    this.#looking = true;
    try {
      const extended = this.#extent?.();
      const [system, file] = await Promise.all([statfs(this.#folder), extended && stat(extended.file)]);
      this.#take(system, extended, file);
      if (this.#keepsReserve) await this.#reserve(steadyMs);
    } catch {
      // A folder that can't be looked at takes nothing either.
      this.#freeBytes = 0;
    }
    this.#looking = false;
  }

  #take({ bavail, bsize }: StatsFs, extended: Extent | undefined, file: Stats | undefined): void {
    const used = extended?.used ?? 0;
    const mapLeft = extended === undefined ? Number.POSITIVE_INFINITY : extended.map - used;
    this.#ownBytes = Math.max(0, (file?.blocks ?? 0) * BLOCK_BYTES - used);
    this.#freeBytes = Math.min(this.#ownBytes + bavail * bsize, mapLeft);
  }

  async #reserve(steadyMs: number): Promise<Result<void>> {
    const wanted = STORE.reserveBytes + STORE.reserveStepBytes;
    const isKept = this.#ownBytes >= STORE.reserveBytes;
    const mayTry = this.#extent !== undefined && steadyMs - this.#triedAtMs >= STORE.reserveRetryMs;
    // On a disk that is nearly full the rest is not taken away from everybody else: nothing is granted on it.
    if (isKept || !mayTry || this.#freeBytes < wanted) return ok(undefined);
    const { file, used } = this.#extent();
    const allocated = await allocate(file, used + wanted);
    if (allocated.ok) this.#take(statfsSync(this.#folder), this.#extent(), statSync(file));
    else this.#triedAtMs = steadyMs;
    return allocated;
  }
}

/**
 * DISK_FULL where the disk has no room to open this store file, or to begin it where there is none. LMDB writes its table of readers
 * through a map, and what it can't write there ends the process by SIGBUS.
 */
export function roomToOpen(folder: string, file: string): Result<void> {
  const isNew = (statSync(file, { throwIfNoEntry: false })?.size ?? 0) === 0;
  const hasReaders = (statSync(`${file}-lock`, { throwIfNoEntry: false })?.blocks ?? 0) > 0;
  const needed = isNew ? STORE.reserveBytes : hasReaders ? 0 : STORE.openBytes;
  const { bavail, bsize } = statfsSync(folder);
  if (bavail * bsize >= needed) return ok(undefined);
  const free = Math.floor((bavail * bsize) / MEGABYTE);
  const what = `${free} MB are free for the data folder, and ${Math.ceil(needed / MEGABYTE)} MB are needed to`;
  return fail("DISK_FULL", `${what} ${isNew ? "begin a store in it" : "open the store that is in it"}`, folder);
}

/** What a commit failed of: DISK_FULL where `space`, as it was then, says so, else STORE_WRITE_FAILED. */
export function failedCommit(space: Space, cause: string): Problem {
  const full = space.problem;
  if (full === null) return { code: "STORE_WRITE_FAILED", detail: cause };
  return { ...full, detail: `${full.detail}; a commit failed: ${cause}` };
}
