/**
 * Brings codes on their way, at a set pace and apart from the answers to those who asked. Whether somebody takes part under a
 * contact is looked up here and nowhere before; and a code that is for nobody costs the same work as one that is for somebody:
 * a look into the registry, a text, and a message that goes as far as it can without being sent. So neither an answer nor any
 * after it tells who takes part, by what it says or by when it comes.
 *
 * Bounded, and what strangers send in great numbers does not hold up participants: requests from clean networks are looked up
 * in turn with all others, and in every other beat a participant goes first.
 */
import { fail, ok, type Problem, type Result } from "../../../schemas/errors.js";
import { SELF } from "../../../schemas/limits.js";
import type { CodeChannel } from "../code-channel.js";
import { type Contact, holdersOf } from "../contact.js";
import type { SelfRegistry } from "../ports.js";
import type { OpenedChallenge, Purpose } from "./challenges.js";
import { codeText } from "./texts.js";

export interface Asked {
  readonly contact: Contact;
  readonly purpose: Purpose;
  readonly opened: OpenedChallenge;
}

/** An index into LANGUAGES beside it. */
type Found = Asked & { readonly language: number };

export interface CodesParts {
  readonly registry: SelfRegistry;
  readonly channels: Readonly<Record<Contact["kind"], CodeChannel>>;
  /** A whole number from 0 to below `limit`. */
  draw(limit: number): number;
  /** Who would have this contact by a proposal, while nobody has it. */
  expecting(contact: Contact): number | undefined;
  /** Whether a code may go to this contact of a participant now; takes it from what may. */
  mayReach(contact: Contact): boolean;
  /** The code is for nobody, so no answer to it can be right. */
  onNobody(asked: Asked): void;
  /** A part of the registry can't be read. */
  onProblem(problem: Problem): void;
}

export class Codes {
  /** To be looked up. */
  readonly #asked = { clean: [] as Asked[], common: [] as Asked[] };
  /** To be sent; the last are for nobody. */
  readonly #found = { participants: [] as Found[], newcomers: [] as Found[], nobody: [] as Found[] };
  /** From clean networks and others, those who wait for a look or a beat and surely get a code. */
  #newcomers = 0;
  #turn = 0;
  readonly #parts: CodesParts;

  constructor(parts: CodesParts) {
    this.#parts = parts;
  }

  /** CODE_NOT_SENT when no code to a contact of this kind can be sent now, whosever it is. */
  ready({ kind }: Contact, { kind: purpose }: Purpose, isClean: boolean): Result<void> {
    const hasRoom = this.#queueOf(isClean).length < SELF.waitingLooks;
    const hasBeats = purpose === "enter" || this.#newcomers < SELF.waitingBeats;
    if (hasRoom && hasBeats && this.#parts.channels[kind].takes) return ok(undefined);
    return fail("CODE_NOT_SENT", `No code can be sent by ${kind === "number" ? "SMS" : "mail"} now`);
  }

  /** Returns at once. */
  send(asked: Asked, isClean: boolean): void {
    if (asked.purpose.kind !== "enter") this.#newcomers++;
    this.#queueOf(isClean).push(asked);
  }

  /** To be called every SELF.paceMs. */
  beat(nowMs: number): void {
    const { clean, common } = this.#asked;
    for (let look = 0; look < SELF.looksPerBeat; look++) {
      const [first, second] = look % 2 === 0 ? [clean, common] : [common, clean];
      const asked = first.shift() ?? second.shift();
      if (asked !== undefined) this.#look(asked);
    }
    this.#turn = 1 - this.#turn;
    const { participants, newcomers, nobody } = this.#found;
    const order = this.#turn === 0 ? [participants, newcomers, nobody] : [newcomers, participants, nobody];
    for (const lane of order) if (this.#sendFirst(lane, nowMs, lane === nobody)) return;
  }

  #queueOf(isClean: boolean): Asked[] {
    return isClean ? this.#asked.clean : this.#asked.common;
  }

  /** Reads somebody in any case: where nobody has the contact, whoever it happens to be. */
  #look(asked: Asked): void {
    const { registry, draw } = this.#parts;
    const { contact, purpose } = asked;
    const expecting = this.#parts.expecting(contact);
    const [holder = expecting] = holdersOf(contact, registry);
    const isTheirs = purpose.kind === "contact" || purpose.kind === "approve";
    const participant = isTheirs ? purpose.participant : holder;
    const stored = registry.get(participant ?? draw(Math.max(1, registry.rows)));
    if (!stored.ok) this.#parts.onProblem(stored.problem);
    const language = stored.ok ? (stored.value?.language ?? 0) : 0;
    if (purpose.kind !== "enter") {
      const isNew = purpose.kind === "join" && participant === undefined;
      this.#found.newcomers.push({ ...asked, language: isNew ? purpose.draft.language : language });
    } else if (participant !== undefined && this.#parts.mayReach(contact)) {
      putBounded(this.#found.participants, { ...asked, language });
    } else {
      if (participant === undefined) this.#parts.onNobody(asked);
      putBounded(this.#found.nobody, { ...asked, language });
    }
  }

  /** The first that counts still, if its channel takes it now; false if there is none. */
  #sendFirst(lane: Found[], nowMs: number, isPretence: boolean): boolean {
    while (lane.length > 0 && lane[0]!.opened.expiresAtMs <= nowMs) this.#leave(lane);
    const first = lane[0];
    if (first === undefined) return false;
    const { contact, opened, language } = first;
    const channel = this.#parts.channels[contact.kind];
    if (!channel.takes) return false;
    this.#leave(lane);
    channel.send({ contact, expiresAtMs: opened.expiresAtMs, ...codeText(opened.code, language) }, isPretence);
    return true;
  }

  #leave(lane: Found[]): void {
    if (lane.shift()!.purpose.kind !== "enter") this.#newcomers--;
  }
}

/** What waited longest goes where there is no room: its code would come late. */
function putBounded(lane: Found[], found: Found): void {
  if (lane.length >= SELF.waitingBeats) lane.shift();
  lane.push(found);
}
