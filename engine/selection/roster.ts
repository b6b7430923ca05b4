/**
 * Rosters as the main thread makes them, of what workers have found or of one another.
 *
 * Their memory is made and filled by the main thread: what a worker has seen stays until it collects its garbage, which a waiting worker
 * does not do (memory.ts). New memory costs several times what copying does, so a roster is filled in pieces, and everything else
 * that waits for this thread goes on between two of them.
 */

import { setImmediate } from "node:timers/promises";
import { SELECTION } from "../../schemas/limits.js";
import { CHANNELS, type Channel } from "../../schemas/words.js";
import type { Roster } from "./selector.js";

/** Some rows of a roster; those of one roster all have channels, or none has. */
export interface Part {
  readonly participants: Uint32Array;
  readonly channels?: Uint8Array | undefined;
}

/** Room for a part in memory of partBytes: participants, and behind them their channels where it has any. */
export function partIn(memory: ArrayBufferLike, count: number, hasChannels: boolean): Part {
  const participants = new Uint32Array(memory, 0, count);
  return { participants, channels: hasChannels ? new Uint8Array(memory, 4 * count, count) : undefined };
}

export function partBytes(count: number, hasChannels: boolean): number {
  return hasChannels ? 5 * count : 4 * count;
}

/** The rows of a roster from `from` up to `to`; all of them unless that is said. */
export function partOf({ count, participants, channels }: Roster, from = 0, to = count): Part {
  return {
    participants: new Uint32Array(participants, 4 * from, to - from),
    channels: channels && new Uint8Array(channels, from, to - from),
  };
}

/** Copies the parts of a roster one after the other. They must stay as they are until it is done. */
export async function rosterOf(parts: readonly Part[]): Promise<Roster> {
  const count = parts.reduce((sum, { participants }) => sum + participants.length, 0);
  const roster: Roster = {
    count,
    participants: new SharedArrayBuffer(4 * count),
    ...(parts[0]?.channels && { channels: new SharedArrayBuffer(count) }),
  };
  const { participants, channels } = partOf(roster);
  let at = 0;
  for (const part of parts) {
    for (let from = 0; from < part.participants.length; from += SELECTION.copiedRows) {
      if (at > 0) await setImmediate();
      const piece = part.participants.subarray(from, from + SELECTION.copiedRows);
      participants.set(piece, at);
      if (part.channels) channels?.set(part.channels.subarray(from, from + piece.length), at);
      at += piece.length;
    }
  }
  return roster;
}

/** The rows that are kept, in their order; the roster itself where that is all of them. */
export async function keptOf(roster: Roster, isKept: (person: number, row: number) => boolean): Promise<Roster> {
  const { count } = roster;
  const all = partOf(roster);
  const kept = partIn(new ArrayBuffer(partBytes(count, all.channels !== undefined)), count, all.channels !== undefined);
  let end = 0;
  for (let from = 0; from < count; from += SELECTION.copiedRows) {
    await setImmediate();
    end = keep(all, from, Math.min(count, from + SELECTION.copiedRows), isKept, kept, end);
  }
  if (end === count) return roster;
  return rosterOf([{ participants: kept.participants.subarray(0, end), channels: kept.channels?.subarray(0, end) }]);
}

function keep(
  { participants, channels }: Part,
  from: number,
  to: number,
  isKept: (person: number, row: number) => boolean,
  out: Part,
  at: number,
): number {
  let end = at;
  for (let row = from; row < to; row += 1) {
    const person = participants[row]!;
    if (!isKept(person, row)) continue;
    out.participants[end] = person;
    if (out.channels) out.channels[end] = channels![row]!;
    end += 1;
  }
  return end;
}

/** Those who can be asked over this channel: all of them where the roster was selected over it alone. */
export async function overChannel(roster: Roster, channel: Channel): Promise<Roster> {
  const { channels } = partOf(roster);
  if (channels === undefined) return roster;
  const at = CHANNELS.indexOf(channel);
  const { count, participants } = await keptOf(roster, (_, row) => ((channels[row]! >>> at) & 1) === 1);
  return { count, participants };
}
