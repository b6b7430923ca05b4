/**
 * The data keys in memory, and as the bytes that the vault seals: a key for each block of a generation of the registry, and
 * keys with a name for what is no block. A block's keys lie in shared memory, where the threads that load blocks read them.
 *
 * 32 bytes a block of 256 participants: 200 kB for the country. A key of zeros stands for none; a random one never is.
 */
import { randomFillSync } from "node:crypto";
import { assert } from "../../schemas/errors.js";
import { VAULT } from "../../schemas/limits.js";
import { KEY_BYTES } from "./box.js";

/** Keys of blocks that fit before the memory of a generation is doubled. */
const FIRST_BLOCKS = 64;

interface Generation {
  /** KEY_BYTES for each block, with room to grow. */
  keys: SharedArrayBuffer;
  blocks: number;
}

/** The key of this block as a view, or undefined when it has none. */
export function keyOf(keys: SharedArrayBuffer, block: number): Uint8Array | undefined {
  if ((block + 1) * KEY_BYTES > keys.byteLength) return undefined;
  const key = new Uint8Array(keys, block * KEY_BYTES, KEY_BYTES);
  return key.some((byte) => byte !== 0) ? key : undefined;
}

export class Keyring {
  readonly #generations = new Map<number, Generation>();
  readonly #named = new Map<string, Buffer>();

  blockKeys(generation: number): SharedArrayBuffer {
    return this.#generations.get(generation)?.keys ?? new SharedArrayBuffer(0);
  }

  get generations(): number[] {
    return [...this.#generations.keys()];
  }

  /** The block's key, overwritten or made. */
  newBlockKey(generation: number, block: number): Uint8Array {
    const of = this.#roomFor(generation, block);
    of.blocks = Math.max(of.blocks, block + 1);
    return randomFillSync(new Uint8Array(of.keys, block * KEY_BYTES, KEY_BYTES));
  }

  #roomFor(generation: number, block: number): Generation {
    const known = this.#generations.get(generation);
    const wanted = (block + 1) * KEY_BYTES;
    if (known && known.keys.byteLength >= wanted) return known;
    const keys = new SharedArrayBuffer(Math.max(wanted, 2 * (known?.keys.byteLength ?? 0), FIRST_BLOCKS * KEY_BYTES));
    if (known) new Uint8Array(keys).set(new Uint8Array(known.keys));
    const grown = known ?? { keys, blocks: 0 };
    grown.keys = keys;
    this.#generations.set(generation, grown);
    return grown;
  }

  /** Whether there was anything to forget. */
  dropGeneration(generation: number): boolean {
    const known = this.#generations.get(generation);
    if (known) new Uint8Array(known.keys).fill(0);
    return this.#generations.delete(generation);
  }

  named(name: string): Uint8Array | undefined {
    return this.#named.get(name);
  }

  newNamed(name: string): Uint8Array {
    assert(name.length > 0 && name.length <= VAULT.nameBytes, "the name of a key is short");
    assert(this.#named.size < VAULT.names, "keys with a name are few");
    const key = randomFillSync(Buffer.alloc(KEY_BYTES));
    this.#named.set(name, key);
    return key;
  }

  /** Whether there was anything to forget. */
  dropNamed(name: string): boolean {
    this.#named.get(name)?.fill(0);
    return this.#named.delete(name);
  }

  /** Little-endian: count of names; each: length, name, key; count of generations; each: number, count of blocks, keys. */
  encode(): Buffer {
    const parts: Uint8Array[] = [words(this.#named.size)];
    for (const [name, key] of this.#named) parts.push(words(name.length), Buffer.from(name, "latin1"), key);
    parts.push(words(this.#generations.size));
    for (const [generation, { keys, blocks }] of this.#generations) {
      parts.push(words(generation, blocks), new Uint8Array(keys, 0, blocks * KEY_BYTES));
    }
    return Buffer.concat(parts);
  }

  /** Of what `encode` gave; that it is that, the seal around it says. */
  static decode(bytes: Buffer): Keyring {
    const ring = new Keyring();
    const reader = new Reader(bytes);
    for (let left = reader.word(); left > 0; left--) {
      const name = reader.take(reader.word()).toString("latin1");
      ring.#named.set(name, Buffer.from(reader.take(KEY_BYTES)));
    }
    for (let left = reader.word(); left > 0; left--) {
      const [generation, blocks] = [reader.word(), reader.word()];
      const keys = new SharedArrayBuffer(blocks * KEY_BYTES);
      new Uint8Array(keys).set(reader.take(blocks * KEY_BYTES));
      ring.#generations.set(generation, { keys, blocks });
    }
    return ring;
  }
}

class Reader {
  #at = 0;
  readonly #bytes: Buffer;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  word(): number {
    return this.take(4).readUInt32LE(0);
  }

  take(length: number): Buffer {
    const from = this.#at;
    this.#at += length;
    return this.#bytes.subarray(from, this.#at);
  }
}

function words(...values: readonly number[]): Uint8Array {
  return new Uint8Array(Uint32Array.from(values).buffer);
}
