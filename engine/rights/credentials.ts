/**
 * Which secrets count now, and for whom. In memory alone; keys.ts keeps it in step with the store.
 *
 * Promises that each secret that has counted is told once when it ends, whatever ended it.
 */
import { fail, ok, type Result } from "../../schemas/errors.js";
import { endOf, isOver, type KeyRecord, type Secret } from "./key-record.js";
import type { Principal } from "./principal.js";

interface Known {
  readonly principal: Principal;
  readonly record: KeyRecord;
  /** From then on it counts no more; infinite where nothing ends it. */
  readonly endsAtMs: number;
}

export class Credentials {
  onEnded: (credential: string) => void = () => {};
  readonly #byHash = new Map<string, Known>();
  readonly #byId = new Map<string, KeyRecord>();
  /** Secrets that count, or whose end was not told yet. */
  readonly #counting = new Set<string>();
  /** When the first of them ends. */
  #nextEndMs = Number.POSITIVE_INFINITY;

  get size(): number {
    return this.#byId.size;
  }

  get(keyId: string): KeyRecord | undefined {
    return this.#byId.get(keyId);
  }

  /** Whether it is, or was, the secret of a key. */
  knows(hash: string): boolean {
    return this.#byHash.has(hash);
  }

  /** Those that end by themselves from now on and before `untilMs`, the first of them first. */
  endingBefore(untilMs: number, nowMs: number): KeyRecord[] {
    const ending: KeyRecord[] = [];
    for (const record of this.#byId.values()) {
      const { expiresAtMs } = record;
      if (expiresAtMs !== null && expiresAtMs < untilMs && !isOver(record, nowMs)) ending.push(record);
    }
    return ending.sort((one, other) => one.expiresAtMs! - other.expiresAtMs!);
  }

  /** In the order of their ids. */
  all(): KeyRecord[] {
    return [...this.#byId.values()].sort((a, b) => (a.keyId < b.keyId ? -1 : 1));
  }

  /** How many keys are not over. */
  living(nowMs: number): number {
    let count = 0;
    for (const record of this.#byId.values()) if (!isOver(record, nowMs)) count++;
    return count;
  }

  find(hash: string, nowMs: number): Result<Principal> {
    const known = this.#byHash.get(hash);
    if (known === undefined) return UNKNOWN;
    if (nowMs < known.endsAtMs) return ok(known.principal);
    return known.record.revokedAtMs === null ? EXPIRED : REVOKED;
  }

  /** In place of what was known of this key. */
  note(record: KeyRecord): void {
    const before = this.#byId.get(record.keyId);
    this.#byId.set(record.keyId, record);
    const hashes = new Set(record.secrets.map(({ hash }) => hash));
    for (const { hash } of before?.secrets ?? []) if (!hashes.has(hash)) this.#end(hash);
    for (const secret of record.secrets) this.#noteSecret(record, secret);
  }

  #noteSecret(record: KeyRecord, { hash, endsAtMs }: Secret): void {
    const itsTime = Math.min(endsAtMs ?? Number.POSITIVE_INFINITY, endOf(record) ?? Number.POSITIVE_INFINITY);
    // What was revoked stays so when the clock is set back to before.
    const end = record.revokedAtMs === null ? itsTime : Number.NEGATIVE_INFINITY;
    const { keyId, name, scopes, municipalities, budget } = record;
    const may = { scopes: new Set(scopes), municipalities: municipalities ?? undefined, budget };
    const by = { kind: "key", id: keyId, name } as const;
    this.#byHash.set(hash, { principal: { keyId, by, ...may, credential: hash }, record, endsAtMs: end });
    this.#counting.add(hash);
    this.#nextEndMs = Math.min(this.#nextEndMs, end);
  }

  /** Tells of those whose time is over. */
  endOverdue(nowMs: number): void {
    if (nowMs < this.#nextEndMs) return;
    this.#nextEndMs = Number.POSITIVE_INFINITY;
    for (const hash of this.#counting) {
      const { endsAtMs } = this.#byHash.get(hash)!;
      if (endsAtMs > nowMs) this.#nextEndMs = Math.min(this.#nextEndMs, endsAtMs);
      else if (this.#counting.delete(hash)) this.onEnded(hash);
    }
  }

  forget(keyId: string): void {
    for (const { hash } of this.#byId.get(keyId)?.secrets ?? []) this.#end(hash);
    this.#byId.delete(keyId);
  }

  /** It is nobody's secret any more. */
  #end(hash: string): void {
    this.#byHash.delete(hash);
    if (this.#counting.delete(hash)) this.onEnded(hash);
  }
}

const UNKNOWN = fail("UNAUTHENTICATED", "Send an API key: Authorization: Bearer spk_…", "Authorization");
const EXPIRED = fail("UNAUTHENTICATED", "This API key has expired", "Authorization");
const REVOKED = fail("UNAUTHENTICATED", "This API key was revoked", "Authorization");
