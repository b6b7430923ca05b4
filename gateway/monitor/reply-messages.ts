/** What one subscriber of the stream of replies is told: a snapshot, or what changed. Each step reads one reply. */
import { maskedReply } from "../../engine/pages/mask.js";
import type { ChangedReply } from "../../engine/replies/changes.js";
import type { Principal } from "../../engine/rights/principal.js";
import type { Reply } from "../../schemas/api/action/reply.js";
import { STREAM } from "../../schemas/limits.js";
import type { ReplyMessage, StreamedReply } from "../../schemas/replies/stream.js";
import type { ReplySource } from "./reply-source.js";

export interface Reader {
  readonly by: Principal;
  readonly order: "newest" | "nearest";
  readonly isMasked: boolean;
  /** Actions that its key reaches, as far as that was asked. */
  readonly reached: Set<string>;
}

/** A message, none where there is nothing to tell; and up to which change all is told with it. */
export interface Told {
  readonly message: string | undefined;
  readonly at: number;
}

/** The newest of all running actions, as many as fit. */
export function* snapshotFor(reader: Reader, source: ReplySource, running: ReadonlySet<string>): Generator<void, Told> {
  // What changes meanwhile is told after it.
  const at = source.changes.sequence;
  const heads: StreamedReply[] = [];
  const head = (action: string, place: number): void => {
    const reply = source.lastBefore(action, place, reader.by);
    if (reply) heads.push(seenBy(reader, action, reply));
  };
  for (const action of running) {
    yield;
    if (reaches(reader, source, action)) head(action, BEHIND_ALL);
  }
  const replies: StreamedReply[] = [];
  for (let bytes = 0; heads.length > 0 && replies.length < STREAM.snapshot; ) {
    yield;
    const newest = heads.reduce((one, other) => (isNewer(other, one) ? other : one));
    bytes += bytesOf(newest);
    if (replies.length > 0 && bytes > STREAM.messageBytes) break;
    replies.push(newest);
    heads.splice(heads.indexOf(newest), 1);
    head(newest.action, newest.sequence);
  }
  const told = { replies, gone: [], over: [], more: heads.length > 0 };
  return { message: written(reader, source, { type: "snapshot", ...told }, at), at };
}

/** What changed behind place `from`, as it is now; what does not fit is told with the next. */
export function* changesFor(
  reader: Reader,
  source: ReplySource,
  running: ReadonlySet<string>,
  changed: Iterable<ChangedReply>,
  from: number,
): Generator<void, Told> {
  const replies = new Map<string, StreamedReply>();
  const gone = new Map<string, ReplyMessage["gone"][number]>();
  const over = new Set<string>();
  let [at, bytes] = [from, 0];
  for (const { actionId: action, place } of changed) {
    yield;
    const name = `${action}/${place}`;
    const isTold = replies.has(name) || gone.has(name) || !reaches(reader, source, action);
    if (!isTold && place === 0 && !running.has(action)) over.add(action);
    if (!isTold && place > 0 && running.has(action)) {
      const reply = source.one(action, place, reader.by);
      const seen = reply.ok ? seenBy(reader, action, reply.value) : undefined;
      if (seen) bytes += bytesOf(seen);
      if (bytes > STREAM.messageBytes && replies.size > 0) break;
      if (seen) replies.set(name, seen);
      else if (!reply.ok && reply.problem.code === "NOT_FOUND") gone.set(name, { action, sequence: place });
    }
    at++;
  }
  const isNothing = replies.size + gone.size + over.size === 0;
  const told = { replies: [...replies.values()], gone: [...gone.values()], over: [...over], more: false };
  return { message: isNothing ? undefined : written(reader, source, { type: "changes", ...told }, at), at };
}

/** Behind every place that a reply can have. */
const BEHIND_ALL = 0xffff_ffff;

function reaches({ by, reached }: Reader, source: ReplySource, action: string): boolean {
  if (reached.has(action)) return true;
  const does = source.reaches(action, by);
  if (does) reached.add(action);
  return does;
}

function seenBy({ isMasked }: Reader, action: string, reply: Reply): StreamedReply {
  return { ...(isMasked ? maskedReply(reply) : reply), action };
}

function written(
  { order }: Reader,
  { changes }: ReplySource,
  told: Omit<ReplyMessage, "cursor" | "at">,
  at: number,
): string {
  const newest = told.replies.toSorted((one, other) => (isNewer(one, other) ? -1 : 1));
  const replies = order === "nearest" ? newest.toSorted((one, other) => metersOf(one) - metersOf(other)) : newest;
  const message: ReplyMessage = { ...told, cursor: `${changes.run}-${at}`, at: new Date().toISOString(), replies };
  return JSON.stringify(message);
}

function isNewer(one: StreamedReply, other: StreamedReply): boolean {
  const later = one.receivedAt.localeCompare(other.receivedAt);
  return later > 0 || (later === 0 && one.sequence > other.sequence);
}

function bytesOf(reply: StreamedReply): number {
  return Buffer.byteLength(JSON.stringify(reply));
}

/** Those that have no place come after all others. */
function metersOf({ place }: StreamedReply): number {
  return place?.distanceMeters ?? Number.MAX_SAFE_INTEGER;
}
