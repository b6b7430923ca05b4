/**
 * Photos and films: taken in, made safe to look at, shown, and removed.
 *
 * A file is answered for once all of it is on the disk and a record speaks of it. Then it is read, one after the other, each by a
 * process of its own (cleaner.ts), and is `ready`, or `refused` with a code, of which nothing is kept but the record. A kill between
 * two of these steps leaves a file without a record, which goes at the next start, or a record that waits to be read, and is then.
 *
 * Runs on the main thread, which seals and opens chunks and decodes nothing.
 */
import { type ErrorCode, fail, ok, type Problem, type Result } from "../../schemas/errors.js";
import { MEDIA } from "../../schemas/limits.js";
import type { Store } from "../store/store.js";
import type { Vault } from "../vault/vault.js";
import { clean } from "./cleaner.js";
import { fullFor, MediaIntake, type Received } from "./intake.js";
import { fileName, MediaFolder } from "./media-folder.js";
import { type Blur, type MediaRecord, MediaStore, newMediaId } from "./media-record.js";
import { Reading } from "./reading.js";
import { readWhole } from "./sealed-file.js";
import { Shown } from "./shown.js";

export interface MediaOptions {
  readonly store: Store;
  readonly vault: Vault;
  readonly now: () => number;
  /** The store did not commit: the process must end. */
  readonly onFatal: (problem: Problem) => void;
}

/** What a file belongs to, and who it is from. `place`: of the reply; 0 for what goes out. */
export interface Target {
  readonly actionId: string;
  readonly place: number;
  readonly from: MediaRecord["from"];
  /** A name of whoever sends, by which shares are counted; "" for nobody in particular. */
  readonly client: string;
  /** Asked in the commit of the record; without it always so. What a file belongs to may be taken back while it comes in. */
  isWanted?(): boolean;
}

/** `waiting`: to be read, now; the others since the process started, `refused` by code. */
export interface MediaCounts {
  readonly received: number;
  readonly ready: number;
  readonly waiting: number;
  readonly refused: Readonly<Partial<Record<ErrorCode, number>>>;
}

/** A file as it comes in. */
export interface MediaReceiver {
  readonly id: string;
  chunk(bytes: Uint8Array, resume: () => void): boolean;
  end(): Promise<Result<MediaRecord>>;
  abort(): void;
}

export class Media {
  readonly records: MediaStore;
  #received = 0;
  readonly reading: Reading;
  readonly #folder: MediaFolder;
  readonly #shown: Shown;
  /** Files that are being received, by client, and by what they belong to. */
  readonly #receiving = new Map<string, number>();
  readonly #coming = new Map<string, number>();
  /** Files whose records wait for their commit, in which they can't be read yet, by what they belong to. */
  readonly #keeping = new Set<{ readonly id: string; readonly actionId: string; readonly place: number }>();
  #allReceiving = 0;
  readonly #options: MediaOptions;

  private constructor(folder: MediaFolder, options: MediaOptions) {
    this.records = new MediaStore(options.store, options.vault);
    this.#folder = folder;
    this.#shown = new Shown();
    this.#options = options;
    const { onFatal } = options;
    this.reading = new Reading({ folder, records: this.records, commit: (write) => this.#commit(write), onFatal });
  }

  /** Removes what was cut off, and goes on with what waits to be read. STORE_UNUSABLE. */
  static open(options: MediaOptions): Result<Media> {
    const folder = MediaFolder.open(options.store.folder);
    if (!folder.ok) return folder;
    const media = new Media(folder.value, options);
    const known = new Set([...media.records.ids()].map(({ id }) => id));
    const swept = folder.value.sweep((id) => known.has(id));
    if (!swept.ok) return swept;
    for (const waiting of media.records.waiting()) media.reading.add(waiting);
    return ok(media);
  }

  get counts(): MediaCounts {
    const { ready, refusals: refused, waiting } = this.reading;
    return { received: this.#received, ready, refused, waiting };
  }

  /** Files that are being received. */
  get receiving(): number {
    return this.#allReceiving;
  }

  /** BUSY, DISK_FULL or TOO_MANY_MEDIA. `refuse`: see MediaIntake. */
  receive(target: Target, refuse: (problem: Problem) => void): Result<MediaReceiver> {
    const full = fullFor(this.#options.store.space);
    if (full) return { ok: false, problem: full };
    const theirs = this.#receiving.get(target.client) ?? 0;
    const isBusy = this.#allReceiving >= MEDIA.receiving || this.reading.waiting >= MEDIA.waiting;
    if (isBusy || (target.client !== "" && theirs >= MEDIA.receivingPerClient)) {
      return fail("BUSY", "Too many files are coming in");
    }
    const most = target.place === 0 ? MEDIA.perAction : MEDIA.perReply;
    const coming = this.#coming.get(placeName(target)) ?? 0;
    if (this.records.count(target.actionId, target.place) + coming >= most) {
      return fail("TOO_MANY_MEDIA", `At most ${most}`);
    }
    if (target.place > 0 && this.records.count(target.actionId) >= MEDIA.ofReplies) {
      return fail("TOO_MANY_MEDIA", `All replies to an action have at most ${MEDIA.ofReplies}`);
    }
    return ok(this.#receiver(target, refuse));
  }

  #receiver(target: Target, refuse: (problem: Problem) => void): MediaReceiver {
    const id = newMediaId(target.place);
    this.#count(target, 1);
    let isOver = false;
    const over = (): void => {
      if (!isOver) this.#count(target, -1);
      isOver = true;
    };
    const intake = new MediaIntake(this.#folder, this.#options.store.space, id, (problem) => {
      over();
      refuse(problem);
    });
    return {
      id,
      chunk: (bytes, resume) => intake.chunk(bytes, resume),
      end: async () => {
        const received = await intake.end();
        const kept = received.ok ? await this.#keep(target, id, received.value) : received;
        over();
        return kept;
      },
      abort: () => {
        over();
        intake.abort();
      },
    };
  }

  #count(target: Target, by: 1 | -1): void {
    this.#allReceiving += by;
    add(this.#receiving, target.client, by);
    add(this.#coming, placeName(target), by);
  }

  async #keep(target: Target, id: string, { key, bytes }: Received): Promise<Result<MediaRecord>> {
    const { actionId, place, from } = target;
    const record = (original: string): MediaRecord => ({
      ...{ actionId, id, from, state: "waiting", refused: null, bytes, sha256: null, found: null },
      receivedAtMs: Math.floor(this.#options.now() / 1_000) * 1_000,
      ...{ isOut: from === "desk", blurs: [] },
      keys: { original },
    });
    let kept: MediaRecord | undefined;
    const keeping = { id, actionId, place };
    this.#keeping.add(keeping);
    const committed = await this.#commit(() => {
      if (target.isWanted?.() === false) return;
      kept = record(this.records.sealEvidence(actionId, id, key));
      this.records.put(kept);
    });
    this.#keeping.delete(keeping);
    if (!committed.ok || kept === undefined) {
      await this.#folder.remove(id);
      return committed.ok ? fail("NOT_FOUND", "It was taken back while this came in") : committed;
    }
    this.#received++;
    this.reading.add(kept);
    return ok(kept);
  }

  /**
   * Takes all files of a reply out in the running commit, also those that it was to put; what is given is for `forget` once that is
   * durable.
   */
  removeOf(actionId: string, place: number): Pick<MediaRecord, "actionId" | "id">[] {
    const coming = [...this.#keeping].filter((one) => one.actionId === actionId && one.place === place);
    const files = [...this.records.of(actionId, place), ...coming].map(({ id }) => ({ actionId, id }));
    for (const file of files) this.records.remove(file);
    return files;
  }

  /** NOT_FOUND. */
  get(actionId: string, id: string): Result<MediaRecord> {
    const record = this.records.get(actionId, id);
    if (!record.ok) return record;
    return record.value ? ok(record.value) : fail("NOT_FOUND", "There is no such file", "media");
  }

  /** As it is to be looked at: for everybody with what was made unreadable, for the desk without. NOT_FOUND until it is there. */
  look(record: MediaRecord, forEverybody: boolean): Promise<Result<Buffer>> {
    if (record.state !== "ready")
      return Promise.resolve(fail("NOT_FOUND", "There is nothing to be seen of it", "media"));
    const isWhole = !forEverybody || record.blurs.length === 0;
    const [name, make] = isWhole
      ? [fileName(record.id, "clean"), () => this.#clean(record)]
      : [blurredName(record), () => this.#blurred(record)];
    return this.#shown.get(name, make);
  }

  async #clean({ id, keys }: MediaRecord): Promise<Result<Buffer>> {
    return readWhole(this.#folder.path(id, "clean"), Buffer.from(keys.clean!, "base64"), fileName(id, "clean"));
  }

  /** Made from the clean one when it is asked for, so that no file has to change together with its record. */
  async #blurred(record: MediaRecord): Promise<Result<Buffer>> {
    const whole = await this.look(record, false);
    if (!whole.ok) return whole;
    const job = { blurs: record.blurs, workFolder: this.#folder.incoming() };
    const made = await clean(job, only(whole), this.reading.signal);
    return made.ok ? ok(made.value.bytes) : made;
  }

  /** The file as it came. Whoever opens it leaves a record of it; that is for who calls. */
  async original(record: MediaRecord): Promise<Result<Buffer>> {
    if (record.keys.original === undefined) return fail("NOT_FOUND", "What was refused is not kept", "media");
    const key = this.records.evidenceKey(record);
    if (!key.ok) return key;
    return readWhole(this.#folder.path(record.id, "original"), key.value, fileName(record.id, "original"));
  }

  /** Whether it goes out with its action, and what is to be unreadable in it. WRONG_STATE unless it is ready, or MEDIA_TYPE for a film. */
  async change(actionId: string, id: string, isOut: boolean, blurs: readonly Blur[]): Promise<Result<MediaRecord>> {
    const before = this.get(actionId, id);
    if (!before.ok) return before;
    if (before.value.state !== "ready") return fail("WRONG_STATE", "it was not read yet, or was refused");
    if (blurs.length > 0 && before.value.found?.kind !== "photo") {
      return fail("MEDIA_TYPE", "only of photos parts are made unreadable");
    }
    const record = { ...before.value, isOut, blurs };
    // Seen to before it is said to be so.
    const seen = await this.look(record, true);
    if (!seen.ok) return seen;
    let isThere = false;
    const committed = await this.#commit(() => {
      isThere = this.get(actionId, id).ok;
      if (isThere) this.records.put(record);
    });
    if (!committed.ok) return committed;
    return isThere ? ok(record) : fail("NOT_FOUND", "There is no such file", "media");
  }

  /** Of the file nothing is left. */
  async remove(records: readonly Pick<MediaRecord, "actionId" | "id">[]): Promise<Result<void>> {
    if (records.length === 0) return ok(undefined);
    const committed = await this.#commit(() => {
      for (const record of records) this.records.remove(record);
    });
    if (committed.ok) await this.forget(records);
    return committed;
  }

  /** The files of records that are gone. */
  async forget(records: readonly Pick<MediaRecord, "id">[]): Promise<void> {
    for (const { id } of records) {
      this.#shown.forget(id);
      await this.#folder.remove(id);
    }
  }

  #commit(write: () => void): Promise<Result<void>> {
    return this.#options.store.commit(() => {
      write();
      this.#options.vault.write();
    });
  }
}

function placeName({ actionId, place }: Target): string {
  return `${actionId}/${place}`;
}

function add(counts: Map<string, number>, name: string, by: number): void {
  const sum = (counts.get(name) ?? 0) + by;
  if (sum > 0) counts.set(name, sum);
  else counts.delete(name);
}

function blurredName({ id, blurs }: MediaRecord): string {
  return `${id} ${JSON.stringify(blurs)}`;
}

async function* only(chunk: Result<Buffer>): AsyncGenerator<Result<Buffer>> {
  yield chunk;
}
