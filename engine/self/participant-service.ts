/**
 * Self-service: joining, entering by a code, and all that a participant may do with what is stored of them. The face towards
 * the API; who the participant is comes from the session and from nothing else.
 *
 * Promises that nobody is stored before their code came back, and that what is answered as done is durable.
 */

import type { ParticipantChange, ParticipantView } from "../../schemas/api/participant.js";
import type {
  CodeAnswer,
  CodeSent,
  ContactInput,
  JoinRequest,
  SelfExport,
  SelfSession,
} from "../../schemas/api/self.js";
import { fail, ok, type Result } from "../../schemas/errors.js";
import { SELF } from "../../schemas/limits.js";
import { PARTICIPANT_STATUSES } from "../../schemas/words.js";
import { readNumber, readSoughtNumber } from "../registry/phone-number.js";
import type { Participant } from "../registry/record/participant.js";
import { applyChange, toView } from "../registry/record/profile.js";
import type { Places } from "../registry/record/wishes.js";
import type { Challenge } from "./codes/challenges.js";
import type { Converted } from "./codes/conversion.js";
import { Quota, tooMany } from "./codes/quota.js";
import { type Contact, contactOf, hasContact, holdersOf, withContact, withoutContact } from "./contact.js";
import { CODE_WRONG, type CodeCounts, Entrance, type EntranceParts } from "./entrance.js";
import { draftOf } from "./joining.js";
import type { PhonePositions } from "./ports.js";
import type { Session } from "./sessions.js";

const UNCONFIRMED = PARTICIPANT_STATUSES.indexOf("unconfirmed");
const ACTIVE = PARTICIPANT_STATUSES.indexOf("active");

/** What is switched off stays so through every change but the person's own. */
const BY_THEMSELVES = { byThemselves: true } as const;
const ENDED = fail("SESSION_ENDED", "Enter by a code");

/** What is kept about people without their names on it; part of every export. */
const ALSO_STORED = [
  "Replies to actions are stored without their sender, so they can't be found by who sent them.",
  "The ledger of an action names those who were asked by their participant number alone, with what became of the message.",
  "Codes, sessions and requests to join are in memory only, for as long as they count.",
];

export interface SelfParts extends EntranceParts {
  readonly places: Places;
  readonly positions: PhonePositions;
}

export class ParticipantService {
  readonly #entrance: Entrance;
  readonly #wishes = new Quota(SELF.wishesPerParticipant, SELF.wishers);
  readonly #parts: SelfParts;

  constructor(parts: SelfParts) {
    this.#parts = parts;
    this.#entrance = new Entrance(parts);
  }

  /** Codes since the process started. */
  get codes(): CodeCounts {
    return this.#entrance.codes;
  }

  /** By country, how many of the codes to new numbers were used. */
  get converted(): Converted[] {
    return this.#entrance.converted;
  }

  join(request: JoinRequest, client: string): Result<CodeSent> {
    const contact = this.#contactOf(request, readNumber);
    if (!contact.ok) return contact;
    const draft = draftOf(request, contact.value, this.#parts.places, this.#parts.now());
    if (!draft.ok) return draft;
    return this.#entrance.challenge(contact.value, { kind: "join", draft: draft.value }, client);
  }

  requestCode(input: ContactInput, client: string): Result<CodeSent> {
    const contact = this.#contactOf(input, readSoughtNumber);
    return contact.ok ? this.#entrance.challenge(contact.value, { kind: "enter" }, client) : contact;
  }

  /** Opens a session by a code. Who asked to join is a participant from here on; who has the contact already stays as they are. */
  async enter(answer: CodeAnswer, client: string): Promise<Result<SelfSession>> {
    const answered = this.#entrance.answer(answer, client, ["enter", "join"]);
    if (!answered.ok) return answered;
    const [holder] = holdersOf(answered.value.contact, this.#parts.registry);
    const entered = holder === undefined ? this.#admit(answered.value) : this.#recognise(holder);
    if (!entered.ok) return entered;
    const settled = await this.#parts.registry.settled();
    return settled.ok ? this.#open(entered.value, answered.value.contact) : settled;
  }

  /** Who asks by this token; the session goes on from here. */
  use(token: string): Session | undefined {
    return this.#entrance.sessions.use(token, this.#parts.steadyMs());
  }

  leave({ hash }: Session): void {
    this.#entrance.sessions.end(hash);
  }

  view(session: Session): Result<ParticipantView> {
    const stored = this.#stored(session);
    return stored.ok ? ok(this.#show(session.participant, stored.value)) : stored;
  }

  async change(session: Session, change: ParticipantChange): Promise<Result<ParticipantView>> {
    const stored = this.#stored(session);
    if (!stored.ok) return stored;
    const applied = applyChange(stored.value, change, this.#parts.places, this.#parts.now());
    if (!applied.ok) return applied;
    const allowed = this.#mayWish(session.participant, change);
    return allowed.ok ? this.#put(session, applied.value) : allowed;
  }

  /** Only wishes are counted: who wants to be left alone is, however often they ask for it. */
  #mayWish(participant: number, { locations, phone }: ParticipantChange): Result<void> {
    if (!locations && !phone) return ok(undefined);
    const steadyMs = this.#parts.steadyMs();
    const waitMs = this.#wishes.waitMs(String(participant), steadyMs);
    if (waitMs > 0) return tooMany("Too many changes of wishes", waitMs);
    this.#wishes.take(String(participant), steadyMs);
    return ok(undefined);
  }

  /** A code to a number or mail address that shall be the participant's, or shall replace the one that they have. */
  requestContact(session: Session, input: ContactInput, client: string): Result<CodeSent> {
    const { participant } = session;
    const stored = this.#stored(session);
    if (!stored.ok) return stored;
    const contact = this.#contactOf(input, readNumber);
    return contact.ok ? this.#entrance.challenge(contact.value, { kind: "contact", participant }, client) : contact;
  }

  /** Makes the contact the participant's, and ends their other sessions: a telephone may have been lost. */
  async confirmContact(session: Session, answer: CodeAnswer, client: string): Promise<Result<ParticipantView>> {
    const answered = this.#entrance.answer(answer, client, ["contact"]);
    if (!answered.ok) return answered;
    const { contact, purpose } = answered.value;
    if (purpose.kind !== "contact" || purpose.participant !== session.participant) return CODE_WRONG;
    const stored = this.#stored(session);
    return stored.ok ? this.#put(session, withContact(stored.value, contact), contact) : stored;
  }

  /** Takes a contact away, and ends their other sessions, as long as another is left: who has none could never enter again. */
  async removeContact(session: Session, kind: Contact["kind"]): Promise<Result<ParticipantView>> {
    const stored = this.#stored(session);
    if (!stored.ok) return stored;
    const { number, mail } = stored.value;
    if (kind === "number" ? mail === "" : number === 0) {
      return fail("WRONG_STATE", "It is the only contact; give another one first, or leave altogether");
    }
    const left: Contact = kind === "number" ? { kind: "mail", mail } : { kind: "number", number };
    return this.#put(session, withoutContact(stored.value, kind), left);
  }

  async move(session: Session, position: readonly [number, number]): Promise<Result<void>> {
    const { participant } = session;
    const stored = this.#stored(session);
    if (!stored.ok) return stored;
    if (stored.value.phone === undefined) {
      return fail("WRONG_STATE", "Say first what you want to hear where your phone is");
    }
    return this.#parts.positions.move(participant, position, this.#parts.now());
  }

  async dropPosition(session: Session): Promise<Result<void>> {
    const stored = this.#stored(session);
    return stored.ok ? this.#parts.positions.drop(session.participant) : stored;
  }

  export(session: Session): Result<SelfExport> {
    const view = this.view(session);
    if (!view.ok) return view;
    const exportedAt = new Date(this.#parts.now()).toISOString();
    return ok({ exportedAt, participant: view.value, alsoStored: ALSO_STORED });
  }

  /** Nothing of the participant is left when this settles; no message says farewell. */
  async erase(session: Session): Promise<Result<void>> {
    const { participant } = session;
    const stored = this.#stored(session);
    if (!stored.ok) return stored;
    const erased = this.#parts.registry.erase(participant);
    if (!erased.ok) return erased;
    const { number, mail } = stored.value;
    this.#entrance.forget(participant, [
      { kind: "number", number },
      { kind: "mail", mail },
    ]);
    const [forgotten, purged] = await Promise.all([this.#parts.registry.settled(), this.#purge(participant)]);
    return forgotten.ok ? purged : forgotten;
  }

  #contactOf(input: ContactInput, read: typeof readNumber): Result<Contact> {
    return contactOf(input, read, (number) => this.#parts.destinations.check(number));
  }

  /** To be called every SELF.paceMs: codes that were asked for go on their way. */
  beat(): void {
    this.#entrance.beat();
  }

  /** To be called now and then. */
  sweep(): void {
    this.#entrance.sweep();
    this.#wishes.sweep(this.#parts.steadyMs());
  }

  async #purge(participant: number): Promise<Result<void>> {
    const dropped = await this.#parts.positions.drop(participant);
    return dropped.ok ? this.#parts.positions.purge() : dropped;
  }

  /** Nobody has the contact: who asked to join does now. A code to enter was sent to nobody, so that it was guessed. */
  #admit({ purpose }: Challenge): Result<number> {
    return purpose.kind === "join" ? this.#parts.registry.add(purpose.draft) : CODE_WRONG;
  }

  /** Who has it enters, as they are; who was not confirmed is now. */
  #recognise(participant: number): Result<number> {
    const stored = this.#parts.registry.get(participant);
    if (!stored.ok) return stored;
    if (stored.value?.status !== UNCONFIRMED) return ok(participant);
    const confirmed = this.#parts.registry.change(participant, (was) => ({ ...was, status: ACTIVE }), BY_THEMSELVES);
    return confirmed.ok ? ok(participant) : confirmed;
  }

  #open(participant: number, contact: Contact): Result<SelfSession> {
    const stored = this.#stored({ participant, contact });
    if (!stored.ok) return stored;
    const steadyMs = this.#parts.steadyMs();
    const opened = this.#entrance.sessions.open(participant, contact, steadyMs);
    if (!opened.ok) return opened;
    const { token, session } = opened.value;
    const expiresAt = new Date(this.#parts.now() + session.expiresAtMs - steadyMs).toISOString();
    return ok({ token, expiresAt, participant: this.#show(participant, stored.value) });
  }

  #show(participant: number, stored: Participant): ParticipantView {
    return toView(participant, stored, this.#parts.positions.seen(participant));
  }

  /**
   * SESSION_ENDED for who is gone, and for who does not have the contact any more by which they entered: their municipality
   * may have corrected a number that is somebody else's today.
   */
  #stored({ participant, contact }: Pick<Session, "participant" | "contact">): Result<Participant> {
    const stored = this.#parts.registry.get(participant);
    if (!stored.ok) return stored;
    return stored.value !== undefined && hasContact(stored.value, contact) ? ok(stored.value) : ENDED;
  }

  /** `contact` is what the session stands on from here on, where contacts change; all others then end. */
  async #put(session: Session, participant: Participant, contact?: Contact): Promise<Result<ParticipantView>> {
    const { registry, positions } = this.#parts;
    const changed = registry.change(session.participant, () => participant, BY_THEMSELVES);
    if (!changed.ok) return changed;
    if (contact !== undefined) this.#entrance.sessions.keepOnly(session.hash, session.participant, contact);
    // Who does not want to be found where the phone is any more is not: neither is it kept where that was.
    const dropped = participant.phone === undefined ? await positions.drop(session.participant) : ok(undefined);
    if (!dropped.ok) return dropped;
    const settled = await registry.settled();
    return settled.ok ? this.view({ ...session, contact: contact ?? session.contact }) : settled;
  }
}
