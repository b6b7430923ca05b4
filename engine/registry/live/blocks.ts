/**
 * The blocks of which something changed, from the change until the commit that holds it is on the disk: each as it was last
 * written, and on top of that who has changed since. A block is decoded, changed and encoded once for all changes of a
 * commit.
 *
 * Promises that what is read is what was changed last, however far its commit is. A block is put by one commit while another
 * that holds it is still under way; lmdb makes commits durable in the order in which they were begun.
 */
import { assert, ok, type Result } from "../../../schemas/errors.js";
import { REGISTRY } from "../../../schemas/limits.js";
import { type BlockRows, blockBuilder, blockRows, decodeBlock, encodeBlock } from "../record/block.js";
import type { Participant } from "../record/participant.js";
import { putParticipant, readParticipant, removeParticipant } from "../record/records.js";
import type { TermsTable } from "../record/terms.js";
import type { Step } from "./growth.js";

/** Where blocks are; `read` gives undefined for one that was never written. */
export interface BlockStore {
  read(block: number): Result<Uint8Array | undefined>;
  /** Puts into the running commit; `forgets` who was in it before, so that nothing opens what is on other pages. */
  put(block: number, bytes: Uint8Array, forgets: boolean): void;
}

/** What a change is beside the participant's new state. */
export interface ChangeNote {
  /** Must be in the ledger's next commit: what is answered after it, or what a wave may rely on. */
  readonly urgent?: boolean;
  /** 1 for who joined, -1 for who was erased. */
  readonly joined?: 1 | -1;
  readonly steps?: readonly Step[];
}

/** What a block that was just put has in it, and what happened to it since it was put before. */
export interface WrittenBlock {
  readonly block: number;
  readonly locations: number;
  /** How many more participants it has. */
  readonly joined: number;
  readonly steps: readonly Step[];
}

interface PendingBlock {
  /** As it was put or read last; undefined for a new one. */
  bytes: Uint8Array | undefined;
  /** By place in the block; undefined for one who was erased. */
  readonly changed: Map<number, Participant | undefined>;
  steps: Step[];
  joined: number;
  forgets: boolean;
  /** When the first change was made that is not put; Infinity when there is none. */
  since: number;
  /** The same of each commit under way that holds the block. */
  readonly underWay: number[];
}

const PER_BLOCK = REGISTRY.participantsPerBlock;

export class PendingBlocks {
  readonly #pending = new Map<number, PendingBlock>();
  readonly #urgent = new Set<number>();
  readonly #rows = blockRows();
  readonly #builder = blockBuilder();
  /** The block that was read last, if it is not among those. */
  #last: { readonly block: number; readonly bytes: Uint8Array | undefined } | undefined;
  /** Counts changes: who waits for one to be durable waits for its number. */
  #clock = 0;
  readonly #store: BlockStore;
  readonly #terms: TermsTable;
  /** The words of `terms`. */
  readonly #words: () => Uint32Array;

  constructor(store: BlockStore, terms: TermsTable, words: () => Uint32Array) {
    this.#store = store;
    this.#terms = terms;
    this.#words = words;
  }

  /** The number of the last change. */
  get clock(): number {
    return this.#clock;
  }

  get hasUrgent(): boolean {
    return this.#urgent.size > 0;
  }

  /** Every change with a number below this one is on the disk. */
  get durableBefore(): number {
    let oldest = this.#clock + 1;
    for (const { since, underWay } of this.#pending.values()) oldest = Math.min(oldest, since, underWay[0] ?? since);
    return oldest;
  }

  /** Whether there is room for a change of this participant. */
  admits(participant: number): boolean {
    return this.#pending.size < REGISTRY.changedBlocks || this.#pending.has(blockOf(participant));
  }

  /** Whether anything of the participant's block is not on the disk yet. */
  isPending(participant: number): boolean {
    return this.#pending.has(blockOf(participant));
  }

  get(participant: number): Result<Participant | undefined> {
    const index = participant % PER_BLOCK;
    const pending = this.#pending.get(blockOf(participant));
    if (pending?.changed.has(index)) return ok(pending.changed.get(index));
    const bytes = pending ? ok(pending.bytes) : this.#read(blockOf(participant));
    if (!bytes.ok || bytes.value === undefined) return bytes.ok ? ok(undefined) : bytes;
    return ok(readParticipant(bytes.value, index, this.#words()));
  }

  /** From now on the participant is so, whose block was read before; undefined for erased. */
  set(participant: number, changed: Participant | undefined, note: ChangeNote): void {
    const pending = this.#open(blockOf(participant));
    pending.changed.set(participant % PER_BLOCK, changed);
    pending.steps.push(...(note.steps ?? []));
    pending.joined += note.joined ?? 0;
    pending.forgets ||= note.joined === -1;
    pending.since = Math.min(pending.since, ++this.#clock);
    if (note.urgent) this.#urgent.add(blockOf(participant));
  }

  /** Blocks to put, those first that must be; at most `count` beside them. */
  next(count: number): number[] {
    const blocks = [...this.#urgent];
    for (const [block, { since }] of this.#pending) {
      if (count <= 0) break;
      if (since === Number.POSITIVE_INFINITY || this.#urgent.has(block)) continue;
      blocks.push(block);
      count--;
    }
    return blocks;
  }

  /** Whether somebody was erased from one of `next`. */
  forgets(count: number): boolean {
    return this.next(count).some((block) => this.#pending.get(block)?.forgets);
  }

  /** Puts the block into the running commit; `settled` is to be called with it when that is on the disk. */
  put(block: number): WrittenBlock {
    const pending = this.#pending.get(block);
    assert(pending !== undefined && pending.changed.size > 0, "a block is put that has changes");
    const locations = this.#encode(block, pending);
    const { steps, joined, since } = pending;
    pending.changed.clear();
    pending.steps = [];
    pending.joined = 0;
    pending.forgets = false;
    pending.underWay.push(since);
    pending.since = Number.POSITIVE_INFINITY;
    this.#urgent.delete(block);
    return { block, locations, joined, steps };
  }

  /** The oldest commit under way that holds the block is on the disk. */
  settled(block: number): void {
    const pending = this.#pending.get(block);
    assert(pending !== undefined && pending.underWay.length > 0, "a commit under way holds the block");
    pending.underWay.shift();
    if (pending.underWay.length === 0 && pending.changed.size === 0) this.#pending.delete(block);
  }

  #open(block: number): PendingBlock {
    const there = this.#pending.get(block);
    if (there) return there;
    const read = this.#read(block);
    assert(read.ok, "a block is read before it is changed");
    const pending: PendingBlock = {
      bytes: read.value,
      changed: new Map(),
      steps: [],
      joined: 0,
      forgets: false,
      since: Number.POSITIVE_INFINITY,
      underWay: [],
    };
    this.#pending.set(block, pending);
    this.#last = undefined;
    return pending;
  }

  /** Whoever changes somebody has read them just before. */
  #read(block: number): Result<Uint8Array | undefined> {
    if (this.#last?.block === block) return ok(this.#last.bytes);
    const read = this.#store.read(block);
    if (read.ok) this.#last = { block, bytes: read.value };
    return read;
  }

  /** How many locations the block has now. */
  #encode(block: number, pending: PendingBlock): number {
    const rows: BlockRows = this.#rows;
    const first = block * PER_BLOCK;
    const counts = pending.bytes ? decodeBlock(pending.bytes, rows, 0, 0, first) : { participants: 0, locations: 0 };
    rows.participantCount = counts.participants;
    rows.locationCount = counts.locations;
    for (const [index, participant] of pending.changed) {
      if (participant === undefined) removeParticipant(rows, first, index);
      else {
        const put = putParticipant(rows, first, index, participant, this.#terms);
        assert(put.ok, "terms are in the table before the participant is changed");
      }
    }
    pending.bytes = encodeBlock(this.#builder, rows, first).slice();
    this.#store.put(block, pending.bytes, pending.forgets);
    return rows.locationCount;
  }
}

function blockOf(participant: number): number {
  return Math.floor(participant / PER_BLOCK);
}
