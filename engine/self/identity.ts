/**
 * Who somebody is: their contacts, their sessions, what is proposed to them, and that they leave. What takes the account from its
 * owner takes a fresh code beside the session, to a contact that they have already.
 */
import type { ParticipantView } from "../../schemas/api/participant.js";
import type {
  Approval,
  ApprovalRequest,
  CodeAnswer,
  CodeSent,
  ContactInput,
  ContactOutcome,
  OwnProposal,
  SessionView,
} from "../../schemas/api/self.js";
import { fail, ok, type Result } from "../../schemas/errors.js";
import { SELF } from "../../schemas/limits.js";
import type { ApprovedAct } from "../../schemas/words.js";
import { isDecided, type Proposal } from "../proposals/proposal.js";
import { readNumber } from "../registry/phone-number.js";
import { isClaimed } from "../registry/record/contact-marks.js";
import type { Participant } from "../registry/record/participant.js";
import { type ClaimedPlaces, claimedPlaces, takePlaces } from "./claimed-places.js";
import { type Contact, contactOf, contactsOf, contactValue, hasContact, holdersOf } from "./contact.js";
import { ContactChanges } from "./contact-changes.js";
import { CODE_WRONG, type Entrance, type EntranceParts } from "./entrance.js";
import { Notices } from "./notices.js";
import { BY_THEMSELVES, ownRecord } from "./own-record.js";
import type { PhonePositions } from "./ports.js";
import type { Session } from "./sessions.js";
import { placeView, proposalView, sessionView } from "./views.js";

export interface IdentityParts extends EntranceParts {
  readonly positions: PhonePositions;
  /** The participant as the API shows them. */
  show(participant: number, stored: Participant): ParticipantView;
}

const PLACE = /^place-(\d+)$/;

export class Identity {
  readonly changes: ContactChanges;
  readonly #parts: IdentityParts;
  readonly #entrance: Entrance;

  constructor(parts: IdentityParts, entrance: Entrance) {
    this.#parts = parts;
    this.#entrance = entrance;
    this.changes = new ContactChanges({
      ...parts,
      notices: new Notices(parts.channels, parts.now),
      onDone: (participant) => entrance.sessions.endAll(participant),
    });
  }

  /** A fresh code to a contact that the participant has, for what a session alone may not do. */
  requestApproval(session: Session, { act, by }: ApprovalRequest, client: string): Result<CodeSent> {
    const stored = ownRecord(session, this.#parts.registry);
    if (!stored.ok) return stored;
    const kind = by ?? session.contact.kind;
    const contact = contactsOf(stored.value).find((each) => each.kind === kind);
    if (contact === undefined) return fail("WRONG_STATE", `There is no ${kind} to send a code to`, "/by");
    const checked = contact.kind === "number" ? this.#parts.destinations.check(contact.number) : ok(undefined);
    if (!checked.ok) return checked;
    const { participant, hash } = session;
    return this.#entrance.challenge(contact, { kind: "approve", participant, hash, act }, client);
  }

  approve(session: Session, answer: CodeAnswer, client: string): Result<Approval> {
    const answered = this.#entrance.answer(answer, client, ["approve"]);
    if (!answered.ok) return answered;
    const { purpose, contact } = answered.value;
    if (purpose.kind !== "approve" || purpose.hash !== session.hash) return CODE_WRONG;
    const stored = ownRecord(session, this.#parts.registry);
    if (!stored.ok) return stored;
    if (!hasContact(stored.value, contact)) return CODE_WRONG;
    this.#entrance.sessions.approve(session.hash, purpose.act, contact.kind, this.#parts.steadyMs() + SELF.approvalMs);
    return ok({ act: purpose.act, until: new Date(this.#parts.now() + SELF.approvalMs).toISOString() });
  }

  sessions(session: Session): SessionView[] {
    const steadyMs = this.#parts.steadyMs();
    const offsetMs = this.#parts.now() - steadyMs;
    const shown = this.#entrance.sessions.list(session.participant, steadyMs);
    return shown.map((each) => sessionView(each, each.hash === session.hash, offsetMs));
  }

  /** This one, or with a fresh code another. */
  endSession(session: Session, name: string): Result<void> {
    const theirs = this.#entrance.sessions.list(session.participant, this.#parts.steadyMs());
    const ended = theirs.find((each) => each.name === name);
    if (ended === undefined) return fail("NOT_FOUND", "There is no such session");
    const may = ended.hash === session.hash ? ok(undefined) : this.#approved(session, "sessions");
    if (may.ok) this.#entrance.sessions.end(ended.hash);
    return may;
  }

  /** With a fresh code all others. */
  endOthers(session: Session): Result<void> {
    const may = this.#approved(session, "sessions");
    if (may.ok) this.#entrance.sessions.endAll(session.participant, session.hash);
    return may;
  }

  /** A code to a number or mail address that shall be the participant's, or shall replace the one that they have. */
  requestContact(session: Session, input: ContactInput, client: string): Result<CodeSent> {
    const stored = ownRecord(session, this.#parts.registry);
    if (!stored.ok) return stored;
    const contact = contactOf(input, readNumber, (number) => this.#parts.destinations.check(number));
    if (!contact.ok) return contact;
    return this.#entrance.challenge(contact.value, { kind: "contact", participant: session.participant }, client);
  }

  /** At once where the old contact approved of it; else it waits. */
  async confirmContact(session: Session, answer: CodeAnswer, client: string): Promise<Result<ContactOutcome>> {
    const answered = this.#entrance.answer(answer, client, ["contact"]);
    if (!answered.ok) return answered;
    const { contact, purpose } = answered.value;
    if (purpose.kind !== "contact" || purpose.participant !== session.participant) return CODE_WRONG;
    return this.#change(session, contact.kind, contact);
  }

  /** Takes a contact away, as long as another is left: who has none could never enter again. */
  removeContact(session: Session, kind: Contact["kind"]): Promise<Result<ContactOutcome>> {
    return this.#change(session, kind, undefined);
  }

  /** What municipalities propose, and what waits; also what was decided lately. */
  proposals(session: Session): Result<OwnProposal[]> {
    const stored = ownRecord(session, this.#parts.registry);
    if (!stored.ok) return stored;
    const { registry, proposals } = this.#parts;
    const places = claimedPlaces(session.participant, stored.value, registry).map(placeView);
    return ok([...proposals.of(session.participant).map(proposalView), ...places]);
  }

  /** A proposal is not done, a change that waits is not made, a place under one's contact is sent away. */
  async decline(session: Session, name: string): Promise<Result<void>> {
    const stored = ownRecord(session, this.#parts.registry);
    if (!stored.ok) return stored;
    const places = this.#places(session.participant, stored.value, name);
    if (places !== undefined) return this.#erase(places.claim);
    const proposal = this.#parts.proposals.get(name);
    if (proposal === undefined || proposal.participant !== session.participant) return NO_PROPOSAL;
    if (isDecided(proposal)) return fail("WRONG_STATE", "It has been decided");
    if (proposal.municipality === 0) this.#parts.proposals.remove(proposal.id);
    else this.#parts.proposals.change(proposal.id, { state: "declined" });
    return this.#parts.proposals.settled();
  }

  /** A place becomes the participant's. */
  async acceptPlace(session: Session, name: string): Promise<Result<ParticipantView>> {
    const { registry } = this.#parts;
    const stored = ownRecord(session, registry);
    if (!stored.ok) return stored;
    const places = this.#places(session.participant, stored.value, name);
    if (places === undefined) return this.#otherwiseAccepted(session, name);
    const taken = takePlaces(session.participant, places, registry);
    if (!taken.ok) return taken;
    const gone = await this.#forgotten(places.claim);
    const after = ownRecord(session, registry);
    if (!gone.ok) return gone;
    return after.ok ? ok(this.#parts.show(session.participant, after.value)) : after;
  }

  /** With a fresh code. Nothing of the participant is left when this settles; no message says farewell. */
  async leave(session: Session): Promise<Result<void>> {
    const { registry, proposals } = this.#parts;
    const stored = ownRecord(session, registry);
    if (!stored.ok) return stored;
    const may = this.#approved(session, "erase");
    if (!may.ok) return may;
    const { participant } = session;
    const claims = claimedPlaces(participant, stored.value, registry);
    const erased = registry.erase(participant);
    if (!erased.ok) return erased;
    for (const { claim } of claims) registry.erase(claim);
    this.#entrance.forget(participant, contactsOf(stored.value));
    for (const each of [participant, ...claims.map(({ claim }) => claim)]) proposals.forget(each);
    const settled = await proposals.settled();
    const forgotten = await this.#forgotten(participant);
    return settled.ok ? forgotten : settled;
  }

  #approved(session: Session, act: ApprovedAct): Result<void> {
    const by = this.#entrance.sessions.takeApproval(session.hash, act, this.#parts.steadyMs());
    return by === undefined ? fail("CODE_REQUIRED", `POST /v1/self/approvals for: ${act}`) : ok(undefined);
  }

  async #change(
    session: Session,
    kind: Contact["kind"],
    contact: Contact | undefined,
  ): Promise<Result<ContactOutcome>> {
    const { participant, hash } = session;
    const stored = ownRecord(session, this.#parts.registry);
    if (!stored.ok) return stored;
    const after = this.changes.with(stored.value, kind, contact);
    if (!after.ok) return after;
    const taken = this.#free(participant, contact);
    if (!taken.ok) return taken;
    const by = this.#entrance.sessions.takeApproval(hash, "contact", this.#parts.steadyMs());
    const isSame = contact !== undefined && hasContact(stored.value, contact);
    const mayNow = isSame || (by !== undefined && by === ContactChanges.oldKind(stored.value, kind));
    const value = contact === undefined ? "" : contactValue(contact);
    if (!mayNow) return this.#wait(session, kind, value);
    const changed = this.#parts.registry.change(participant, () => after.value, BY_THEMSELVES);
    if (!changed.ok) return changed;
    const stands = hasContact(after.value, session.contact)
      ? session.contact
      : (contact ?? contactsOf(after.value)[0]!);
    this.#entrance.sessions.keepOnly(hash, participant, stands);
    const settled = await this.#parts.registry.settled();
    if (!settled.ok) return settled;
    this.changes.decided(participant, kind, value);
    const decided = await this.#parts.proposals.settled();
    return decided.ok ? ok({ participant: this.#parts.show(participant, changed.value), waiting: null }) : decided;
  }

  /** Whether the contact is somebody else's is told: who asks reads what is sent there. */
  #free(participant: number, contact: Contact | undefined): Result<void> {
    if (contact === undefined) return ok(undefined);
    const { registry } = this.#parts;
    const isTaken = holdersOf(contact, registry).some((holder) => {
      const stored = holder === participant ? undefined : registry.get(holder);
      return stored?.ok && stored.value !== undefined && !isClaimed(stored.value, contact.kind);
    });
    if (!isTaken) return ok(undefined);
    const isNumber = contact.kind === "number";
    return isNumber
      ? fail("NUMBER_TAKEN", "another participant has this phone number", "/number")
      : fail("MAIL_TAKEN", "another participant has this mail address", "/mail");
  }

  async #wait(session: Session, kind: Contact["kind"], value: string): Promise<Result<ContactOutcome>> {
    const { registry } = this.#parts;
    const waiting = await this.changes.wait(session.participant, kind, value);
    if (!waiting.ok) return waiting;
    const stored = ownRecord(session, registry);
    if (!stored.ok) return stored;
    return ok({
      participant: this.#parts.show(session.participant, stored.value),
      waiting: proposalView(waiting.value),
    });
  }

  #places(participant: number, own: Participant, name: string): ClaimedPlaces | undefined {
    const claim = Number(PLACE.exec(name)?.[1] ?? -1);
    return claimedPlaces(participant, own, this.#parts.registry).find((each) => each.claim === claim);
  }

  #otherwiseAccepted({ participant }: Session, name: string): Result<never> {
    const proposal: Proposal | undefined = this.#parts.proposals.get(name);
    if (proposal?.participant !== participant) return NO_PROPOSAL;
    const how = proposal.kind === "erasure" ? "DELETE /v1/self" : "POST /v1/self/contacts";
    return fail("WRONG_STATE", `It is accepted by a code: ${how}`);
  }

  async #erase(claim: number): Promise<Result<void>> {
    const erased = this.#parts.registry.erase(claim);
    return erased.ok ? this.#forgotten(claim) : erased;
  }

  async #forgotten(participant: number): Promise<Result<void>> {
    const { registry, positions } = this.#parts;
    const dropped = await positions.drop(participant);
    if (!dropped.ok) return dropped;
    const [settled, purged] = await Promise.all([registry.settled(), positions.purge()]);
    return settled.ok ? purged : settled;
  }
}

const NO_PROPOSAL = fail("NOT_FOUND", "There is no such proposal");
