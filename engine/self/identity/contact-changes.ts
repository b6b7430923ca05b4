/**
 * Another contact, or one less. What the old contact approved of by a code is done at once; anything else waits, while whoever
 * has the old contacts is told and may object from a session of theirs. So a stolen session takes no account, and who has lost
 * their telephone gets theirs back.
 *
 * A change that waits is durable, and its time begins when the first notice has gone out. Done, it ends all sessions.
 */
import { uuidv7 } from "uuidv7";
import { fail, ok, type Problem, type Result } from "../../../schemas/errors.js";
import { PROPOSALS } from "../../../schemas/limits.js";
import type { Clock } from "../../clock/clock.js";
import type { Proposal } from "../../proposals/proposal.js";
import type { Proposals } from "../../proposals/proposals.js";
import { passOn } from "../../registry/live/pass-on.js";
import type { Participant } from "../../registry/record/participant.js";
import { type Contact, contactFrom, contactsOf, withConfirmed, withoutContact } from "../contact.js";
import { BY_THEMSELVES } from "../own-record.js";
import type { SelfRegistry } from "../ports.js";
import type { Notices } from "./notices.js";

export interface ChangeParts extends Clock {
  readonly registry: SelfRegistry;
  readonly proposals: Proposals;
  readonly notices: Notices;
  /** A change was done that nobody waited for. */
  onDone(participant: number): void;
  onProblem(problem: Problem): void;
}

export class ContactChanges {
  /** Those of whom it is certain that this process has told the old contact. */
  readonly #told = new Set<string>();
  readonly #parts: ChangeParts;

  constructor(parts: ChangeParts) {
    this.#parts = parts;
  }

  /** The participant with this contact, or without one of its kind; WRONG_STATE if it is the only one. */
  with(participant: Participant, kind: Contact["kind"], contact: Contact | undefined): Result<Participant> {
    if (contact !== undefined) return ok(withConfirmed(participant, contact));
    const isLeft = contactsOf(participant).some((each) => each.kind !== kind);
    if (isLeft) return ok(withoutContact(participant, kind));
    return fail("WRONG_STATE", "It is the only contact; give another one first, or leave altogether");
  }

  /** Which contact's word it takes: the one that goes, or where there is none yet, the other. */
  static oldKind(participant: Participant, kind: Contact["kind"]): Contact["kind"] | undefined {
    const kinds = contactsOf(participant).map((contact) => contact.kind);
    return kinds.includes(kind) ? kind : kinds[0];
  }

  /** Lets it wait. Settles when that is durable. */
  async wait(participant: number, kind: Contact["kind"], value: string): Promise<Result<Proposal>> {
    const proposal: Proposal = {
      ...{ id: uuidv7(), participant, kind, value, municipality: 0, state: "waiting" },
      ...{ createdAtMs: this.#parts.now(), notices: 0, noticedAtMs: 0 },
    };
    const added = this.#parts.proposals.add(proposal);
    if (!added.ok) return added;
    this.#tell(proposal);
    const settled = await this.#parts.proposals.settled();
    return settled.ok ? ok(this.#parts.proposals.get(proposal.id) ?? proposal) : settled;
  }

  /** What a municipality proposed was accepted with the new contact alone: it waits from now on. */
  async accept({ id }: Proposal): Promise<Result<void>> {
    this.#parts.proposals.change(id, { state: "waiting" });
    const proposal = this.#parts.proposals.get(id);
    if (proposal !== undefined) this.#tell(proposal);
    return this.#parts.proposals.settled();
  }

  /** What a municipality proposed has been done, or something else instead. */
  decided(participant: number, kind: Contact["kind"], value: string): void {
    for (const proposal of this.#parts.proposals.of(participant)) {
      if (proposal.kind !== kind || (proposal.state !== "open" && proposal.state !== "waiting")) continue;
      if (proposal.municipality === 0) this.#parts.proposals.remove(proposal.id);
      else if (proposal.value === value) this.#parts.proposals.change(proposal.id, { state: "accepted" });
    }
  }

  /** Tells who has to be told, and does what has waited long enough. To be called about once a second, not twice at a time. */
  async sweep(): Promise<void> {
    const { proposals, registry, now } = this.#parts;
    const done: Proposal[] = [];
    for (const proposal of proposals.waiting) {
      this.#tell(proposal);
      const { noticedAtMs = 0 } = proposals.get(proposal.id) ?? {};
      const isDue = noticedAtMs > 0 && now() - noticedAtMs >= PROPOSALS.waitMs;
      if (isDue && this.#do(proposal)) done.push(proposal);
    }
    // First the change: a crash between the two does it again, and does not lose it.
    const settled = done.length > 0 ? await registry.settled() : ok(undefined);
    if (!settled.ok) return;
    for (const { participant, kind, value } of done) {
      if (kind !== "erasure") this.decided(participant, kind, value);
      this.#parts.onDone(participant);
    }
    await proposals.settled();
  }

  /** Once at first, again at half of the time, and once more by each process. */
  #tell({ id, participant, notices, noticedAtMs }: Proposal): void {
    const { registry, proposals, now } = this.#parts;
    const sinceMs = now() - noticedAtMs;
    const isNext = notices < PROPOSALS.notices && sinceMs >= (PROPOSALS.waitMs / PROPOSALS.notices) * notices;
    if (!isNext && this.#told.has(id)) return;
    const stored = registry.get(participant);
    if (!stored.ok) this.#parts.onProblem(stored.problem);
    else if (stored.value === undefined) proposals.remove(id);
    if (!stored.ok || stored.value === undefined || !this.#parts.notices.tell(stored.value)) return;
    this.#told.add(id);
    if (isNext) proposals.change(id, { notices: notices + 1, noticedAtMs: noticedAtMs || now() });
  }

  /** False where it is to be tried again. */
  #do({ id, participant, kind, value }: Proposal): boolean {
    const { registry, proposals } = this.#parts;
    this.#told.delete(id);
    if (kind === "erasure") return false;
    const contact = value === "" ? undefined : contactFrom(kind, value);
    const stored = registry.get(participant);
    const after = stored.ok && stored.value !== undefined ? this.with(stored.value, kind, contact) : undefined;
    const changed = after?.ok ? registry.change(participant, () => after.value, BY_THEMSELVES) : undefined;
    if (changed !== undefined && !changed.ok && changed.problem.code === "BUSY") return false;
    // Somebody else has it by now, or it was the only one.
    if (!changed?.ok) proposals.remove(id);
    else if (stored.ok && stored.value !== undefined) passOn(registry, stored.value);
    return changed?.ok ?? false;
  }
}
