/**
 * The trail of who did what, when, and to what: a record each, in the commit of what was done where that has one, so that there is
 * never one without the other. A record names keys and ids, and nothing of a person; so nothing of it has to go when somebody
 * is erased.
 *
 * Keys count up: the time in milliseconds and a number within it, eight bytes in big-endian order, also when the clock is set back.
 */
import type { AuditPage, AuditQuery, AuditRecord, Deed } from "../../schemas/api/audit.js";
import type { Result } from "../../schemas/errors.js";
import { AUDIT } from "../../schemas/limits.js";
import type { Confirmable } from "../../schemas/words.js";
import type { Store, Table } from "../store/store.js";
import type { Actor } from "./actor.js";

export interface Done {
  readonly by: Actor;
  readonly deed: Deed;
  readonly on: AuditRecord["on"];
  /** The code, where it was refused. */
  readonly refused?: string | null;
  /** Warnings in spite of which it was done. */
  readonly confirmed?: readonly Confirmable[] | undefined;
}

type Stored = Omit<AuditRecord, "id">;

export class Trail {
  /** Records since the process started, by deed. */
  readonly counts: Partial<Record<Deed, number>> = {};
  readonly #store: Store;
  readonly #table: Table;
  readonly #now: () => number;
  readonly #say: (record: AuditRecord) => void;
  #last = 0n;

  /** `say` is told of each, for the log. */
  constructor(store: Store, now: () => number, say: (record: AuditRecord) => void = () => {}) {
    this.#store = store;
    this.#table = store.table("audit");
    this.#now = now;
    this.#say = say;
    for (const key of this.#table.keys(undefined, undefined, true)) {
      this.#last = key.readBigUInt64BE();
      break;
    }
  }

  /** Into the running commit. */
  put({ by, deed, on, refused = null, confirmed = [] }: Done): void {
    const nowMs = this.#now();
    const first = BigInt(nowMs) << 16n;
    this.#last = first > this.#last ? first : this.#last + 1n;
    const key = keyOf(this.#last);
    const spite = confirmed.length > 0 && { confirmed: [...confirmed] };
    const record: Stored = { at: new Date(nowMs).toISOString(), by, deed, on, refused, ...spite };
    void this.#table.put(key, Buffer.from(JSON.stringify(record)));
    this.counts[deed] = (this.counts[deed] ?? 0) + 1;
    this.#say({ id: key.toString("hex"), ...record });
  }

  /** Settles when it is durable. */
  note(done: Done): Promise<Result<void>> {
    return this.#store.commit(() => this.put(done));
  }

  /** The newest first, from behind `after`. One that is damaged is left out; the store has told of it. */
  page({ after, limit = AUDIT.pageSize, deed, key: keyId }: AuditQuery): AuditPage {
    const records: AuditRecord[] = [];
    const words = [deed, keyId].filter((word) => word !== undefined).map((word) => `"${word}"`);
    const start = after === undefined ? undefined : Buffer.from(after, "hex");
    let looked = 0;
    let last = "";
    for (const { key, value } of this.#table.range(start, undefined, true)) {
      if (start?.equals(key)) continue;
      if (records.length === limit || looked === AUDIT.lookedAt) return { records, next: last };
      looked++;
      last = key.toString("hex");
      // Most of them need not be read to see that they are not asked for.
      const mayBe = value.ok && words.every((word) => value.value.includes(word));
      const record = mayBe ? (JSON.parse(value.value.toString()) as Stored) : undefined;
      const isAsked = record && (deed ?? record.deed) === record.deed && (keyId ?? record.by.id) === record.by.id;
      if (isAsked) records.push({ id: last, ...record });
    }
    return { records, next: null };
  }

  /**
   * Of one participant, the newest first, AUDIT.aboutOne at most. Steps that are short against a slice (slices.ts): there is no
   * index, for that would say of each who asked about whom, once more.
   */
  *about(participant: number): Generator<void, AuditRecord[]> {
    const name = String(participant);
    const found: AuditRecord[] = [];
    let start: Buffer | undefined;
    for (;;) {
      let looked = 0;
      for (const { key, value } of this.#table.range(start, undefined, true)) {
        if (start?.equals(key)) continue;
        if (looked === AUDIT.lookedAtOnce) break;
        looked++;
        start = key;
        // Most of them need not be read to see that they are of others.
        if (!value.ok || !value.value.includes(`"${name}"`)) continue;
        const record = { id: key.toString("hex"), ...(JSON.parse(value.value.toString()) as Stored) };
        if (isAbout(record, name)) found.push(record);
        if (found.length === AUDIT.aboutOne) return found;
      }
      if (looked < AUDIT.lookedAtOnce) return found;
      yield;
    }
  }

  /** Keys of those before this time, the oldest first, at most `limit`. */
  before(timeMs: number, limit: number): Buffer[] {
    const keys: Buffer[] = [];
    for (const key of this.#table.keys(undefined, keyOf(BigInt(timeMs) << 16n))) {
      if (keys.length === limit) break;
      keys.push(key);
    }
    return keys;
  }

  /** Takes these out in the running commit. */
  remove(keys: readonly Buffer[]): void {
    for (const key of keys) void this.#table.remove(key);
  }
}

function isAbout({ on }: Pick<AuditRecord, "on">, participant: string): boolean {
  return [on.participant, on.double].flat().includes(participant);
}

function keyOf(id: bigint): Buffer {
  const key = Buffer.allocUnsafe(8);
  key.writeBigUInt64BE(id);
  return key;
}
