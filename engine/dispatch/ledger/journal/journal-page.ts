/** What of a wave goes into the next entry of its journal (journal.ts), and how it is written. */
import { Builder } from "flatbuffers";
import { assert } from "../../../../schemas/errors.js";
import { Grant, JournalEntry } from "../../../../schemas/generated/dispatch_generated.js";
import { DISPATCH } from "../../../../schemas/limits.js";
import { EVENT, EVENT_WORDS } from "../../../../schemas/link.js";
import type { PartsByText } from "../../../../schemas/text-numbers.js";
import type { Table } from "../../../store/store.js";
import type { Run } from "../../wave/queue.js";
import type { LiveWave } from "../../wave/wave.js";
import { JOURNAL_VERSION, journalKey, NOT_UNDER_WAY, PARTS_SHIFT, RESEND } from "./journal.js";

/** What one wave has to write at the next commit. Reused from commit to commit. */
export class JournalPage {
  #words = new Uint32Array(4_096);
  #length = 0;
  #grants: (readonly [carrier: number, from: number, count: number, flags: number])[] = [];
  /** Kept for its buffer: one made anew for each commit is what the collector would mostly have to do with. */
  readonly #builder = new Builder(1_024);
  #sequence: number;

  /** `sequence`: of the first entry that this page writes. */
  constructor(sequence: number) {
    this.#sequence = sequence;
  }

  /** How many entries the journal has with those that were written. */
  get entries(): number {
    return this.#sequence;
  }

  get isEmpty(): boolean {
    return this.#length === 0 && this.#grants.length === 0;
  }

  /** Copies an event of `count` words from `source[at]`, with the carrier's hash in place of the wave's slot. */
  addEvent(source: Uint32Array, at: number, count: number, carrier: number): void {
    const start = this.#room(count + 1);
    this.#words[start] = count;
    for (let i = 0; i < count; i++) this.#words[start + 1 + i] = source[at + i]!;
    this.#words[start + 2] = carrier;
  }

  /**
   * A receipt that was found to be for this position; its message_id is not needed any more. `isUnderWay`: responses were
   * awaited still. Where they were not and the journal says that they are, there was a restart in between.
   */
  addReceipt(position: number, segment: number, receiptState: number, carrier: number, isUnderWay: boolean): void {
    this.#add(EVENT.receipt | (segment << 8), carrier, position, receiptState | (isUnderWay ? 0 : NOT_UNDER_WAY));
  }

  /** From here on nothing is granted; who waited ends in `state`. */
  addHalted(state: number): void {
    this.#add(EVENT.halted | (state << 8), 0, 0, 0);
  }

  /** From here on whoever is under way, or is sent to, may get it twice. */
  addDoubted(): void {
    this.#add(EVENT.doubted, 0, 0, 0);
  }

  /** The ledger's own conclusion that these will not be sent to; `reason` is a NOT_SENT_REASON. */
  addRefused(from: number, count: number, reason: number): void {
    this.#add(EVENT.refused | (reason << 8), 0, from, count);
  }

  /** An operator's word that those of a wave who are unknown go once more: says so to the wave, and notes who they were. */
  addResends(wave: LiveWave): void {
    for (const [from, count] of [...wave.unknownRuns()]) {
      wave.resend(from, count);
      this.#add(EVENT.resend, 0, from, count);
    }
  }

  /**
   * A grant to a carrier that makes so many parts of each text. Those of several texts are noted once, where they are not what was
   * `known` at its last grant: so a run goes on where texts alternate, and is as long as ever.
   */
  addGrant(carrier: number, { from, count, resend }: Run, parts: PartsByText, known?: PartsByText): void {
    const isOne = parts.length === 1;
    if (!isOne && !isSame(parts, known)) this.#addParts(carrier, parts);
    this.#grants.push([carrier, from, count, (resend ? RESEND : 0) | ((isOne ? parts[0]! : 0) << PARTS_SHIFT)]);
  }

  #addParts(carrier: number, parts: PartsByText): void {
    const count = EVENT_WORDS + Math.ceil(parts.length / 4);
    const start = this.#room(count + 1);
    this.#words.set([count, EVENT.parts | (parts.length << 16), carrier, parts.length, 0], start);
    const payload = new Uint8Array(this.#words.buffer, 4 * (start + 1 + EVENT_WORDS), 4 * (count - EVENT_WORDS));
    payload.fill(0).set(parts);
  }

  /** Puts what was added since the last time as one entry into the table's running commit. */
  write(table: Table, waveId: number, atMs: number): void {
    const bytes = new Uint8Array(this.#words.buffer, 0, this.#length * 4);
    const builder = this.#builder;
    builder.clear();
    builder.prep(4, bytes.length + 4);
    const events = builder.createByteVector(bytes);
    JournalEntry.startGrantsVector(builder, this.#grants.length);
    for (const grant of this.#grants.reverse()) Grant.createGrant(builder, ...grant);
    const grants = builder.endVector();
    builder.finish(JournalEntry.createJournalEntry(builder, atMs, events, grants, JOURNAL_VERSION));
    void table.put(journalKey(waveId, this.#sequence++), builder.asUint8Array());
    this.#length = 0;
    this.#grants = [];
  }

  /** An event without a payload. */
  #add(head: number, carrier: number, position: number, detail: number): void {
    const start = this.#room(EVENT_WORDS + 1);
    const words = this.#words;
    words[start] = EVENT_WORDS;
    words[start + 1] = head;
    words[start + 2] = carrier;
    words[start + 3] = position;
    words[start + 4] = detail;
  }

  /** Where so many words begin that are to be written: in `#words` as it is afterwards, for it may have grown. */
  #room(words: number): number {
    const start = this.#length;
    this.#length += words;
    if (this.#length > this.#words.length) {
      const larger = new Uint32Array(Math.max(this.#words.length * 2, this.#length));
      larger.set(this.#words);
      this.#words = larger;
    }
    return start;
  }
}

function isSame(one: PartsByText, other: PartsByText | undefined): boolean {
  if (one.length !== other?.length) return false;
  for (let text = 0; text < one.length; text++) if (one[text] !== other[text]) return false;
  return true;
}

/** The longest event, in words; what a page may grow to is this times DISPATCH.eventsPerTurn. */
const LONGEST_EVENT_WORDS = EVENT_WORDS + 16;
assert(DISPATCH.eventsPerTurn * LONGEST_EVENT_WORDS < 2 ** 24, "a page stays below 64 MB");
