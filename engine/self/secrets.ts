/**
 * What self-service knows and tells nobody. Its key lives as long as the process: what was made with it can't be checked
 * against anything once that has ended, nor by who gets hold of a part of its memory alone.
 */
import { createHash, createHmac, randomBytes, randomInt, timingSafeEqual } from "node:crypto";

/** Where chance comes from; tests put their own in. */
export interface RandomSource {
  /** A whole number from 0 to below `limit`. */
  int(limit: number): number;
  bytes(count: number): Buffer;
}

export const CRYPTO_RANDOM: RandomSource = { int: (limit) => randomInt(limit), bytes: (count) => randomBytes(count) };

const TOKEN_PREFIX = "sps_";
const TOKEN_BYTES = 32;
const ID_BYTES = 16;

export class Secrets {
  readonly #key: Buffer;
  readonly #random: RandomSource;

  constructor(random: RandomSource) {
    this.#random = random;
    this.#key = random.bytes(32);
  }

  code(digits: number): string {
    return String(this.#random.int(10 ** digits)).padStart(digits, "0");
  }

  /** 128 bits: only who asked for a challenge knows its id. */
  challengeId(): string {
    return this.#random.bytes(ID_BYTES).toString("base64url");
  }

  /** "sps_" and 43 characters of base64url. */
  token(): string {
    return TOKEN_PREFIX + this.#random.bytes(TOKEN_BYTES).toString("base64url");
  }

  /** Stands for a contact or an address where it only has to be known again. */
  blind(text: string): string {
    return createHmac("sha256", this.#key).update(`blind\n${text}`).digest("base64url");
  }

  /** What is kept of a code. */
  codeMac(challenge: string, code: string): Buffer {
    return createHmac("sha256", this.#key).update(`code\n${challenge}\n${code}`).digest();
  }

  isCode(challenge: string, code: string, mac: Buffer): boolean {
    return timingSafeEqual(this.codeMac(challenge, code), mac);
  }
}

/** What is kept of a token; see engine/rights/secrets.ts for why that needs no salt. */
export function hashToken(token: string): string {
  return createHash("sha256").update(token, "utf8").digest("base64url");
}
