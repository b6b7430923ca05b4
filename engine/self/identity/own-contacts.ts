/**
 * The contacts of a participant: another one, or one less. At once where the old contact approved of it by a fresh code; else it
 * waits (contact-changes.ts).
 */
import type { CodeAnswer, CodeSent, ContactInput, ContactOutcome } from "../../../schemas/api/self.js";
import { fail, ok, type Result } from "../../../schemas/errors.js";
import { passOn } from "../../registry/live/pass-on.js";
import { readNumber } from "../../registry/phone-number.js";
import { isClaimed } from "../../registry/record/contact-marks.js";
import { type Contact, contactOf, contactsOf, contactValue, hasContact, holdersOf } from "../contact.js";
import { CODE_WRONG, type Entrance } from "../entrance.js";
import { BY_THEMSELVES, ownRecord } from "../own-record.js";
import type { Session } from "../sessions.js";
import { proposalView } from "../views.js";
import { ContactChanges } from "./contact-changes.js";
import type { IdentityParts } from "./parts.js";

export class OwnContacts {
  readonly #parts: IdentityParts;
  readonly #entrance: Entrance;
  readonly #changes: ContactChanges;

  constructor(parts: IdentityParts, entrance: Entrance, changes: ContactChanges) {
    this.#parts = parts;
    this.#entrance = entrance;
    this.#changes = changes;
  }

  /** A code to a number or mail address that shall be the participant's, or shall replace the one that they have. */
  request(session: Session, input: ContactInput, client: string): Result<CodeSent> {
    const stored = ownRecord(session, this.#parts.registry);
    if (!stored.ok) return stored;
    const contact = contactOf(input, readNumber, (number) => this.#parts.destinations.check(number));
    if (!contact.ok) return contact;
    return this.#entrance.challenge(contact.value, { kind: "contact", participant: session.participant }, client);
  }

  /** At once where the old contact approved of it; else it waits. */
  async confirm(session: Session, answer: CodeAnswer, client: string): Promise<Result<ContactOutcome>> {
    const answered = this.#entrance.answer(answer, client, ["contact"]);
    if (!answered.ok) return answered;
    const { contact, purpose } = answered.value;
    if (purpose.kind !== "contact" || purpose.participant !== session.participant) return CODE_WRONG;
    return this.#change(session, contact.kind, contact);
  }

  /** Takes a contact away, as long as another is left: who has none could never enter again. */
  remove(session: Session, kind: Contact["kind"]): Promise<Result<ContactOutcome>> {
    return this.#change(session, kind, undefined);
  }

  async #change(
    session: Session,
    kind: Contact["kind"],
    contact: Contact | undefined,
  ): Promise<Result<ContactOutcome>> {
    const { participant, hash } = session;
    const stored = ownRecord(session, this.#parts.registry);
    if (!stored.ok) return stored;
    const after = this.#changes.with(stored.value, kind, contact);
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
    passOn(this.#parts.registry, stored.value);
    const stands = hasContact(after.value, session.contact)
      ? session.contact
      : (contact ?? contactsOf(after.value)[0]!);
    this.#entrance.sessions.keepOnly(hash, participant, stands);
    const settled = await this.#parts.registry.settled();
    if (!settled.ok) return settled;
    this.#changes.decided(participant, kind, value);
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
    const waiting = await this.#changes.wait(session.participant, kind, value);
    if (!waiting.ok) return waiting;
    const stored = ownRecord(session, registry);
    if (!stored.ok) return stored;
    return ok({
      participant: this.#parts.show(session.participant, stored.value),
      waiting: proposalView(waiting.value),
    });
  }
}
