/** Who asks: API keys (engine/rights) and the sessions of self-service. */
import type { Principal } from "../../../engine/rights/principal.js";
import type { Result } from "../../../schemas/errors.js";

/** Finds whose a key is. The storage behind it holds hashes only. */
export interface KeyVerifier {
  /** UNAUTHENTICATED. */
  verify(secret: string): Result<Principal>;
  /** Calls back with the credential of each key that counts no more. */
  onEnded(told: (credential: string) => void): void;
}

/** Finds whose session a token opens; undefined when it has ended, or never was. */
export interface SessionVerifier {
  verify(token: string): { readonly participant: number } | undefined;
}

/** Finds for which key a session of the console stands. */
export interface ConsoleVerifier {
  /** With the session by the name under which its end is told. UNAUTHENTICATED once it has ended, or its key. */
  use(token: string): Result<Principal & { readonly session: string }>;
  onEnded(told: (session: string) => void): void;
  /** A request was refused because no page of ours has sent it. */
  refused(): void;
}

/** The key or token in an Authorization header; the scheme is written in any case (RFC 9110, 11.1). */
export function bearerKey(authorization: string): string | undefined {
  return /^Bearer +([A-Za-z0-9._~+/-]+=*) *$/i.exec(authorization)?.[1];
}
