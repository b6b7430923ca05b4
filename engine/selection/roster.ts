/**
 * A roster's memory is made and filled by the main thread: what a worker has seen stays until it collects its garbage,
 * which a waiting worker does not do (memory.ts). New memory costs several times what copying does, so a roster is
 * filled in pieces, and everything else that waits for this thread goes on between two of them.
 */

import { setImmediate } from "node:timers/promises";
import { SELECTION } from "../../schemas/limits.js";
import type { Roster } from "./selector.js";

/** Copies the parts of a roster one after the other. They must stay as they are until it is done. */
export async function rosterOf(parts: readonly Uint32Array[]): Promise<Roster> {
  const count = parts.reduce((sum, part) => sum + part.length, 0);
  const roster = new Uint32Array(new SharedArrayBuffer(4 * count));
  let at = 0;
  for (const part of parts) {
    for (let from = 0; from < part.length; from += SELECTION.copiedRows) {
      if (at > 0) await setImmediate();
      const piece = part.subarray(from, from + SELECTION.copiedRows);
      roster.set(piece, at);
      at += piece.length;
    }
  }
  return { count, participants: roster.buffer };
}
