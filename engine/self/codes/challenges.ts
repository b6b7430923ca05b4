/**
 * Codes that were asked for and count still: in memory only, so that none survives the process, and of a code only its
 * HMAC. A challenge gets its answer by one right code, or ends by its last wrong one, or by its time.
 *
 * There is a challenge for a number that nobody has as well, made by the same work; its code is sent to nobody, and no answer to it
 * is right once that is known. Guesses at it go on counting like those at any other: how many were counted shows in how long
 * codes are. To answer takes the same work whether or not there is a challenge.
 */
import { fail, ok, type Result } from "../../../schemas/errors.js";
import { SELF } from "../../../schemas/limits.js";
import type { ApprovedAct } from "../../../schemas/words.js";
import type { Participant } from "../../registry/record/participant.js";
import type { Contact } from "../contact.js";
import type { Secrets } from "../secrets.js";
import { putLast } from "./quota.js";

/** What the right code brings about. */
export type Purpose =
  | { readonly kind: "enter" }
  | { readonly kind: "join"; readonly draft: Participant }
  /** The contact becomes this participant's. */
  | { readonly kind: "contact"; readonly participant: number }
  /** The session of this hash may do this, once. */
  | { readonly kind: "approve"; readonly participant: number; readonly hash: string; readonly act: ApprovedAct };

export interface Challenge {
  readonly purpose: Purpose;
  readonly contact: Contact;
}

export interface OpenedChallenge {
  readonly id: string;
  readonly code: string;
  readonly expiresAtMs: number;
}

/** How hard a code is to guess. */
export interface Strength {
  readonly digits: number;
  readonly attempts: number;
}

interface Guessable {
  readonly expiresAtMs: number;
  attemptsLeft: number;
}

interface Kept extends Challenge, Guessable {
  readonly mac: Buffer;
}

const NO_CODE = Buffer.alloc(32);

export class Challenges {
  /** By id, the first to expire first. */
  readonly #open = new Map<string, Kept>();
  /** Those for nobody, about in that order; the oldest goes where there are too many. */
  readonly #forNobody = new Map<string, Guessable>();
  readonly #secrets: Secrets;

  constructor(secrets: Secrets) {
    this.#secrets = secrets;
  }

  get size(): number {
    return this.#open.size;
  }

  open(contact: Contact, purpose: Purpose, steadyMs: number, { digits, attempts }: Strength): Result<OpenedChallenge> {
    this.sweep(steadyMs);
    if (this.#open.size >= SELF.challenges) return fail("BUSY", "Too many codes are waiting for an answer");
    const id = this.#secrets.challengeId();
    const code = this.#secrets.code(digits);
    const expiresAtMs = steadyMs + SELF.codeMs;
    const mac = this.#secrets.codeMac(id, code);
    this.#open.set(id, { purpose, contact, mac, expiresAtMs, attemptsLeft: attempts });
    return ok({ id, code, expiresAtMs });
  }

  /** Whether an answer is still waited for. */
  isOpen(id: string, steadyMs: number): boolean {
    this.sweep(steadyMs);
    return this.#guessable(id, steadyMs) !== undefined;
  }

  /** What the code was asked for, once; undefined for a code that is wrong, was used, or is too old. */
  answer(id: string, code: string, steadyMs: number): Challenge | undefined {
    this.sweep(steadyMs);
    const kept = this.#open.get(id);
    const isRight = this.#secrets.isCode(id, code, kept?.mac ?? NO_CODE);
    const guessed = this.#guessable(id, steadyMs);
    if (guessed !== undefined && --guessed.attemptsLeft <= 0) this.#forget(id);
    if (kept === undefined || !isRight) return undefined;
    this.#forget(id);
    return kept;
  }

  /** No answer to it can be right. */
  endForNobody(id: string): void {
    const kept = this.#open.get(id);
    if (kept === undefined) return;
    this.#open.delete(id);
    const { expiresAtMs, attemptsLeft } = kept;
    putLast(this.#forNobody, id, { expiresAtMs, attemptsLeft }, SELF.challenges);
  }

  #guessable(id: string, steadyMs: number): Guessable | undefined {
    const found = this.#open.get(id) ?? this.#forNobody.get(id);
    return found !== undefined && steadyMs < found.expiresAtMs ? found : undefined;
  }

  #forget(id: string): void {
    this.#open.delete(id);
    this.#forNobody.delete(id);
  }

  /** Ends those of which `which` says so. */
  end(which: (challenge: Challenge) => boolean): void {
    for (const [id, kept] of this.#open) if (which(kept)) this.#open.delete(id);
  }

  sweep(steadyMs: number): void {
    for (const kept of [this.#open, this.#forNobody]) {
      for (const [id, { expiresAtMs }] of kept) {
        if (steadyMs < expiresAtMs) break;
        kept.delete(id);
      }
    }
  }
}
