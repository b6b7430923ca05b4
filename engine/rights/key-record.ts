/**
 * The record of an API key. Each is stored under its id, in the table `rights`. Keys that were made while there were roles
 * stand in the table `keys`, under the hash of their one secret, until something of them changes; they have the scopes that
 * their role had, and what an older program would find in that table never means more than it did.
 */

import type { KeyBudget } from "../../schemas/api/rights.js";
import { assert, fail, ok, type Result } from "../../schemas/errors.js";
import type { Role, Scope } from "../../schemas/words.js";
import { SCOPES_OF_OLD_ROLE } from "./scopes.js";

const VERSION = 1;

export interface Secret {
  /** SHA-256 in hexadecimal. */
  readonly hash: string;
  readonly createdAtMs: number;
  /** When a rotation ends it; null for the newest. */
  readonly endsAtMs: number | null;
}

export interface KeyRecord {
  readonly keyId: string;
  readonly name: string;
  readonly scopes: readonly Scope[];
  /** Numbers, 363 for GM0363; null: everywhere. */
  readonly municipalities: readonly number[] | null;
  readonly budget: KeyBudget;
  readonly createdAtMs: number;
  readonly expiresAtMs: number | null;
  readonly revokedAtMs: number | null;
  /** The newest last. */
  readonly secrets: readonly Secret[];
  /** Of one that is set from outside: it is stored only to say that it was revoked. */
  readonly isGiven?: true;
}

export const NO_BUDGET: KeyBudget = { messagesPerDay: null, costPerDay: null };

export function encodeKey(record: KeyRecord): Buffer {
  return Buffer.from(JSON.stringify({ version: VERSION, ...record }));
}

/** STORE_UNUSABLE for one of a later program. */
export function decodeKey(bytes: Buffer, id: string): Result<KeyRecord> {
  const { version, ...record } = JSON.parse(bytes.toString()) as KeyRecord & { version: number };
  if (version === VERSION) return ok(record);
  return fail("STORE_UNUSABLE", `key ${id} has version ${version}, this program reads ${VERSION}`, `rights/${id}`);
}

interface OldKey {
  readonly keyId: string;
  readonly name: string;
  readonly createdAtMs: number;
  /** One that was stored before there were roles is a control room's. */
  readonly role?: Role;
  readonly municipality?: number;
}

export function decodeOldKey(bytes: Buffer, hash: string): KeyRecord {
  const { keyId, name, createdAtMs, role = "controlRoom", municipality } = JSON.parse(bytes.toString()) as OldKey;
  assert((role === "municipality") === (municipality !== undefined), "a municipality's key says whose it is");
  return {
    keyId,
    name,
    scopes: SCOPES_OF_OLD_ROLE[role] ?? [],
    municipalities: municipality === undefined ? null : [municipality],
    budget: NO_BUDGET,
    createdAtMs,
    expiresAtMs: null,
    revokedAtMs: null,
    secrets: [{ hash, createdAtMs, endsAtMs: null }],
  };
}

/** When it ends by itself, or did: null for one that goes on. */
export function endOf({ expiresAtMs, revokedAtMs }: KeyRecord): number | null {
  if (expiresAtMs === null || revokedAtMs === null) return revokedAtMs ?? expiresAtMs;
  return Math.min(expiresAtMs, revokedAtMs);
}

export function isOver(record: KeyRecord, nowMs: number): boolean {
  const endMs = endOf(record);
  return endMs !== null && endMs <= nowMs;
}
