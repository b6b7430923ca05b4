/**
 * The way in: challenges that are answered by a code, and the sessions that come of it.
 *
 * Promises that no answer, and no time that it takes, tells whether somebody takes part under a contact, to who can't read
 * what is sent there: the same bounds, the same work and the same words, whoever it is.
 */

import type { CodeAnswer, CodeSent } from "../../schemas/api/self.js";
import { fail, ok, type Problem, type Result } from "../../schemas/errors.js";
import type { Clock } from "../clock/clock.js";
import { type Challenge, Challenges, type Purpose } from "./challenges.js";
import type { CodeChannel } from "./code-channel.js";
import { Codes } from "./codes.js";
import { type Contact, contactText } from "./contact.js";
import type { SelfRegistry } from "./faces.js";
import { Gate } from "./gate.js";
import { CRYPTO_RANDOM, type RandomSource, Secrets } from "./secrets.js";
import { Sessions } from "./sessions.js";

export const CODE_WRONG = fail("CODE_WRONG", "The code is wrong, was used, or is too old; ask for a new one");

export interface EntranceParts extends Clock {
  readonly registry: SelfRegistry;
  readonly channels: Readonly<Record<Contact["kind"], CodeChannel>>;
  readonly random?: RandomSource;
  /** A part of the registry can't be read. */
  readonly onProblem: (problem: Problem) => void;
}

/** Since the process started. Codes are counted as they are asked for: whether one was for somebody shows nowhere. */
export interface CodeCounts {
  readonly asked: number;
  /** No channel took them. */
  readonly notSent: number;
  readonly right: number;
  readonly wrong: number;
}

export class Entrance {
  readonly sessions: Sessions;
  readonly #counts = { asked: 0, notSent: 0, right: 0, wrong: 0 };
  readonly #gate: Gate;
  readonly #challenges: Challenges;
  readonly #codes: Codes;

  constructor(private readonly parts: EntranceParts) {
    const secrets = new Secrets(parts.random ?? CRYPTO_RANDOM);
    this.sessions = new Sessions(secrets);
    this.#gate = new Gate(secrets);
    this.#challenges = new Challenges(secrets);
    this.#codes = new Codes(parts.registry, parts.channels, parts.onProblem);
  }

  get codes(): CodeCounts {
    return { ...this.#counts };
  }

  /** Asks for a code to this contact. `client`: the address that asks, always written in the same way. */
  challenge(contact: Contact, purpose: Purpose, client: string): Result<CodeSent> {
    const steadyMs = this.parts.steadyMs();
    const ready = this.#codes.ready(contact);
    if (!ready.ok) {
      this.#counts.notSent++;
      return ready;
    }
    const taken = this.#gate.takeCode(contact, client, steadyMs);
    if (!taken.ok) return taken;
    const opened = this.#challenges.open(contact, purpose, steadyMs);
    if (!opened.ok) return opened;
    this.#counts.asked++;
    const expiresAtMs = this.parts.now() + opened.value.expiresAtMs - steadyMs;
    this.#codes.send(contact, purpose, { ...opened.value, expiresAtMs });
    return ok({ challenge: opened.value.id, expiresAt: new Date(expiresAtMs).toISOString() });
  }

  /** What the code was asked for, once. One that was asked for another purpose is a wrong one. */
  answer({ challenge: id, code }: CodeAnswer, client: string, purposes: readonly Purpose["kind"][]): Result<Challenge> {
    const steadyMs = this.parts.steadyMs();
    const may = this.#gate.mayTry(client, steadyMs);
    if (!may.ok) return may;
    const isGuess = this.#challenges.isOpen(id, steadyMs);
    const challenge = this.#challenges.answer(id, code, steadyMs);
    if (challenge !== undefined && purposes.includes(challenge.purpose.kind)) {
      this.#counts.right++;
      return ok(challenge);
    }
    this.#counts.wrong++;
    this.#gate.wrongCode(client, isGuess, steadyMs);
    return CODE_WRONG;
  }

  /** Ends what was asked for by a participant who is gone, or under their contacts. */
  forget(participant: number, contacts: readonly Contact[]): void {
    const theirs = new Set(contacts.map(contactText));
    this.#challenges.end(({ contact, purpose }) =>
      purpose.kind === "contact" ? purpose.participant === participant : theirs.has(contactText(contact)),
    );
    this.sessions.endAll(participant);
  }

  /** To be called now and then: what is over is forgotten. */
  sweep(): void {
    const steadyMs = this.parts.steadyMs();
    this.#gate.sweep(steadyMs);
    this.#challenges.sweep(steadyMs);
    this.sessions.sweep(steadyMs);
  }
}
