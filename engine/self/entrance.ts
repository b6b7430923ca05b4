/**
 * The way in: challenges that are answered by a code, and the sessions that come of it.
 *
 * Promises that no answer, and no time that it takes, tells whether somebody takes part under a contact, to who can't read
 * what is sent there: the same bounds, the same work and the same words, whoever it is.
 */
import { fail, ok, type Problem, type Result } from "../../schemas/errors.js";
import type { CodeAnswer, CodeSent } from "../../schemas/self.js";
import { type Challenge, Challenges, type Purpose } from "./challenges.js";
import { Codes } from "./codes.js";
import { type Contact, contactText } from "./contact.js";
import type { CodeChannel, SelfRegistry } from "./faces.js";
import { Gate } from "./gate.js";
import { CRYPTO_RANDOM, type RandomSource, Secrets } from "./secrets.js";
import { Sessions } from "./sessions.js";

export const CODE_WRONG = fail("CODE_WRONG", "The code is wrong, was used, or is too old; ask for a new one");

export interface EntranceParts {
  readonly registry: SelfRegistry;
  readonly channels: Readonly<Record<Contact["kind"], CodeChannel>>;
  readonly now: () => number;
  readonly random?: RandomSource;
  /** A part of the registry can't be read. */
  readonly onProblem: (problem: Problem) => void;
}

export class Entrance {
  readonly sessions: Sessions;
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

  /** Asks for a code to this contact. `client`: the address that asks, always written in the same way. */
  challenge(contact: Contact, purpose: Purpose, client: string): Result<CodeSent> {
    const nowMs = this.parts.now();
    const ready = this.#codes.ready(contact);
    if (!ready.ok) return ready;
    const taken = this.#gate.takeCode(contact, client, nowMs);
    if (!taken.ok) return taken;
    const opened = this.#challenges.open(contact, purpose, nowMs);
    if (!opened.ok) return opened;
    this.#codes.send(contact, purpose, opened.value);
    return ok({ challenge: opened.value.id, expiresAt: new Date(opened.value.expiresAtMs).toISOString() });
  }

  /** What the code was asked for, once. One that was asked for another purpose is a wrong one. */
  answer({ challenge: id, code }: CodeAnswer, client: string, purposes: readonly Purpose["kind"][]): Result<Challenge> {
    const nowMs = this.parts.now();
    const may = this.#gate.mayTry(client, nowMs);
    if (!may.ok) return may;
    const isGuess = this.#challenges.isOpen(id, nowMs);
    const challenge = this.#challenges.answer(id, code, nowMs);
    if (challenge !== undefined && purposes.includes(challenge.purpose.kind)) return ok(challenge);
    this.#gate.wrongCode(client, isGuess, nowMs);
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
    const nowMs = this.parts.now();
    this.#gate.sweep(nowMs);
    this.#challenges.sweep(nowMs);
    this.sessions.sweep(nowMs);
  }
}
