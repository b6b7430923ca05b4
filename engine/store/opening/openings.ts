/**
 * What a process that writes the store does about others that want to open it, and why. Whoever opens a store tells all that have it open
 * which commit is the last, in memory that they share, as of when it looked, and under no lock (LMDB as it is built into lmdb 3.5.6: mdb.c,
 * mdb_env_open2, `mti_txnid = meta.mm_txnid`). Where the writer has committed between the look and that, its next transaction begins from
 * the commit before: it fails ("mdb_page_touch no parent"), ends the process by SIGSEGV, or goes over what was acknowledged.
 *
 * So nobody opens while a transaction may be under way. Who wants to open makes a link in the folder, which is looked for before each
 * transaction and some times a second; the writer, between two transactions, gives it another name and begins no other before the
 * link is gone. Links, because one is made and named anew in one step, holds whose it is, and needs no room on a full disk.
 *
 * Whoever is stopped while it opens holds up the writer for STORE.openingMs and no longer: it must go on, and what is said above may
 * then come of it. Whoever only waits for its turn so long does not open. See beside.ts for the other side.
 */
import { lstatSync, readlinkSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { STORE } from "../../../schemas/limits.js";

/** Made by who wants to open. */
const ASKED = "opening.asked";
/** The same, once it may. */
const LET = "opening.now";

export interface OpeningLinks {
  readonly asked: string;
  readonly let: string;
}

export function openingLinksOf(folder: string): OpeningLinks {
  return { asked: join(folder, ASKED), let: join(folder, LET) };
}

/** What the link holds, or undefined. */
export function heldBy(link: string): string | undefined {
  try {
    return readlinkSync(link);
  } catch {
    // It is gone.
    return undefined;
  }
}

export class Openings {
  readonly #links: OpeningLinks;

  /** Assumes that nobody else writes in this folder: what is there is left of a process that was killed. */
  constructor(folder: string) {
    this.#links = openingLinksOf(folder);
    for (const link of [this.#links.asked, this.#links.let]) rmSync(link, { force: true });
  }

  /** Whether somebody waits. A look takes some microseconds. */
  get isAsked(): boolean {
    return lstatSync(this.#links.asked, { throwIfNoEntry: false }) !== undefined;
  }

  /** Lets one open. To be called while no transaction is under way, and none begins before it settles. */
  async letOne(): Promise<void> {
    try {
      renameSync(this.#links.asked, this.#links.let);
    } catch {
      // Who waited has given up.
      return;
    }
    const untilMs = performance.now() + STORE.openingMs;
    while (heldBy(this.#links.let) !== undefined && performance.now() < untilMs) await sleep(1);
    rmSync(this.#links.let, { force: true });
  }
}
