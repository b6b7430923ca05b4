/** What is proposed to a participant: by municipalities, by a change of theirs that waits, and as a place under their contacts. */
import type { ParticipantView } from "../../../schemas/api/participant.js";
import type { OwnProposal } from "../../../schemas/api/self.js";
import { fail, ok, type Result } from "../../../schemas/errors.js";
import { isDecided } from "../../proposals/proposal.js";
import type { Participant } from "../../registry/record/participant.js";
import { ownRecord } from "../own-record.js";
import type { Session } from "../sessions.js";
import { placeView, proposalView } from "../views.js";
import { type ClaimedPlaces, claimedPlaces, takePlaces } from "./claimed-places.js";
import { type IdentityParts, lost } from "./parts.js";

const PLACE = /^place-(\d+)$/;

export class OwnProposals {
  readonly #parts: IdentityParts;

  constructor(parts: IdentityParts) {
    this.#parts = parts;
  }

  /** What municipalities propose, and what waits; also what was decided lately. */
  list(session: Session): Result<OwnProposal[]> {
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
    const gone = await lost([places.claim], this.#parts);
    const after = ownRecord(session, registry);
    if (!gone.ok) return gone;
    return after.ok ? ok(this.#parts.show(session.participant, after.value)) : after;
  }

  #places(participant: number, own: Participant, name: string): ClaimedPlaces | undefined {
    const claim = Number(PLACE.exec(name)?.[1] ?? -1);
    return claimedPlaces(participant, own, this.#parts.registry).find((each) => each.claim === claim);
  }

  #otherwiseAccepted({ participant }: Session, name: string): Result<never> {
    const proposal = this.#parts.proposals.get(name);
    if (proposal?.participant !== participant) return NO_PROPOSAL;
    const how = proposal.kind === "erasure" ? "DELETE /v1/self" : "POST /v1/self/contacts";
    return fail("WRONG_STATE", `It is accepted by a code: ${how}`);
  }

  async #erase(claim: number): Promise<Result<void>> {
    const erased = this.#parts.registry.erase(claim);
    return erased.ok ? lost([claim], this.#parts) : erased;
  }
}

const NO_PROPOSAL = fail("NOT_FOUND", "There is no such proposal");
