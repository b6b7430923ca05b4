/**
 * What makes an import all or nothing across a crash: before anything is changed, its changes are made durable, encrypted,
 * in pieces, and then, in one commit, its head. A crash before that commit leaves nothing of it; after it, the next start goes
 * on. A piece goes once what it says is durable in the registry, so that what was applied is not applied again, but for the
 * one piece that was under way, whose changes are the same the second time.
 *
 * One import at a time. Key: 4 bytes, big-endian, the number of the piece; the highest there is for the head.
 */
import { fail, ok, type Problem, type Result } from "../../../schemas/errors.js";
import { MUNICIPALITY } from "../../../schemas/limits.js";
import type { Store } from "../../store/store.js";
import { NEWCOMER, type Persons } from "./planned.js";

const TABLE = "imports";
const HEAD = NEWCOMER;
/** What stands in the head's place while the key is thrown away. */
const CLEARING = new Uint8Array(0);

/** Encrypts under a key of its own, which can be thrown away with everything that it opens. */
export interface Sealer {
  seal(plain: Uint8Array, about: Uint8Array): Uint8Array;
  open(sealed: Uint8Array, about: Uint8Array): Result<Uint8Array>;
  /** Puts what a running commit needs beside what was sealed in it. */
  write(): void;
  /** From now on under a new key; once this settles, what the old one opens is lost for good. */
  renew(): Promise<Result<void>>;
}

export class Redo {
  readonly #store: Store;
  readonly #sealer: Sealer;

  constructor(store: Store, sealer: Sealer) {
    this.#store = store;
    this.#sealer = sealer;
  }

  /** Decides the import: once this settles well, it will be applied whatever happens. */
  async write(head: unknown, changes: Persons): Promise<Result<void>> {
    for (let from = 0; from < changes.pieces; from += MUNICIPALITY.piecesPerCommit) {
      const to = Math.min(changes.pieces, from + MUNICIPALITY.piecesPerCommit);
      const written = await this.#store.commit(() => {
        for (let piece = from; piece < to; piece++) this.#put(piece, changes.piece(piece));
        this.#sealer.write();
      });
      if (!written.ok) return written;
    }
    return this.#store.commit(() => {
      this.#put(HEAD, Buffer.from(JSON.stringify(head)));
      this.#sealer.write();
    });
  }

  #put(number: number, plain: Uint8Array): void {
    const key = keyOf(number);
    this.#store.table(TABLE).put(key, this.#sealer.seal(plain, key));
  }

  /** The head of an import that was decided, or undefined. */
  head(): Result<unknown> {
    const head = this.#read(HEAD);
    if (!head.ok) return head;
    return ok(head.value === undefined ? undefined : JSON.parse(Buffer.from(head.value).toString()));
  }

  /** The numbers of the pieces that are left to apply, in order. */
  left(): number[] {
    const numbers = [...this.#store.table(TABLE).keys()].map((key) => key.readUInt32BE());
    return numbers.filter((number) => number !== HEAD);
  }

  piece(number: number): Result<Buffer> {
    const piece = this.#read(number);
    if (!piece.ok) return piece;
    if (piece.value === undefined) return fail("STORE_CORRUPT", "a piece of an import is missing", `imports/${number}`);
    return ok(Buffer.from(piece.value));
  }

  #read(number: number): Result<Uint8Array | undefined> {
    const stored = this.#store.table(TABLE).get(keyOf(number));
    if (!stored.ok || stored.value === undefined || stored.value.length === 0)
      return stored.ok ? ok(undefined) : stored;
    return this.#sealer.open(stored.value, keyOf(number));
  }

  /** What of all there is does not open, with its place. */
  damaged(): Problem[] {
    return [HEAD, ...this.left()].flatMap((number) => {
      const opened = this.#read(number);
      return opened.ok ? [] : [{ ...opened.problem, field: `${TABLE}/${keyOf(number).toString("hex")}` }];
    });
  }

  /** STORE_CORRUPT where one of the pieces that are left of `total` is missing: they go in their order. */
  checkLeft(total: number): Result<void> {
    const left = this.left();
    const missing = left.findIndex((number, index) => number !== total - left.length + index);
    if (missing < 0) return ok(undefined);
    const number = total - left.length + missing;
    return fail("STORE_CORRUPT", "a piece of an import is missing", `imports/${number}`);
  }

  /** What the piece says is durable in the registry. */
  done(number: number): Promise<Result<void>> {
    return this.#store.commit(() => void this.#store.table(TABLE).remove(keyOf(number)));
  }

  /**
   * Nothing of it is left, not even what could be read from pages that the store no longer uses. A crash on the way leaves
   * the head's place taken, and the next start does the rest.
   */
  async clear(): Promise<Result<void>> {
    const keys = [...this.#store.table(TABLE).keys()];
    if (keys.length === 0) return ok(undefined);
    const table = this.#store.table(TABLE);
    const emptied = await this.#store.commit(() => {
      for (const key of keys) table.remove(key);
      table.put(keyOf(HEAD), CLEARING);
    });
    if (!emptied.ok) return emptied;
    const renewed = await this.#sealer.renew();
    return renewed.ok ? this.#store.commit(() => void table.remove(keyOf(HEAD))) : renewed;
  }
}

function keyOf(number: number): Buffer {
  const key = Buffer.allocUnsafe(4);
  key.writeUInt32BE(number);
  return key;
}
