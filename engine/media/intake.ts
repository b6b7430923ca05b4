/**
 * One file that comes in: sealed to the disk piece by piece, never whole in memory. Promises that at its end the file is on the disk
 * under its own name, or that nothing is left of it; and that it is over within MEDIA.receiveMs.
 */
import { fail, ok, type Problem, type Result } from "../../schemas/errors.js";
import { MEDIA } from "../../schemas/limits.js";
import type { Space } from "../store/space.js";
import type { MediaFolder } from "./media-folder.js";
import { fileName } from "./media-folder.js";
import { newFileKey, SealedWriter } from "./sealed-file.js";

export interface Received {
  readonly key: Buffer;
  readonly bytes: number;
}

export class MediaIntake {
  readonly #key = newFileKey();
  readonly #incoming: string;
  readonly #writer: Promise<Result<SealedWriter>>;
  /** What came before the file was there to write to; little, for the sender was asked to wait. */
  #early: Buffer[] = [];
  #open: SealedWriter | undefined;
  #bytes = 0;
  #over = false;
  readonly #timer: NodeJS.Timeout;
  readonly #folder: MediaFolder;
  readonly #space: Pick<Space, "freeBytes">;
  readonly #id: string;
  readonly #refuse: (problem: Problem) => void;

  /** `refuse` is called at most once, before the end: BODY_TOO_LARGE, BODY_TOO_SLOW or DISK_FULL. */
  constructor(folder: MediaFolder, space: Pick<Space, "freeBytes">, id: string, refuse: (problem: Problem) => void) {
    this.#folder = folder;
    this.#space = space;
    this.#id = id;
    this.#refuse = refuse;
    this.#incoming = folder.incoming();
    this.#writer = SealedWriter.create(this.#incoming, this.#key, fileName(id, "original"));
    const tooSlow = { code: "BODY_TOO_SLOW", detail: `Within ${MEDIA.receiveMs / 1_000} s` } as const;
    this.#timer = setTimeout(() => this.#fail(tooSlow), MEDIA.receiveMs).unref();
  }

  /** A piece, lent until this returns; false: no more until `resume`. */
  chunk(bytes: Uint8Array, resume: () => void): boolean {
    if (this.#over) return true;
    this.#bytes += bytes.byteLength;
    if (this.#bytes > MEDIA.fileBytes) {
      this.#fail({ code: "BODY_TOO_LARGE", detail: `At most ${MEDIA.fileBytes} bytes` });
      return true;
    }
    const full = fullFor(this.#space);
    if (full) {
      this.#fail(full);
      return true;
    }
    if (this.#open !== undefined) return this.#open.write(bytes, resume);
    this.#early.push(Buffer.from(bytes));
    void this.#opened().then(resume);
    return false;
  }

  /** All of it came: it is on the disk under its name. MEDIA_TYPE for nothing at all, or STORE_WRITE_FAILED. */
  async end(): Promise<Result<Received>> {
    if (this.#bytes === 0) {
      this.abort();
      return fail("MEDIA_TYPE", "There is nothing in it");
    }
    this.#finish();
    const opened = await this.#opened();
    const written = opened.ok ? await opened.value.end() : opened;
    const settled = written.ok ? await this.#folder.settle(this.#incoming, this.#id, "original") : written;
    if (settled.ok) return ok({ key: this.#key, bytes: this.#bytes });
    await this.#folder.discard(this.#incoming);
    return settled;
  }

  abort(): void {
    if (this.#over) return;
    this.#finish();
    void this.#drop();
  }

  async #opened(): Promise<Result<SealedWriter>> {
    const writer = await this.#writer;
    if (writer.ok && this.#open === undefined) {
      this.#open = writer.value;
      for (const bytes of this.#early) writer.value.write(bytes);
      this.#early = [];
    }
    return writer;
  }

  #finish(): void {
    this.#over = true;
    clearTimeout(this.#timer);
  }

  #fail(problem: Problem): void {
    if (this.#over) return;
    this.abort();
    this.#refuse(problem);
  }

  async #drop(): Promise<void> {
    const writer = await this.#writer;
    if (writer.ok) await writer.value.abort();
    await this.#folder.discard(this.#incoming);
  }
}

/** Why nothing more is taken: what is left of the disk is for what is sent. */
export function fullFor({ freeBytes }: Pick<Space, "freeBytes">): Problem | undefined {
  if (freeBytes >= MEDIA.diskKeptBytes) return undefined;
  return { code: "DISK_FULL", detail: "What is left of the disk is for what is sent, and not for photos" };
}
