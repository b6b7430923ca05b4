/**
 * The way in: challenges that are answered by a code, and the sessions that come of it.
 *
 * Promises that no answer, and no time that it or the next one takes, tells whether somebody takes part under a contact, to who
 * can't read what is sent there: the same bounds, the same work and the same words, whoever it is, and what depends on it is
 * done later, at a pace of its own (codes.ts).
 */

import type { CodeAnswer, CodeSent } from "../../schemas/api/self.js";
import { fail, ok, type Problem, type Result } from "../../schemas/errors.js";
import { SELF } from "../../schemas/limits.js";
import type { Clock } from "../clock/clock.js";
import type { Proposals } from "../proposals/proposals.js";
import type { CodeChannel } from "./code-channel.js";
import { type Challenge, Challenges, type Purpose, type Strength } from "./codes/challenges.js";
import { Codes } from "./codes/codes.js";
import { Conversion, type Converted } from "./codes/conversion.js";
import { countryOf, type Destinations } from "./codes/destinations.js";
import { Gate } from "./codes/gate.js";
import { tooMany } from "./codes/quota.js";
import { type Contact, contactText, contactValue } from "./contact.js";
import type { SelfRegistry } from "./ports.js";
import { CRYPTO_RANDOM, type RandomSource, Secrets } from "./secrets.js";
import { Sessions } from "./sessions.js";

export const CODE_WRONG = fail("CODE_WRONG", "The code is wrong, was used, or is too old; ask for a new one");

const USUAL: Strength = { digits: SELF.codeDigits, attempts: SELF.attempts };
const GUESSED_AT: Strength = { digits: SELF.guessedDigits, attempts: SELF.guessedAttempts };

export interface EntranceParts extends Clock {
  readonly registry: SelfRegistry;
  readonly channels: Readonly<Record<Contact["kind"], CodeChannel>>;
  readonly destinations: Destinations;
  readonly proposals: Proposals;
  readonly random?: RandomSource;
  /** A part of the registry can't be read. */
  readonly onProblem: (problem: Problem) => void;
}

/** Since the process started. Codes are counted as they are asked for: whether one was for somebody shows nowhere. */
export interface CodeCounts {
  readonly asked: number;
  /** No channel took them. */
  readonly notSent: number;
  /** Too many from there, or to there. */
  readonly refused: number;
  readonly right: number;
  readonly wrong: number;
}

export class Entrance {
  readonly sessions: Sessions;
  readonly #counts = { asked: 0, notSent: 0, refused: 0, right: 0, wrong: 0 };
  readonly #gate: Gate;
  readonly #challenges: Challenges;
  readonly #codes: Codes;
  readonly #conversion = new Conversion();
  readonly #parts: EntranceParts;

  constructor(parts: EntranceParts) {
    this.#parts = parts;
    const random = parts.random ?? CRYPTO_RANDOM;
    const secrets = new Secrets(random);
    const { registry, channels, onProblem } = parts;
    this.sessions = new Sessions(secrets);
    this.#gate = new Gate(secrets);
    this.#challenges = new Challenges(secrets);
    this.#codes = new Codes({
      ...{ registry, channels, onProblem },
      draw: (limit) => random.int(limit),
      expecting: (contact) => parts.proposals.openFor(contact.kind, contactValue(contact))?.participant,
      mayReach: (contact) => this.#mayReach(contact),
      onNobody: ({ opened }) => this.#challenges.endForNobody(opened.id),
    });
  }

  get codes(): CodeCounts {
    return { ...this.#counts };
  }

  /** By country, how many of the codes to new numbers were used. */
  get converted(): Converted[] {
    return this.#conversion.all(this.#parts.steadyMs());
  }

  /** Asks for a code to this contact. `client`: the address that asks, always written in the same way. */
  challenge(contact: Contact, purpose: Purpose, client: string): Result<CodeSent> {
    const steadyMs = this.#parts.steadyMs();
    const isClean = this.#gate.isClean(client, steadyMs);
    const ready = this.#codes.ready(contact, purpose, isClean);
    if (!ready.ok) {
      this.#counts.notSent++;
      return ready;
    }
    const taken = this.#take(contact, purpose, client, steadyMs);
    if (!taken.ok) {
      this.#counts.refused++;
      return taken;
    }
    const strength = this.#gate.isGuessedAt(steadyMs) ? GUESSED_AT : USUAL;
    const opened = this.#challenges.open(contact, purpose, steadyMs, strength);
    if (!opened.ok) return opened;
    this.#counts.asked++;
    const expiresAtMs = this.#parts.now() + opened.value.expiresAtMs - steadyMs;
    this.#codes.send({ contact, purpose, opened: { ...opened.value, expiresAtMs } }, isClean);
    return ok({ challenge: opened.value.id, expiresAt: new Date(expiresAtMs).toISOString() });
  }

  /** What the code was asked for, once. One that was asked for another purpose is a wrong one. */
  answer({ challenge: id, code }: CodeAnswer, client: string, purposes: readonly Purpose["kind"][]): Result<Challenge> {
    const steadyMs = this.#parts.steadyMs();
    const may = this.#gate.mayTry(client, steadyMs);
    if (!may.ok) return may;
    const isGuess = this.#challenges.isOpen(id, steadyMs);
    const challenge = this.#challenges.answer(id, code, steadyMs);
    if (challenge !== undefined && purposes.includes(challenge.purpose.kind)) {
      this.#counts.right++;
      this.#countNew(challenge.contact, challenge.purpose, "used", steadyMs);
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
      "participant" in purpose ? purpose.participant === participant : theirs.has(contactText(contact)),
    );
    this.sessions.endAll(participant);
  }

  /** To be called every SELF.paceMs: codes that were asked for go on their way. */
  beat(): void {
    this.#codes.beat(this.#parts.now());
  }

  /** To be called now and then: what is over is forgotten. */
  sweep(): void {
    const steadyMs = this.#parts.steadyMs();
    this.#gate.sweep(steadyMs);
    this.#challenges.sweep(steadyMs);
    this.sessions.sweep(steadyMs);
    this.#parts.destinations.sweep(steadyMs);
  }

  /** A code to enter by costs something only where it is for somebody, which nobody is told; any other does in any case. */
  #take(contact: Contact, purpose: Purpose, client: string, steadyMs: number): Result<void> {
    const number = isToNew(purpose) && contact.kind === "number" ? contact.number : undefined;
    const budget = this.#parts.destinations.toNew;
    const waitMs = number === undefined ? 0 : budget.waitMs(number, steadyMs);
    if (waitMs > 0) return tooMany("Too many codes were asked for to numbers like this one", waitMs);
    const taken = this.#gate.takeCode(contact, client, steadyMs);
    if (!taken.ok) return taken;
    if (number !== undefined) budget.take(number, steadyMs);
    this.#countNew(contact, purpose, "sent", steadyMs);
    return taken;
  }

  #mayReach(contact: Contact): boolean {
    if (contact.kind === "mail") return true;
    const steadyMs = this.#parts.steadyMs();
    const budget = this.#parts.destinations.toParticipants;
    if (budget.waitMs(contact.number, steadyMs) > 0) return false;
    budget.take(contact.number, steadyMs);
    return true;
  }

  #countNew(contact: Contact, purpose: Purpose, what: "sent" | "used", steadyMs: number): void {
    if (!isToNew(purpose) || contact.kind !== "number") return;
    this.#conversion.count(countryOf(contact.number), what, steadyMs);
  }
}

/** Whether the code goes to a contact that need not be a participant's. */
function isToNew({ kind }: Purpose): boolean {
  return kind === "join" || kind === "contact";
}
