/**
 * Opens a store to read in a process of its own, beside whoever writes it: between two transactions, because to open one while
 * another process commits harms that one (openings.ts says why). Where nobody writes, the folder is locked for as long as it takes to
 * open, so that nobody begins to; what is opened then may be read beside whoever comes.
 *
 * Threads of the process that writes open with Store.open: they share what that has open already.
 */
import { randomUUID } from "node:crypto";
import { rmSync, symlinkSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { fail, type Result } from "../../../schemas/errors.js";
import { STORE } from "../../../schemas/limits.js";
import { lockFolder } from "../lock.js";
import { Store } from "../store.js";
import { heldBy, type OpeningLinks, openingLinksOf } from "./openings.js";

/** FOLDER_IN_USE where whoever has the folder lets nobody in, such as one that only begins or ends; or as Store.open. */
export async function openBeside(folder: string): Promise<Result<Store>> {
  const open = (): Result<Store> => Store.open(folder, { readOnly: true });
  const untilMs = performance.now() + STORE.openingWaitMs;
  while (Store.exists(folder)) {
    const locked = await lockFolder(folder, () => {});
    if (locked.ok) {
      const opened = open();
      locked.value();
      return opened;
    }
    // Where nothing can be locked nobody writes: who would has to lock it.
    if (locked.problem.code !== "FOLDER_IN_USE") return open();
    const opened = await openWhenLet(openingLinksOf(folder), open);
    if (opened !== undefined) return opened;
    if (performance.now() > untilMs) return fail("FOLDER_IN_USE", "whoever has it lets nobody read now", folder);
  }
  return open();
}

/** Undefined where the turn did not come. */
async function openWhenLet(
  { asked, let: now }: OpeningLinks,
  open: () => Result<Store>,
): Promise<Result<Store> | undefined> {
  const me = randomUUID();
  const untilMs = performance.now() + STORE.openingAskMs;
  if (!ask(asked, me)) {
    await sleep(1);
    return undefined;
  }
  while (heldBy(asked) === me && performance.now() < untilMs) await sleep(1);
  try {
    return heldBy(now) === me ? open() : undefined;
  } finally {
    // In this order: the writer may only just give it its other name.
    for (const link of [asked, now]) if (heldBy(link) === me) rmSync(link, { force: true });
  }
}

/** False where somebody else asks, or nobody can. */
function ask(link: string, me: string): boolean {
  try {
    symlinkSync(me, link);
    return true;
  } catch {
    return false;
  }
}
