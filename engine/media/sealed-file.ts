/**
 * A file under a key of its own, written and read in chunks, so that none is ever whole in memory: AES-256-GCM for each chunk.
 * The nonce is the chunk's number and whether it is the last, so none can be left out, moved or put at the end; a key seals one
 * file, so no nonce comes twice. `place` says which file it is.
 *
 * Layout: for each chunk its ciphertext, then 16 bytes of tag. All but the last have MEDIA.chunkBytes; the last may have none.
 */
import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { type FileHandle, open } from "node:fs/promises";
import { fail, ok, type Result } from "../../schemas/errors.js";
import { MEDIA } from "../../schemas/limits.js";
import { FILE_MODE } from "../store/private.js";

const CIPHER = "aes-256-gcm";
const TAG_BYTES = 16;
const BOX_BYTES = MEDIA.chunkBytes + TAG_BYTES;

export function newFileKey(): Buffer {
  return randomBytes(32);
}

/** Chunks of all files that wait for the disk, and those whose senders wait for room. */
const waiting = { chunks: 0, writers: new Set<SealedWriter>() };

/** Takes the bytes of one file as they come. What the file system refuses is told at the end. */
export class SealedWriter {
  bytes = 0;
  #filled = 0;
  #chunk = Buffer.allocUnsafe(MEDIA.chunkBytes);
  #number = 0;
  #waiting = 0;
  #problem: Error | undefined;
  /** Settles when what was given so far is with the system. */
  #written: Promise<void> = Promise.resolve();
  #onRoom: (() => void) | undefined;
  readonly #file: FileHandle;
  readonly #key: Buffer;
  readonly #place: string;

  private constructor(file: FileHandle, key: Buffer, place: string) {
    this.#file = file;
    this.#key = key;
    this.#place = place;
  }

  /** STORE_WRITE_FAILED. */
  static async create(path: string, key: Buffer, place: string): Promise<Result<SealedWriter>> {
    try {
      return ok(new SealedWriter(await open(path, "wx", FILE_MODE), key, place));
    } catch (error) {
      return notWritten(error);
    }
  }

  /** Bytes that are lent until this returns. False: no more for now, until `onRoom` is called, once. */
  write(bytes: Uint8Array, onRoom: () => void = () => {}): boolean {
    this.bytes += bytes.byteLength;
    for (let from = 0; from < bytes.byteLength; ) {
      if (this.#filled === MEDIA.chunkBytes) this.#seal(false);
      const taken = bytes.subarray(from, from + MEDIA.chunkBytes - this.#filled);
      this.#chunk.set(taken, this.#filled);
      this.#filled += taken.byteLength;
      from += taken.byteLength;
    }
    if (this.hasRoom) return true;
    this.#onRoom = onRoom;
    waiting.writers.add(this);
    return false;
  }

  get hasRoom(): boolean {
    return this.#waiting < MEDIA.waitingChunks && waiting.chunks < MEDIA.allWaitingChunks;
  }

  /** Its sender may go on. */
  goOn(): void {
    waiting.writers.delete(this);
    const onRoom = this.#onRoom;
    this.#onRoom = undefined;
    onRoom?.();
  }

  /** All of it is on the disk when this settles; STORE_WRITE_FAILED. */
  async end(): Promise<Result<void>> {
    this.#seal(true);
    await this.#written;
    try {
      if (this.#problem === undefined) await this.#file.sync();
      return this.#problem === undefined ? ok(undefined) : notWritten(this.#problem);
    } catch (error) {
      return notWritten(error);
    } finally {
      await this.#file.close();
    }
  }

  /** Nothing more of it is wanted. */
  async abort(): Promise<void> {
    await this.#written;
    await this.#file.close();
  }

  #seal(isLast: boolean): void {
    const cipher = createCipheriv(CIPHER, this.#key, nonceOf(this.#number, isLast));
    cipher.setAAD(Buffer.from(this.#place));
    const sealed = cipher.update(this.#chunk.subarray(0, this.#filled));
    cipher.final();
    const at = this.#number * BOX_BYTES;
    this.#number++;
    this.#filled = 0;
    this.#waiting++;
    waiting.chunks++;
    this.#written = this.#written.then(() => this.#put([sealed, cipher.getAuthTag()], at));
  }

  async #put(parts: readonly Buffer[], at: number): Promise<void> {
    try {
      if (this.#problem !== undefined) return;
      const { bytesWritten } = await this.#file.writev(parts, at);
      // As a disk does that gets full: the next write would say so.
      if (bytesWritten < parts[0]!.byteLength + TAG_BYTES) this.#problem = new Error("it was not written to its end");
    } catch (error) {
      this.#problem = error as Error;
    } finally {
      this.#waiting--;
      waiting.chunks--;
      for (const writer of waiting.writers) if (writer.hasRoom) writer.goOn();
    }
  }
}

function notWritten(error: unknown): { ok: false; problem: { code: "STORE_WRITE_FAILED"; detail: string } } {
  return { ok: false, problem: { code: "STORE_WRITE_FAILED", detail: `a file: ${(error as Error).message}` } };
}

/** The file, chunk by chunk; STORE_CORRUPT at the first that does not open, and nothing behind it. */
export async function* readSealed(path: string, key: Buffer, place: string): AsyncGenerator<Result<Buffer>> {
  let file: FileHandle | undefined;
  try {
    file = await open(path, "r");
    const { size } = await file.stat();
    const last = Math.ceil(size / BOX_BYTES) - 1;
    const box = Buffer.allocUnsafe(BOX_BYTES);
    for (let number = 0; number <= last; number++) {
      const { bytesRead } = await file.read(box, 0, BOX_BYTES, number * BOX_BYTES);
      const plain = opened(box.subarray(0, bytesRead), key, nonceOf(number, number === last), place);
      yield plain ? ok(plain) : damaged(place);
      if (plain === undefined) return;
    }
    if (last < 0) yield damaged(place);
  } catch {
    yield damaged(place);
  } finally {
    await file?.close();
  }
}

/** All of it, of a file that is known to be small. */
export async function readWhole(path: string, key: Buffer, place: string): Promise<Result<Buffer>> {
  const chunks: Buffer[] = [];
  for await (const chunk of readSealed(path, key, place)) {
    if (!chunk.ok) return chunk;
    chunks.push(chunk.value);
  }
  return ok(Buffer.concat(chunks));
}

function damaged(place: string): Result<never> {
  return fail("STORE_CORRUPT", "a file is not there, or is not what was written", `media/${place}`);
}

function nonceOf(number: number, isLast: boolean): Buffer {
  const nonce = Buffer.alloc(12);
  nonce.writeUInt32BE(number, 0);
  nonce[11] = isLast ? 1 : 0;
  return nonce;
}

function opened(box: Buffer, key: Buffer, nonce: Buffer, place: string): Buffer | undefined {
  if (box.byteLength < TAG_BYTES) return undefined;
  const decipher = createDecipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES });
  decipher.setAAD(Buffer.from(place));
  decipher.setAuthTag(box.subarray(box.byteLength - TAG_BYTES));
  const plain = decipher.update(box.subarray(0, box.byteLength - TAG_BYTES));
  try {
    decipher.final();
    return plain;
  } catch {
    // The tag does not fit: the one thing that final() throws for in this mode.
    return undefined;
  }
}
