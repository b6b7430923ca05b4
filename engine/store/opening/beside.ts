/**
 * Opens a store to read in a process of its own, beside whoever writes it: between two transactions, because to open one while
 * another process commits harms that one (openings.ts says why). Where nobody writes, the folder has a shared lock for as long as it takes
 * to open, so that nobody begins to, and whoever wants to waits (lock.ts); what is open may be read beside whoever comes.
 *
 * Threads of the process that writes open with Store.open: they share what that has open already.
 */
import { randomUUID } from "node:crypto";
import { rmSync, symlinkSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import type { Result } from "../../../schemas/errors.js";
import { STORE } from "../../../schemas/limits.js";
import { lockToRead } from "../lock.js";
import { Store } from "../store.js";
import { heldBy, type OpeningLinks, openingLinksOf } from "./openings.js";

/** Milliseconds, about: to try the lock starts a program or two. */
const LOOKS_PER_LOCK = 100;

/** As Store.open. */
export async function openBeside(folder: string): Promise<Result<Store>> {
  if (!Store.exists(folder)) return Store.open(folder, { readOnly: true });
  const turn = new Turn(folder);
  try {
    await turn.come();
    return Store.open(folder, { readOnly: true });
  } finally {
    turn.end();
  }
}

/** One opening: from when it is asked for until it is done. */
class Turn {
  readonly #folder: string;
  readonly #links: OpeningLinks;
  readonly #me = randomUUID();
  readonly #untilMs = performance.now() + STORE.openingWaitMs;
  #free: () => void = () => {};

  constructor(folder: string) {
    this.#folder = folder;
    this.#links = openingLinksOf(folder);
  }

  /**
   * Settles when it may be opened. Whoever has the folder and lets nobody in for STORE.openingWaitMs has begun no transaction since, for it
   * would have seen the link: it hangs, or has no store open. Then it is opened all the same, for that is when it is to be read.
   */
  async come(): Promise<void> {
    for (let look = 0; performance.now() < this.#untilMs; look++) {
      this.#ask();
      if (heldBy(this.#links.let) === this.#me) return;
      if (look % LOOKS_PER_LOCK === 0 && (await this.#isAlone())) return;
      await sleep(1);
    }
  }

  /** Whether nobody writes: it is locked until the turn ends, or nobody can lock it, and who would write has to. */
  async #isAlone(): Promise<boolean> {
    const locked = await lockToRead(this.#folder);
    if (locked.ok) this.#free = locked.value;
    return locked.ok || locked.problem.code !== "FOLDER_IN_USE";
  }

  /** Once, and again where whoever began to write has cleared what was left. */
  #ask(): void {
    if (heldBy(this.#links.let) === this.#me) return;
    try {
      symlinkSync(this.#me, this.#links.asked);
    } catch {
      // It is there, one's own or another's; or none can be made, and then one goes by the lock alone.
    }
  }

  end(): void {
    this.#free();
    // In this order: the writer may only just give it its other name.
    const { asked, let: now } = this.#links;
    for (const link of [asked, now]) if (heldBy(link) === this.#me) rmSync(link, { force: true });
  }
}
