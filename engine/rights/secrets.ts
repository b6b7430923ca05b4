/**
 * Secrets of API keys: 256 random bits, shown once, when they are made; what is kept is their SHA-256. That hash needs no salt
 * and no slowness: nobody can try 2^256 of them. A look-up by hash gives nothing away in time either, because who doesn't know
 * a secret can't choose the bytes of its hash.
 */
import { createHash, randomBytes } from "node:crypto";

const PREFIX = "spk_";
const RANDOM_BYTES = 32;

/** A new one: "spk_" and 43 characters of base64url. */
export function newSecret(): string {
  return PREFIX + randomBytes(RANDOM_BYTES).toString("base64url");
}

/** What to store of one: SHA-256 in hexadecimal. */
export function hashSecret(secret: string): string {
  return createHash("sha256").update(secret, "utf8").digest("hex");
}

/** Of a key that is set from outside: its secret may be that of a key that is stored, too, and that has another id. */
export function givenIdOf(hash: string): string {
  return keyIdOf(hashSecret(hash));
}

/** The id of the key that is made with this secret: enough of its hash to tell keys apart, nothing to guess it from. */
export function keyIdOf(hash: string): string {
  return hash.slice(0, 12);
}
