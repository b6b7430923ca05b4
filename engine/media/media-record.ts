/**
 * Records of files: JSON, sealed, by action id (16 bytes) and id of the file (16 bytes), which begins with the place of the reply
 * that it came with, 0 for what goes out with the action. The first byte of a value says in the open whether a file still has to be
 * read, so that a start opens those alone.
 *
 * The keys of files stand in their records; that of an original is sealed once more under a key of its own, so that nothing opens an
 * original but what asks for it by that name. Nothing of a sender is in a record, and the time is to the second.
 */
import { randomBytes } from "node:crypto";
import { assert, type ErrorCode, ok, type Result } from "../../schemas/errors.js";
import type { MediaKind, MediaSender, MediaState } from "../../schemas/media/words.js";
import { behind, idBytes, idOf, keysBefore } from "../store/keys/id-key.js";
import type { Store, Table } from "../store/store.js";
import type { Vault } from "../vault/vault.js";
import type { Form } from "./media-folder.js";

/** Names of the keys that seal records, and the keys of originals within them. */
export const CONTENT = "media";
export const EVIDENCE = "evidence";

/** A part of a picture that is not to be seen, in its pixels as it is shown. */
export interface Blur {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** What a file turned out to be. */
export interface Found {
  readonly kind: MediaKind;
  readonly contentType: string;
  readonly width: number;
  readonly height: number;
}

export interface MediaRecord {
  readonly actionId: string;
  readonly id: string;
  readonly from: MediaSender;
  readonly state: MediaState;
  /** Why it was refused. */
  readonly refused: ErrorCode | null;
  readonly receivedAtMs: number;
  /** Of the original. */
  readonly bytes: number;
  /** SHA-256 of the original, hex; null until it was read. */
  readonly sha256: string | null;
  readonly found: Found | null;
  /** Whether it goes out with the action. */
  readonly isOut: boolean;
  readonly blurs: readonly Blur[];
  /** Keys of its files, base64; that of the original as EVIDENCE seals it. */
  readonly keys: Readonly<Partial<Record<Form, string>>>;
}

export function newMediaId(place: number): string {
  return place.toString(16).padStart(8, "0") + randomBytes(12).toString("hex");
}

/** Of the reply that a file came with; 0 for none. */
function placeOf(id: string): number {
  return Number.parseInt(id.slice(0, 8), 16);
}

export class MediaStore {
  /** Each is called in the commit in which something of a file changes, with the place of its reply; 0 for what goes out with its action. */
  readonly onChange: ((actionId: string, place: number) => void)[] = [];
  readonly #table: Table;
  readonly #vault: Vault;

  constructor(store: Store, vault: Vault) {
    this.#table = store.table("media");
    this.#vault = vault;
  }

  /** For a record: the key of an original is kept apart. In a commit, in which the vault's `write` comes later. */
  sealEvidence(actionId: string, id: string, key: Buffer): string {
    return this.#vault.seal(EVIDENCE, key, mediaKey(actionId, id)).toString("base64");
  }

  evidenceKey({ actionId, id, keys }: MediaRecord): Result<Buffer> {
    return this.#vault.open(EVIDENCE, Buffer.from(keys.original ?? "", "base64"), mediaKey(actionId, id));
  }

  /** Puts into the running commit, in which the vault's `write` comes later. */
  put(record: MediaRecord): void {
    const key = mediaKey(record.actionId, record.id);
    const open = Buffer.of(record.state === "waiting" ? 1 : 0);
    const sealed = this.#vault.seal(CONTENT, Buffer.from(JSON.stringify(record)), Buffer.concat([key, open]));
    void this.#table.put(key, Buffer.concat([open, sealed]));
    this.#changed(record);
  }

  /** Takes it out in the running commit. */
  remove({ actionId, id }: Pick<MediaRecord, "actionId" | "id">): void {
    void this.#table.remove(mediaKey(actionId, id));
    this.#changed({ actionId, id });
  }

  #changed({ actionId, id }: Pick<MediaRecord, "actionId" | "id">): void {
    for (const told of this.onChange) told(actionId, placeOf(id));
  }

  /** Told without a vault. */
  static has(store: Store, { actionId, id }: Pick<MediaRecord, "actionId" | "id">): boolean {
    return store.table("media").has(mediaKey(actionId, id));
  }

  /** Undefined where there is none. */
  get(actionId: string, id: string): Result<MediaRecord | undefined> {
    const key = mediaKey(actionId, id);
    const stored = this.#table.get(key);
    if (!stored.ok) return stored;
    return stored.value === undefined ? ok(undefined) : this.#read(key, stored.value);
  }

  /** Of an action, or of one reply to it; those that are damaged are left out, and the store has told of them. */
  of(actionId: string, place?: number): MediaRecord[] {
    const [from, to] = bounds(actionId, place);
    const records: MediaRecord[] = [];
    for (const { key, value } of this.#table.range(from, to)) {
      const record = value.ok ? this.#read(key, value.value) : value;
      if (record.ok) records.push(record.value);
    }
    return records;
  }

  /** Of an action, so many at most, from behind the file `after` on. `next`: the last one's id, where more follow. */
  page(actionId: string, after: string | undefined, limit: number): { records: MediaRecord[]; next: string | null } {
    const [from, to] = bounds(actionId);
    const start = after === undefined ? from : behind(mediaKey(actionId, after));
    const records: MediaRecord[] = [];
    let last: string | null = null;
    let looked = 0;
    for (const { key, value } of this.#table.range(start, to)) {
      if (looked++ === limit) return { records, next: last };
      last = idsOf(key).id;
      const record = value.ok ? this.#read(key, value.value) : value;
      if (record.ok) records.push(record.value);
    }
    return { records, next: null };
  }

  count(actionId: string, place?: number): number {
    return this.#table.count(...bounds(actionId, place));
  }

  /** Those that have to be read still. */
  *waiting(): Generator<Pick<MediaRecord, "actionId" | "id">> {
    for (const { key, value } of this.#table.range()) if (value.ok && value.value[0] === 1) yield idsOf(key);
  }

  *ids(): Generator<Pick<MediaRecord, "actionId" | "id">> {
    for (const key of this.#table.keys()) yield idsOf(key);
  }

  /** Of actions that were created before this time, at most `limit`. */
  before(timeMs: number, limit: number): Pick<MediaRecord, "actionId" | "id">[] {
    return keysBefore(this.#table, timeMs, limit).map(idsOf);
  }

  #read(key: Buffer, value: Buffer): Result<MediaRecord> {
    const plain = this.#vault.open(CONTENT, value.subarray(1), Buffer.concat([key, value.subarray(0, 1)]));
    return plain.ok ? ok(JSON.parse(plain.value.toString()) as MediaRecord) : plain;
  }
}

function mediaKey(actionId: string, id: string): Buffer {
  const key = Buffer.concat([idBytes(actionId), Buffer.from(id, "hex")]);
  assert(key.length === 32, "a file has an action and an id of its own");
  return key;
}

function bounds(actionId: string, place?: number): [from: Buffer, to: Buffer] {
  const key = (first: number, rest: number): Buffer => {
    const id = first.toString(16).padStart(8, "0") + Buffer.alloc(12, rest).toString("hex");
    return mediaKey(actionId, id);
  };
  return [key(place ?? 0, 0), key(place ?? 0xffff_ffff, 0xff)];
}

function idsOf(key: Buffer): Pick<MediaRecord, "actionId" | "id"> {
  return { actionId: idOf(key), id: key.toString("hex", 16) };
}
