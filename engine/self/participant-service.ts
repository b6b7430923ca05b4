/**
 * Self-service, as the API calls it: joining, entering by a code, and all that a participant may do with what is stored of them. Who the
 * participant is comes from the session and from nothing else.
 *
 * Promises that nobody is stored before their code came back, and that what is answered as done is durable.
 */

import type { OwnAsked } from "../../schemas/api/asking/own-asked.js";
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
import { PROPOSALS, SELF } from "../../schemas/limits.js";
import { PARTICIPANT_STATUSES } from "../../schemas/words.js";
import { inSlices } from "../clock/slices.js";
import type { Proposal } from "../proposals/proposal.js";
import { readNumber, readSoughtNumber } from "../registry/phone-number.js";
import { asGiven, isConfirmed } from "../registry/record/contact-marks.js";
import type { Participant } from "../registry/record/participant.js";
import { applyChange, toView } from "../registry/record/profile/profile.js";
import type { Places } from "../registry/record/profile/wishes.js";
import type { Challenge } from "./codes/challenges.js";
import type { Converted } from "./codes/conversion.js";
import { Quota, tooMany } from "./codes/quota.js";
import { type Contact, contactOf, contactValue, holdersOf, withConfirmed } from "./contact.js";
import { CODE_WRONG, type CodeCounts, Entrance, type EntranceParts } from "./entrance.js";
import { Identity } from "./identity/identity.js";
import type { IdentityParts } from "./identity/parts.js";
import { draftOf } from "./joining.js";
import type { AskedOfOne } from "./own-asked.js";
import { BY_THEMSELVES, ownRecord } from "./own-record.js";
import type { PhonePositions, RecordsAbout } from "./ports.js";
import type { Session } from "./sessions.js";

const UNCONFIRMED = PARTICIPANT_STATUSES.indexOf("unconfirmed");
const ACTIVE = PARTICIPANT_STATUSES.indexOf("active");

const NOTHING = (): void => {};

/** What is kept about people without their names on it; part of every export. */
const ALSO_STORED = [
  "Replies to actions are stored without their sender, so they can't be found by who sent them.",
  "The ledger of an action names those who were asked by their participant number alone, with what became of the message.",
  "How often somebody was asked in the last month is counted from these ledgers, and is in memory only.",
  "Codes and requests to join are in memory only, for as long as they count, and so are sessions.",
];

export interface SelfParts extends EntranceParts {
  readonly askedOfOne: AskedOfOne;
  readonly places: Places;
  readonly positions: PhonePositions;
  readonly recordsAbout: RecordsAbout;
}

export class ParticipantService {
  /** Contacts, sessions, proposals, and leaving. */
  readonly identity: Identity;
  readonly #entrance: Entrance;
  readonly #wishes = new Quota(SELF.wishesPerParticipant, SELF.wishers);
  /** Settles when no export is made: they look through all records, one after the other. */
  #exporting: Promise<unknown> = Promise.resolve();
  readonly #parts: SelfParts;

  constructor(parts: SelfParts) {
    this.#parts = parts;
    this.#entrance = new Entrance(parts);
    const show: IdentityParts["show"] = (participant, stored) => this.#show(participant, stored);
    this.identity = new Identity({ ...parts, show }, this.#entrance);
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
    const { contact } = answered.value;
    const [holder] = holdersOf(contact, this.#parts.registry);
    const proposal = holder === undefined ? this.#proposalOf(contact) : undefined;
    if (proposal !== undefined) return this.#waitFor(proposal);
    const entered = holder === undefined ? this.#admit(answered.value) : this.#recognise(holder, contact);
    if (!entered.ok) return entered;
    const settled = await this.#parts.registry.settled();
    return settled.ok ? this.#open(entered.value, contact) : settled;
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

  /** Which kinds of action would reach the participant now, and why not. */
  asked(session: Session): Result<OwnAsked> {
    const stored = this.#stored(session);
    if (!stored.ok) return stored;
    const { askedOfOne, positions, now } = this.#parts;
    const { participant } = session;
    return ok(askedOfOne.of(participant, stored.value, positions.seen(participant) !== undefined, now()));
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

  /** Of the time when the records have been looked through. */
  async export(session: Session): Promise<Result<SelfExport>> {
    const looking = this.#exporting.then(() => inSlices(this.#parts.recordsAbout(session.participant)));
    this.#exporting = looking.then(NOTHING, NOTHING);
    const records = (await looking).map(({ at, deed, refused, by: { kind, name } }) => {
      return { at, deed, refused, by: { kind, name } };
    });
    const view = this.view(session);
    if (!view.ok) return view;
    const proposals = this.identity.proposals.list(session);
    if (!proposals.ok) return proposals;
    const exportedAt = new Date(this.#parts.now()).toISOString();
    const sessions = this.identity.sessions(session);
    return ok({
      ...{ exportedAt, participant: view.value, sessions, proposals: proposals.value, records },
      alsoStored: ALSO_STORED,
    });
  }

  #contactOf(input: ContactInput, read: typeof readNumber): Result<Contact> {
    return contactOf(input, read, (number) => this.#parts.destinations.check(number));
  }

  /** To be called every SELF.paceMs: codes that were asked for go on their way. */
  beat(): void {
    this.#entrance.beat();
  }

  /** To be called about once a second: what is over is forgotten, and changes that waited long enough are made. */
  sweep(): Promise<void> {
    this.#entrance.sweep();
    this.#wishes.sweep(this.#parts.steadyMs());
    this.#parts.proposals.sweep(this.#parts.now());
    return this.identity.changes.sweep();
  }

  #proposalOf(contact: Contact): Proposal | undefined {
    return this.#parts.proposals.openFor(contact.kind, contactValue(contact));
  }

  /** A municipality proposed this contact for somebody, and whoever has it says so: it is theirs unless the old one objects. */
  async #waitFor(proposal: Proposal): Promise<Result<never>> {
    const accepted = await this.identity.changes.accept(proposal);
    if (!accepted.ok) return accepted;
    const detail = "Enter by it once its time is over; whoever has the contact before has been told, and may object";
    const retryAfterSeconds = Math.ceil(PROPOSALS.waitMs / 1_000);
    return { ok: false, problem: { code: "CONTACT_WAITS", detail, retryAfterSeconds } };
  }

  /** Nobody has the contact: who asked to join does now. A code to enter was sent to nobody, so that it was guessed. */
  #admit({ purpose, contact }: Challenge): Result<number> {
    return purpose.kind === "join" ? this.#parts.registry.add(withConfirmed(purpose.draft, contact)) : CODE_WRONG;
  }

  /** Who has it enters, as they are; who was not confirmed is now, and so is the contact. */
  #recognise(participant: number, contact: Contact): Result<number> {
    const stored = this.#parts.registry.get(participant);
    if (!stored.ok) return stored;
    const isKnown = stored.value?.status !== UNCONFIRMED && stored.value && isConfirmed(stored.value, contact.kind);
    if (isKnown) return ok(participant);
    const confirm = (was: Participant): Participant => {
      const owned = withConfirmed(asGiven(was), contact);
      return owned.status === UNCONFIRMED ? { ...owned, status: ACTIVE } : owned;
    };
    const confirmed = this.#parts.registry.change(participant, confirm, BY_THEMSELVES);
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

  #stored(session: Pick<Session, "participant" | "contact">): Result<Participant> {
    return ownRecord(session, this.#parts.registry);
  }

  async #put(session: Session, participant: Participant): Promise<Result<ParticipantView>> {
    const { registry, positions } = this.#parts;
    const changed = registry.change(session.participant, () => participant, BY_THEMSELVES);
    if (!changed.ok) return changed;
    // Who does not want to be found where the phone is any more is not: neither is it kept where that was.
    const dropped = participant.phone === undefined ? await positions.drop(session.participant) : ok(undefined);
    if (!dropped.ok) return dropped;
    const settled = await registry.settled();
    return settled.ok ? this.view(session) : settled;
  }
}
