/**
 * Who reacted to an action, so that a repeat does not ask them again: one bit a recipient, without a time and without an order, in the
 * table `reacted`, by action id (16 bytes) and block of participants (4 bytes): generation of the registry, and a bit for each of the
 * block. A record is as long with one bit as with all.
 *
 * Bits are stored in groups of REACTED.group and more, of as many different numbers, and until then are in memory: from two states of
 * the store nobody can tell which of the group wrote which of the replies that came between them. For the same reason nothing is left
 * out of a roster, which is stored too, but by bits that are. After a kill those in memory may be asked again.
 */
import { ok, type Result } from "../../schemas/errors.js";
import { REACTED } from "../../schemas/limits.js";
import { idBytes, keysBefore } from "../store/keys/id-key.js";
import type { Store, Table } from "../store/store.js";

const BLOCK_BYTES = REACTED.blockPeople / 8;

export class Reacted {
  /** By action: who shares the number from which it came, by the first of them. */
  readonly #waiting = new Map<string, Map<number, readonly number[]>>();
  readonly #store: Pick<Store, "commit">;
  readonly #table: Table;
  readonly #registry: number;

  constructor(store: Store, registry: number) {
    this.#store = store;
    this.#table = store.table("reacted");
    this.#registry = registry;
  }

  /** How many numbers are in memory, and not stored. */
  get waiting(): number {
    return [...this.#waiting.values()].reduce((sum, { size }) => sum + size, 0);
  }

  /** All who share the number of somebody that reacted. */
  note(actionId: string, people: readonly number[]): void {
    const [first] = people;
    if (first === undefined || this.#isStored(actionId, first)) return;
    const waiting = this.#waiting.get(actionId) ?? new Map<number, readonly number[]>();
    waiting.set(first, people);
    // The one that came last is behind; who is in the oldest may be asked again.
    this.#waiting.delete(actionId);
    this.#waiting.set(actionId, waiting);
    if (this.#waiting.size > REACTED.actions) this.#waiting.delete(this.#waiting.keys().next().value!);
  }

  /** Stores the groups that are large enough. To be called about once a second, and never twice at a time. */
  async flush(): Promise<Result<void>> {
    const groups = [...this.#waiting]
      .filter(([, waiting]) => waiting.size >= REACTED.group)
      .map(([actionId, waiting]) => ({ actionId, waiting, group: new Map(waiting) }));
    if (groups.length === 0) return ok(undefined);
    const committed = await this.#store.commit(() => {
      for (const { actionId, group } of groups) this.#put(actionId, [...group.values()].flat());
    });
    // Not before: who reacts once more while their bit is on its way would count in the next group too.
    for (const { actionId, waiting, group } of groups) {
      for (const first of group.keys()) waiting.delete(first);
      if (waiting.size === 0 && this.#waiting.get(actionId) === waiting) this.#waiting.delete(actionId);
    }
    return committed;
  }

  /** Of these people those of whom it is stored. A block that is damaged tells of nobody. */
  of(actionId: string): (person: number) => boolean {
    const blocks = new Map<number, Buffer | undefined>();
    return (person) => {
      const block = Math.floor(person / REACTED.blockPeople);
      if (!blocks.has(block)) blocks.set(block, this.#read(blockKey(actionId, block)));
      return isSet(blocks.get(block), person);
    };
  }

  /** Who was asked is gone, and so is this. */
  async forget(actionId: string): Promise<Result<void>> {
    const keys = [...this.#table.keys(blockKey(actionId, 0), blockKey(actionId, 0xffff_ffff))];
    this.#waiting.delete(actionId);
    if (keys.length === 0) return ok(undefined);
    return this.#store.commit(() => {
      for (const key of keys) void this.#table.remove(key);
    });
  }

  /** Keys of those of actions that were created before this time. */
  before(timeMs: number, limit: number): Buffer[] {
    return keysBefore(this.#table, timeMs, limit);
  }

  #isStored(actionId: string, person: number): boolean {
    return isSet(this.#read(blockKey(actionId, Math.floor(person / REACTED.blockPeople))), person);
  }

  #put(actionId: string, people: readonly number[]): void {
    const blocks = new Map<number, Buffer>();
    for (const person of people) {
      const block = Math.floor(person / REACTED.blockPeople);
      const bits = blocks.get(block) ?? Buffer.from(this.#read(blockKey(actionId, block)) ?? Buffer.alloc(BLOCK_BYTES));
      bits[byteOf(person)]! |= 1 << (person & 7);
      blocks.set(block, bits);
    }
    for (const [block, bits] of blocks) {
      const registry = Buffer.alloc(4);
      registry.writeUInt32BE(this.#registry);
      void this.#table.put(blockKey(actionId, block), Buffer.concat([registry, bits]));
    }
  }

  /** The bits of a block; undefined where there are none of these people. */
  #read(key: Buffer): Buffer | undefined {
    const stored = this.#table.get(key);
    const bytes = stored.ok ? stored.value : undefined;
    return bytes?.readUInt32BE(0) === this.#registry ? bytes.subarray(4) : undefined;
  }
}

function byteOf(person: number): number {
  return (person % REACTED.blockPeople) >>> 3;
}

function isSet(bits: Buffer | undefined, person: number): boolean {
  return ((bits?.[byteOf(person)] ?? 0) & (1 << (person & 7))) !== 0;
}

function blockKey(actionId: string, block: number): Buffer {
  const number = Buffer.alloc(4);
  number.writeUInt32BE(block);
  return Buffer.concat([idBytes(actionId), number]);
}
