/**
 * Sessions of the console, each standing for an API key, so that no page has to keep one. In memory only: a restart ends them all, and of
 * a token only its SHA-256 is kept. A session ends when nothing was asked in it for CONSOLE.idleMs, after CONSOLE.sessionMs at the latest,
 * when its person signs out, and with the very secret it was opened with, by rotation, revocation or time.
 */
import { createHash, randomBytes } from "node:crypto";
import type { Keys } from "../../engine/rights/keys.js";
import type { Principal } from "../../engine/rights/principal.js";
import { fail, ok, type Result } from "../../schemas/errors.js";
import { CONSOLE } from "../../schemas/limits.js";

export interface OpenSession {
  readonly principal: Principal;
  /** By which its end is told: the hash of its token. */
  readonly session: string;
  /** How long it goes on at the longest, and without a request. */
  readonly leftMs: number;
  readonly idleLeftMs: number;
}

interface Kept {
  readonly keyId: string;
  readonly credential: string;
  readonly openedAtMs: number;
  usedAtMs: number;
}

export class ConsoleSessions {
  /** Since the process started. */
  readonly counts = { opened: 0, refused: 0, foreign: 0 };
  /** By the hash of the token, those used last at the end. */
  readonly #kept = new Map<string, Kept>();
  #told: (session: string) => void = () => {};
  readonly #keys: Pick<Keys, "verify" | "verifyAgain">;
  readonly #steadyMs: () => number;

  constructor(keys: Pick<Keys, "verify" | "verifyAgain">, steadyMs: () => number) {
    this.#keys = keys;
    this.#steadyMs = steadyMs;
  }

  get size(): number {
    return this.#kept.size;
  }

  onEnded(told: (session: string) => void): void {
    this.#told = told;
  }

  refused(): void {
    this.counts.foreign++;
  }

  /** The token is told once. UNAUTHENTICATED for what is no key; BUSY. */
  open(key: string): Result<OpenSession & { readonly token: string }> {
    const verified = this.#keys.verify(key);
    if (!verified.ok) {
      this.counts.refused++;
      return fail("UNAUTHENTICATED", verified.problem.detail, "/key");
    }
    this.sweep();
    const { keyId, credential } = verified.value;
    this.#makeRoomFor(keyId);
    if (this.#kept.size >= CONSOLE.sessions) return fail("BUSY", `At most ${CONSOLE.sessions} sessions`);
    const token = randomBytes(32).toString("base64url");
    const session = hashOf(token);
    const nowMs = this.#steadyMs();
    this.#kept.set(session, { keyId, credential, openedAtMs: nowMs, usedAtMs: nowMs });
    this.counts.opened++;
    return ok({ ...shown(verified.value, session, nowMs, nowMs), token });
  }

  /** The key for which this session stands, which goes on for CONSOLE.idleMs from now. UNAUTHENTICATED. */
  use(token: string): Result<Principal & { readonly session: string }> {
    const found = this.look(hashOf(token));
    if (!found.ok) return found;
    const { principal, session } = found.value;
    return ok({ ...principal, session });
  }

  /** Likewise, by its name. */
  look(session: string): Result<OpenSession> {
    const kept = this.#kept.get(session);
    if (kept === undefined) return ENDED;
    const nowMs = this.#steadyMs();
    const principal = nowMs < endOf(kept) ? this.#keys.verifyAgain(kept.credential) : ENDED;
    if (!principal.ok) {
      this.end(session);
      return ENDED;
    }
    kept.usedAtMs = nowMs;
    this.#kept.delete(session);
    this.#kept.set(session, kept);
    return ok(shown(principal.value, session, kept.openedAtMs, nowMs));
  }

  /** What was opened in it closes. */
  end(session: string): void {
    if (this.#kept.delete(session)) this.#told(session);
  }

  /** Ends those that are over, so that what was opened in them closes too. To be called about once a second. */
  sweep(): void {
    const nowMs = this.#steadyMs();
    for (const [session, kept] of this.#kept) if (nowMs >= endOf(kept)) this.end(session);
  }

  #makeRoomFor(keyId: string): void {
    const own = [...this.#kept].filter(([, kept]) => kept.keyId === keyId);
    const oldest = own[0];
    if (oldest !== undefined && own.length >= CONSOLE.sessionsPerKey) this.end(oldest[0]);
  }
}

const ENDED = fail("UNAUTHENTICATED", "The session has ended; sign in again", "Cookie");

function hashOf(token: string): string {
  return createHash("sha256").update(token).digest("hex");
}

function endOf({ usedAtMs, openedAtMs }: Kept): number {
  return Math.min(usedAtMs + CONSOLE.idleMs, openedAtMs + CONSOLE.sessionMs);
}

function shown(principal: Principal, session: string, openedAtMs: number, nowMs: number): OpenSession {
  const leftMs = openedAtMs + CONSOLE.sessionMs - nowMs;
  return { principal, session, leftMs, idleLeftMs: Math.min(leftMs, CONSOLE.idleMs) };
}
