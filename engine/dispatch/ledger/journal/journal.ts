/**
 * The ledger's journal: for each wave, one entry a commit with what carriers reported and what was granted since the one
 * before (journal-page.ts). It is the durable form of LiveWave; replaying it in order gives the same states, counts and message index.
 *
 * Keys are wave id and sequence, both big-endian, so one wave is one range, and an entry that is missing leaves a gap; how many
 * there are stands in a record beside (journal-ends.ts). Values are FlatBuffers (schemas/dispatch.fbs) that the store seals with
 * a checksum.
 */
import { ByteBuffer } from "flatbuffers";
import { assert, fail, ok, type Result } from "../../../../schemas/errors.js";
import { type Grant, JournalEntry } from "../../../../schemas/generated/dispatch_generated.js";
import { EVENT, EVENT_WORDS } from "../../../../schemas/link.js";
import { STATE } from "../../../../schemas/words.js";
import type { Table } from "../../../store/store.js";
import { knownVersion } from "../../../store/version.js";
import { hashMessageId, type MessageHash } from "../../receipts/message-index.js";
import type { LiveWave } from "../../wave/wave.js";
import type { StoredStop } from "../wave-record.js";

/** Beside the state of a receipt in the journal. */
export const NOT_UNDER_WAY = 0x100;
/** Flags of a grant (schemas/dispatch.fbs). */
export const RESEND = 1;
export const PARTS_SHIFT = 8;
/** Of an entry's form; a reader refuses a later one. From the second on there may be the parts of several texts. */
export const JOURNAL_VERSION = 2;

export function journalKey(waveId: number, sequence: number): Buffer {
  const key = Buffer.allocUnsafe(8);
  key.writeUInt32BE(waveId, 0);
  key.writeUInt32BE(sequence, 4);
  return key;
}

const hash: MessageHash = { place: 0, print: 0 };

/**
 * Applies one event record to a wave; shared by the live path and the replay. Returns how many segments the attempts have together that it
 * concluded: as many as were exposed for them.
 */
export function applyEvent(wave: LiveWave, words: Uint32Array, at: number, carrier: number): number {
  const head = words[at]!;
  const segment = (head >>> 8) & 0xff;
  const position = words[at + 2]!;
  const detail = words[at + 3]!;
  switch (head & 0xff) {
    case EVENT.outcome: {
      if (detail === 0) keepMessageId(wave, words, at, carrier);
      return wave.outcome(position, segment, detail, carrier) ? wave.said.parts(position) : 0;
    }
    case EVENT.unknown:
      return wave.unknown(position, segment, carrier) ? wave.said.parts(position) : 0;
    case EVENT.released:
      return wave.released(position, detail);
    default:
      throw new Error(`assertion failed: event kind ${head & 0xff}`);
  }
}

/** What was sent before may not be in the ledger: whoever is under way is flagged, and so will be who is sent to from now on. */
export function doubt(wave: LiveWave): void {
  wave.queue.isDoubted = true;
  wave.flagIntended();
}

/** So that a receipt is found by the message_id of the outcome at `words[at]`; without one, by the recipient's number. */
function keepMessageId(wave: LiveWave, words: Uint32Array, at: number, carrier: number): void {
  const bytes = words[at]! >>> 16;
  const position = words[at + 2]!;
  if (bytes === 0) {
    wave.uncertain.add(position);
    return;
  }
  hashMessageId(words, at + EVENT_WORDS, bytes, carrier, hash);
  const segment = (words[at]! >>> 8) & 0xff;
  if (wave.index.add(hash, position * wave.record.segments + segment)) {
    wave.index.learn(carrier, words, at + EVENT_WORDS, bytes);
  } else wave.uncertain.add(position);
}

/**
 * Brings a wave to where its journal ends. Gives the next sequence; STORE_CORRUPT at an entry that is damaged or missing,
 * STORE_UNUSABLE at one of a later program. `entries`: how many there have to be, where that is known. `stopped`: of a wave that
 * an operator stopped; the journals of old have that stop not among their entries, and only its time says where it was.
 */
export function replay(wave: LiveWave, table: Table, stopped: StoredStop | null, entries?: number): Result<number> {
  const waveId = wave.record.waveId;
  const stopAtMs = stopped?.inJournal ? null : (stopped?.atMs ?? null);
  let sequence = 0;
  const stop = (beforeMs: number): void => {
    if (stopAtMs === null || wave.stoppedAtMs !== null || beforeMs <= stopAtMs) return;
    // Nor do they say when a wave expired: an operator who stops one that has changes nothing.
    wave.stop(stopAtMs, stopAtMs < wave.record.expiresAtMs ? STATE.stopped : STATE.expired);
    wave.finish(stopAtMs);
  };
  for (const { key, value } of table.range(journalKey(waveId, 0), journalKey(waveId + 1, 0))) {
    if (!value.ok) return damaged(waveId, key.readUInt32BE(4));
    if (key.readUInt32BE(4) !== sequence) return missing(waveId, sequence);
    const entry = JournalEntry.getRootAsJournalEntry(new ByteBuffer(value.value));
    const known = knownVersion(entry.version(), JOURNAL_VERSION, `journal/${waveId}/${sequence}`);
    if (!known.ok) return known;
    sequence++;
    stop(entry.atMs());
    replayEvents(wave, entry.eventsArray() ?? new Uint8Array(0), entry.atMs());
    for (let i = 0; i < entry.grantsLength(); i++) {
      const grant = entry.grants(i);
      assert(grant !== null, "a grant is where its vector says");
      replayGrant(wave, grant, entry.atMs());
    }
    // Only an entry that concluded the wave may set when it was concluded.
    wave.finish(entry.atMs());
  }
  if (entries !== undefined && sequence < entries) return missing(waveId, sequence);
  stop(Number.POSITIVE_INFINITY);
  return ok(sequence);
}

/** STORE_UNUSABLE where a later program went on with this journal: then its last entry is one of those. */
export function knownJournal(table: Table, waveId: number): Result<void> {
  const [start, end] = [journalKey(waveId, 0xffff_ffff), journalKey(waveId - 1, 0xffff_ffff)];
  for (const { key, value } of table.range(start, end, true)) {
    // One that is damaged holds up its wave, once that is taken up.
    if (!value.ok) break;
    const entry = JournalEntry.getRootAsJournalEntry(new ByteBuffer(value.value));
    return knownVersion(entry.version(), JOURNAL_VERSION, `journal/${waveId}/${key.readUInt32BE(4)}`);
  }
  return ok(undefined);
}

function damaged(waveId: number, sequence: number): Result<never> {
  return fail(
    "STORE_CORRUPT",
    `entry ${sequence} of the journal of wave ${waveId} fails its checksum`,
    `journal/${waveId}`,
  );
}

function missing(waveId: number, sequence: number): Result<never> {
  return fail("STORE_CORRUPT", `entry ${sequence} of the journal of wave ${waveId} is missing`, `journal/${waveId}`);
}

function replayGrant(wave: LiveWave, grant: Grant, atMs: number): void {
  const [carrier, flags] = [grant.carrier(), grant.flags()];
  const run = { from: grant.from(), count: grant.count(), resend: (flags & RESEND) !== 0 };
  const ofSeveral = wave.textNumbers && wave.partsOf(carrier);
  const parts = ofSeveral ?? [(flags >>> PARTS_SHIFT) & 0xff || wave.record.segments];
  wave.intend(run, atMs, parts, carrier);
}

function replayEvents(wave: LiveWave, bytes: Uint8Array, atMs: number): void {
  assert(bytes.length % 4 === 0, "events are whole words");
  // A copy, because the stored bytes need not lie on a word's boundary.
  const words = new Uint32Array(bytes.slice().buffer);
  for (let at = 0; at < words.length; at += words[at]! + 1) {
    const carrier = words[at + 2]!;
    const kind = words[at + 1]! & 0xff;
    if (kind === EVENT.receipt) {
      const [position, state] = [words[at + 3]!, words[at + 4]!];
      if (state & NOT_UNDER_WAY) wave.lost(position);
      wave.receipt(position, (words[at + 1]! >>> 8) & 0xff, state & ~NOT_UNDER_WAY, carrier);
    } else if (kind === EVENT.refused) {
      wave.refused(words[at + 3]!, words[at + 4]!, (words[at + 1]! >>> 8) & 0xff);
    } else if (kind === EVENT.halted) {
      if (wave.stoppedAtMs === null) wave.stop(atMs, (words[at + 1]! >>> 8) & 0xff);
    } else if (kind === EVENT.doubted) {
      doubt(wave);
    } else if (kind === EVENT.resend) {
      wave.resend(words[at + 3]!, words[at + 4]!);
    } else if (kind === EVENT.parts) {
      wave.makes(carrier, new Uint8Array(words.buffer, 4 * (at + 1 + EVENT_WORDS), words[at + 3]!));
    } else {
      applyEvent(wave, words, at + 1, carrier);
    }
  }
}
