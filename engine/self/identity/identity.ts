/**
 * Who somebody is: their sessions, their contacts, what is proposed to them, and that they leave. What takes the account from its
 * owner takes a fresh code beside the session, to a contact that they have already.
 */
import type { Approval, ApprovalRequest, CodeAnswer, CodeSent, SessionView } from "../../../schemas/api/self.js";
import { fail, ok, type Result } from "../../../schemas/errors.js";
import { SELF } from "../../../schemas/limits.js";
import type { ApprovedAct } from "../../../schemas/words.js";
import { passOn } from "../../registry/live/pass-on.js";
import { contactsOf, hasContact } from "../contact.js";
import { CODE_WRONG, type Entrance } from "../entrance.js";
import { ownRecord } from "../own-record.js";
import type { Session } from "../sessions.js";
import { sessionView } from "../views.js";
import { claimedPlaces } from "./claimed-places.js";
import { ContactChanges } from "./contact-changes.js";
import { Notices } from "./notices.js";
import { OwnContacts } from "./own-contacts.js";
import { OwnProposals } from "./own-proposals.js";
import { type IdentityParts, lost } from "./parts.js";

export class Identity {
  readonly contacts: OwnContacts;
  readonly proposals: OwnProposals;
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
    this.contacts = new OwnContacts(parts, entrance, this.changes);
    this.proposals = new OwnProposals(parts);
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

  /** With a fresh code. Nothing of the participant is left when this settles; no message says farewell. */
  async leave(session: Session): Promise<Result<void>> {
    const { registry } = this.#parts;
    const stored = ownRecord(session, registry);
    if (!stored.ok) return stored;
    const may = this.#approved(session, "erase");
    if (!may.ok) return may;
    const { participant } = session;
    const claims = claimedPlaces(participant, stored.value, registry);
    const erased = registry.erase(participant);
    if (!erased.ok) return erased;
    for (const { claim } of claims) registry.erase(claim);
    // What is left under their contacts is also under another's.
    passOn(registry, stored.value);
    this.#entrance.forget(participant, contactsOf(stored.value));
    return lost([participant, ...claims.map(({ claim }) => claim)], this.#parts);
  }

  #approved(session: Session, act: ApprovedAct): Result<void> {
    const by = this.#entrance.sessions.takeApproval(session.hash, act, this.#parts.steadyMs());
    return by === undefined ? fail("CODE_REQUIRED", `POST /v1/self/approvals for: ${act}`) : ok(undefined);
  }
}
