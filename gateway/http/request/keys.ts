/**
 * Who asks: API keys and the sessions of self-service. A key is 256 random bits, shown once, when it is made; what is kept
 * is its SHA-256. That hash needs no salt and no slowness: nobody can try 2^256 keys. A look-up by hash gives nothing away
 * in time either, because who doesn't know a key can't choose the bytes of its hash.
 */
import { createHash, randomBytes } from "node:crypto";
import type { Role } from "../../../schemas/words.js";

const PREFIX = "spk_";
const RANDOM_BYTES = 32;

export interface KeyOwner {
  readonly keyId: string;
  readonly role: Role;
  /** Of a municipality's key: 363 for GM0363. */
  readonly municipality?: number;
}

/** Finds the owner of a key. The storage behind it holds hashes only. */
export interface KeyVerifier {
  verify(key: string): KeyOwner | undefined;
}

/** `given` is a control room's key beside those that `stored` finds by their hash. */
export function verifierOf(
  stored: { find(hash: string): KeyOwner | undefined },
  given: string | undefined,
): KeyVerifier {
  const givenHash = given === undefined ? undefined : hashKey(given);
  return {
    verify: (key) => {
      const hash = hashKey(key);
      return hash === givenHash ? { keyId: keyIdOf(hash), role: "controlRoom" } : stored.find(hash);
    },
  };
}

/** An id for a key that is not stored: enough of its hash to tell keys apart, nothing to guess it from. */
function keyIdOf(hash: string): string {
  return createHash("sha256").update(hash).digest("hex").slice(0, 12);
}

/** Finds whose session a token opens; undefined when it has ended, or never was. */
export interface SessionVerifier {
  verify(token: string): { readonly participant: number } | undefined;
}

/** A new key: "spk_" and 43 characters of base64url. */
export function createKey(): string {
  return PREFIX + randomBytes(RANDOM_BYTES).toString("base64url");
}

/** What to store of a key: SHA-256 in hex. */
export function hashKey(key: string): string {
  return createHash("sha256").update(key, "utf8").digest("hex");
}

/** The key or token in an Authorization header; the scheme is written in any case (RFC 9110, 11.1). */
export function bearerKey(authorization: string): string | undefined {
  return /^Bearer +([A-Za-z0-9._~+/-]+=*) *$/i.exec(authorization)?.[1];
}
