/**
 * Sessions of participants who have entered by a code. In memory only, so that a restart ends them all, and of a token only
 * its SHA-256. A session ends when nothing was done in it for SELF.sessionIdleMs, after SELF.sessionMs at the latest, by its
 * participant, or with them; and it counts no more (own-record.ts) once the contact that it stands on is not theirs any longer.
 *
 * What would take the account away from its owner takes a fresh code beside the session: an approval of that one act, which
 * counts once and for a few minutes. So whoever has got hold of a token has no more than that.
 */
import { createHash } from "node:crypto";
import { fail, ok, type Result } from "../../schemas/errors.js";
import { SELF } from "../../schemas/limits.js";
import type { ApprovedAct } from "../../schemas/words.js";
import type { Contact } from "./contact.js";
import { hashToken, type Secrets } from "./secrets.js";

/** Who asks, for as long as one request takes. */
export interface Session {
  /** Of the token. */
  readonly hash: string;
  readonly participant: number;
  /** By what they proved who they are. */
  readonly contact: Contact;
  readonly expiresAtMs: number;
}

/** As its participant sees it; times in steady milliseconds. */
export interface ShownSession extends Session {
  readonly name: string;
  readonly openedAtMs: number;
  readonly usedAtMs: number;
}

interface Kept {
  readonly participant: number;
  contact: Contact;
  readonly openedAtMs: number;
  usedAtMs: number;
  readonly approved: Map<ApprovedAct, { readonly by: Contact["kind"]; readonly untilMs: number }>;
}

export class Sessions {
  /** By hash, those used last at the end. */
  readonly #kept = new Map<string, Kept>();
  /** Hashes of each participant, the oldest session first. */
  readonly #of = new Map<number, string[]>();
  readonly #secrets: Secrets;

  constructor(secrets: Secrets) {
    this.#secrets = secrets;
  }

  get size(): number {
    return this.#kept.size;
  }

  /** The token is told once and not kept. */
  open(participant: number, contact: Contact, steadyMs: number): Result<{ token: string; session: Session }> {
    this.sweep(steadyMs);
    const hashes = this.#of.get(participant) ?? [];
    if (hashes.length >= SELF.sessionsPerParticipant) this.end(hashes[0]!);
    if (this.#kept.size >= SELF.sessions) return fail("BUSY", "Too many sessions are open");
    const token = this.#secrets.token();
    const hash = hashToken(token);
    const kept: Kept = { participant, contact, openedAtMs: steadyMs, usedAtMs: steadyMs, approved: new Map() };
    this.#kept.set(hash, kept);
    this.#of.set(participant, [...(this.#of.get(participant) ?? []), hash]);
    return ok({ token, session: show(hash, kept) });
  }

  /** The session of this token, which goes on for SELF.sessionIdleMs from now. */
  use(token: string, steadyMs: number): Session | undefined {
    const hash = hashToken(token);
    const kept = this.#kept.get(hash);
    if (kept === undefined) return undefined;
    if (steadyMs >= expiry(kept)) {
      this.end(hash);
      return undefined;
    }
    kept.usedAtMs = steadyMs;
    this.#kept.delete(hash);
    this.#kept.set(hash, kept);
    return show(hash, kept);
  }

  /** Those of a participant that count, the oldest first. */
  list(participant: number, steadyMs: number): ShownSession[] {
    return (this.#of.get(participant) ?? []).flatMap((hash) => {
      const kept = this.#kept.get(hash)!;
      if (steadyMs >= expiry(kept)) return [];
      return [{ ...show(hash, kept), name: nameOf(hash), openedAtMs: kept.openedAtMs, usedAtMs: kept.usedAtMs }];
    });
  }

  /** A fresh code to this contact of theirs came back in the session. */
  approve(hash: string, act: ApprovedAct, by: Contact["kind"], untilMs: number): void {
    this.#kept.get(hash)?.approved.set(act, { by, untilMs });
  }

  /** By which contact the act was approved, once; undefined where it was not. */
  takeApproval(hash: string, act: ApprovedAct, steadyMs: number): Contact["kind"] | undefined {
    const approved = this.#kept.get(hash)?.approved;
    const approval = approved?.get(act);
    approved?.delete(act);
    return approval !== undefined && steadyMs < approval.untilMs ? approval.by : undefined;
  }

  /** Lets it stand on another contact of its participant's, and ends all others of theirs. */
  keepOnly(hash: string, participant: number, contact: Contact): void {
    const kept = this.#kept.get(hash);
    if (kept !== undefined) kept.contact = contact;
    this.endAll(participant, hash);
  }

  end(hash: string): void {
    const kept = this.#kept.get(hash);
    if (kept === undefined) return;
    this.#kept.delete(hash);
    const left = this.#of.get(kept.participant)!.filter((each) => each !== hash);
    if (left.length > 0) this.#of.set(kept.participant, left);
    else this.#of.delete(kept.participant);
  }

  /** Ends all of a participant's, but one where it is given. */
  endAll(participant: number, except?: string): void {
    for (const hash of this.#of.get(participant) ?? []) if (hash !== except) this.end(hash);
  }

  /** Those that ran out of use come first; one that only reached its end is found when it is used. */
  sweep(steadyMs: number): void {
    for (const [hash, kept] of this.#kept) {
      if (steadyMs < kept.usedAtMs + SELF.sessionIdleMs) return;
      this.end(hash);
    }
  }
}

function expiry({ usedAtMs, openedAtMs }: Kept): number {
  return Math.min(usedAtMs + SELF.sessionIdleMs, openedAtMs + SELF.sessionMs);
}

function show(hash: string, kept: Kept): Session {
  return { hash, participant: kept.participant, contact: kept.contact, expiresAtMs: expiry(kept) };
}

/** Tells sessions apart and opens none. */
function nameOf(hash: string): string {
  return createHash("sha256").update(hash).digest("base64url").slice(0, 16);
}
