/**
 * Reads the files that came, one after the other, each by a process of its own (cleaner.ts). What comes of it is durable before the
 * file counts as read: `ready` with a clean copy, or `refused` with a code. The original stays as evidence, unless it is no photo and no
 * film at all.
 */
import { type ErrorCode, ok, type Problem, type Result } from "../../schemas/errors.js";
import { MEDIA } from "../../schemas/limits.js";
import { type Cleaning, clean } from "./cleaner.js";
import { fileName, type MediaFolder } from "./media-folder.js";
import type { MediaRecord, MediaStore } from "./media-record.js";
import { readSealed } from "./sealed-file.js";

export interface ReadingParts {
  readonly folder: MediaFolder;
  readonly records: MediaStore;
  commit(write: () => void): Promise<Result<void>>;
  /** Nothing that happens from here on could be trusted. */
  onFatal(problem: Problem): void;
}

interface Waiting {
  readonly actionId: string;
  readonly id: string;
  attempts: number;
}

export class Reading {
  /** Of those that were read since the process started, how many can be looked at, and why the others can't. */
  ready = 0;
  readonly refusals: Partial<Record<ErrorCode, number>> = {};
  readonly #queue: Waiting[] = [];
  readonly #running = new Set<Promise<void>>();
  readonly #closing = new AbortController();
  readonly #parts: ReadingParts;

  constructor(parts: ReadingParts) {
    this.#parts = parts;
  }

  /** Those that wait to be read, or are. */
  get waiting(): number {
    return this.#queue.length + this.#running.size;
  }

  /** Aborted when the service closes: what reads then ends. */
  get signal(): AbortSignal {
    return this.#closing.signal;
  }

  add({ actionId, id }: Pick<MediaRecord, "actionId" | "id">): void {
    this.#queue.push({ actionId, id, attempts: 0 });
    this.#next();
  }

  /** Begins nothing more, ends what reads, and settles when it has. */
  async close(): Promise<void> {
    this.#closing.abort();
    await Promise.all(this.#running);
  }

  #next(): void {
    while (this.#running.size < MEDIA.cleaners && this.#queue.length > 0 && !this.signal.aborted) {
      const running = this.#run(this.#queue.shift()!).finally(() => {
        this.#running.delete(running);
        this.#next();
      });
      this.#running.add(running);
    }
  }

  async #run(next: Waiting): Promise<void> {
    const found = this.#parts.records.get(next.actionId, next.id);
    // It was removed meanwhile, or its record is damaged, which the store has told.
    if (!found.ok || found.value?.state !== "waiting") return;
    const record = found.value;
    const read = await this.#read(record);
    if (this.signal.aborted) return;
    const becomes = read.ok ? await this.#ready(record, read) : await this.#refused(record, read);
    if (becomes.ok) {
      const settled = await this.#settle(becomes.value);
      if (!settled.ok) this.#parts.onFatal(settled.problem);
    } else if (++next.attempts < MEDIA.attempts) this.#queue.push(next);
    // Else it waits for the next start: nothing is wrong with the file.
  }

  async #read(record: MediaRecord): Promise<Cleaning> {
    const key = this.#parts.records.evidenceKey(record);
    if (!key.ok) return key;
    const name = fileName(record.id, "original");
    const file = readSealed(this.#parts.folder.path(record.id, "original"), key.value, name);
    const workFolder = this.#parts.folder.incoming();
    return clean({ workFolder }, file, this.signal).finally(() => this.#parts.folder.discard(workFolder));
  }

  /** STORE_WRITE_FAILED where the disk has no room for the copy. */
  async #ready(record: MediaRecord, read: Extract<Cleaning, { ok: true }>): Promise<Result<MediaRecord>> {
    const { found, sha256, bytes } = read.value;
    const key = await this.#parts.folder.write(record.id, "clean", bytes);
    if (!key.ok) return key;
    return ok({ ...record, state: "ready", found, sha256, keys: { ...record.keys, clean: key.value } });
  }

  /** PROCESS_FAILED where nothing was found out about it. */
  async #refused(record: MediaRecord, read: Extract<Cleaning, { ok: false }>): Promise<Result<MediaRecord>> {
    const { code } = read.problem;
    if (code === "PROCESS_FAILED") return read;
    this.refusals[code] = (this.refusals[code] ?? 0) + 1;
    const keys = code === "MEDIA_TYPE" ? {} : record.keys;
    return ok({ ...record, state: "refused", refused: code, sha256: read.sha256 ?? null, keys });
  }

  /** As it is now, unless it was removed while it was read. */
  async #settle(record: MediaRecord): Promise<Result<void>> {
    let isThere = false;
    const committed = await this.#parts.commit(() => {
      const before = this.#parts.records.get(record.actionId, record.id);
      isThere = before.ok && before.value !== undefined;
      if (isThere) this.#parts.records.put(record);
    });
    const isGone = !isThere || record.keys.original === undefined;
    if (committed.ok && isGone) await this.#parts.folder.remove(record.id);
    if (committed.ok && isThere && record.state === "ready") this.ready++;
    return committed;
  }
}
