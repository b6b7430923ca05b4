/** Who asks: API keys (engine/rights) and the sessions of self-service. */
import { createHash } from "node:crypto";
import { NO_BUDGET } from "../../../engine/rights/key-record.js";
import type { Principal } from "../../../engine/rights/principal.js";
import { SCOPES_OF_ROLE } from "../../../engine/rights/scopes.js";
import { hashSecret } from "../../../engine/rights/secrets.js";
import { ok, type Result } from "../../../schemas/errors.js";

/** Finds whose a key is. The storage behind it holds hashes only. */
export interface KeyVerifier {
  /** UNAUTHENTICATED. */
  verify(secret: string): Result<Principal>;
  /** Calls back with the credential of each key that counts no more. */
  onEnded(told: (credential: string) => void): void;
}

/** `given` is a control room's key beside those that are stored. */
export function verifierOf(stored: KeyVerifier, given: string | undefined): KeyVerifier {
  if (given === undefined) return stored;
  const credential = hashSecret(given);
  // Not as that of a key that is stored: it could be one of those, too.
  const keyId = createHash("sha256").update(credential).digest("hex").slice(0, 12);
  const principal: Principal = {
    keyId,
    by: { kind: "key", id: keyId, name: "SEINPOST_API_KEY" },
    scopes: new Set(SCOPES_OF_ROLE.controlRoom),
    municipalities: undefined,
    budget: NO_BUDGET,
    credential,
  };
  return {
    verify: (secret) => (hashSecret(secret) === credential ? ok(principal) : stored.verify(secret)),
    onEnded: (told) => stored.onEnded(told),
  };
}

/** Finds whose session a token opens; undefined when it has ended, or never was. */
export interface SessionVerifier {
  verify(token: string): { readonly participant: number } | undefined;
}

/** The key or token in an Authorization header; the scheme is written in any case (RFC 9110, 11.1). */
export function bearerKey(authorization: string): string | undefined {
  return /^Bearer +([A-Za-z0-9._~+/-]+=*) *$/i.exec(authorization)?.[1];
}
