/**
 * All proposals there are, in memory and on the disk (proposal-store.ts). A change is seen at once, and durable when `settled`
 * says so; what it was about is lost for good by then, where it was decided or its participant is gone.
 */
import { fail, ok, type Result } from "../../schemas/errors.js";
import { PROPOSALS } from "../../schemas/limits.js";
import { Groups } from "./groups.js";
import { isDecided, type Proposal } from "./proposal.js";
import { type ProposalParts, ProposalStore, partOf } from "./proposal-store.js";

export class Proposals {
  /** By id, the oldest first. */
  readonly #all = new Map<string, Proposal>();
  readonly #ofParticipant = new Groups<number>();
  readonly #inPart = new Groups<number>();
  /** Those of municipalities that are open, by the contact that somebody would have by them. */
  readonly #byContact = new Groups<string>();
  readonly #waiting = new Set<string>();
  #sweptAtMs = 0;
  readonly #store: ProposalStore;

  private constructor(store: ProposalStore) {
    this.#store = store;
  }

  /** What is on the disk; `settled` removes what is of another registry. */
  static load(parts: ProposalParts): Proposals {
    const store = new ProposalStore(parts);
    const proposals = new Proposals(store);
    for (const proposal of store.load()) proposals.#hold(proposal);
    return proposals;
  }

  get size(): number {
    return this.#all.size;
  }

  get(id: string): Proposal | undefined {
    return this.#all.get(id);
  }

  /** The oldest first. */
  of(participant: number): Proposal[] {
    return this.#ofParticipant.of(participant).map((id) => this.#all.get(id)!);
  }

  /** The latest first; undefined for all municipalities. */
  ofMunicipality(municipality: number | undefined, count: number): Proposal[] {
    const found: Proposal[] = [];
    for (const proposal of [...this.#all.values()].reverse()) {
      if (found.length === count) break;
      const isTheirs =
        municipality === undefined ? proposal.municipality !== 0 : proposal.municipality === municipality;
      if (isTheirs) found.push(proposal);
    }
    return found;
  }

  /** One that a municipality made and that is open, by the contact that somebody would have by it. */
  openFor(kind: "number" | "mail", value: string): Proposal | undefined {
    const [id] = this.#byContact.of(`${kind} ${value}`);
    return id === undefined ? undefined : this.#all.get(id);
  }

  /** Those that wait for their time. */
  get waiting(): Proposal[] {
    return [...this.#waiting].map((id) => this.#all.get(id)!);
  }

  /** Another of the same kind and from the same takes its place. BUSY where there is no room. */
  add(proposal: Proposal): Result<void> {
    const { participant, kind, municipality } = proposal;
    const before = this.of(participant).filter((each) => !isDecided(each));
    const same = before.find((each) => each.kind === kind && each.municipality === municipality);
    const isFull = this.#all.size >= PROPOSALS.count || before.length >= PROPOSALS.ofParticipant;
    if (same === undefined && isFull) return fail("BUSY", "too many proposals wait to be decided");
    if (same !== undefined) this.remove(same.id);
    this.#hold(proposal);
    this.#store.changed(partOf(participant));
    return ok(undefined);
  }

  /** What waits does so from the next notice on, as if none had gone out. */
  waitAnew(): void {
    for (const { id } of this.waiting) this.change(id, { notices: 0, noticedAtMs: 0 });
  }

  /** With its decision the contact goes. */
  change(id: string, change: Partial<Pick<Proposal, "state" | "notices" | "noticedAtMs">>): void {
    const before = this.#all.get(id);
    if (before === undefined) return;
    const after = { ...before, ...change };
    this.#hold(isDecided(after) ? { ...after, value: "" } : after);
    const part = partOf(before.participant);
    if (isDecided(after)) this.#store.forgotten(part);
    else this.#store.changed(part);
  }

  remove(id: string): void {
    const before = this.#all.get(id);
    if (before === undefined) return;
    this.#letGo(before);
    this.#all.delete(id);
    this.#store.forgotten(partOf(before.participant));
  }

  /** Nothing of the participant is left. */
  forget(participant: number): void {
    for (const { id } of this.of(participant)) this.remove(id);
  }

  /** Ends those that nobody decided in time, and forgets those that were decided long ago. To be called now and then. */
  sweep(nowMs: number): void {
    if (nowMs - this.#sweptAtMs < PROPOSALS.sweepMs) return;
    this.#sweptAtMs = nowMs;
    for (const proposal of this.#all.values()) {
      if (nowMs - proposal.createdAtMs < PROPOSALS.openMs) return;
      if (proposal.state === "open") this.change(proposal.id, { state: "expired" });
      if (isDecided(proposal) && nowMs - proposal.createdAtMs >= PROPOSALS.keptMs) this.remove(proposal.id);
    }
  }

  /** Settles when all that was called before is on the disk, and what was decided or removed opens no more. */
  settled(): Promise<Result<void>> {
    return this.#store.write((part) => this.#inPart.of(part).map((id) => this.#all.get(id)!));
  }

  #hold(proposal: Proposal): void {
    const { id, participant, kind, value, municipality, state } = proposal;
    const before = this.#all.get(id);
    if (before !== undefined) this.#letGo(before);
    this.#all.set(id, proposal);
    this.#ofParticipant.add(participant, id);
    this.#inPart.add(partOf(participant), id);
    if (state === "waiting") this.#waiting.add(id);
    if (state === "open" && municipality !== 0 && value !== "") this.#byContact.add(`${kind} ${value}`, id);
  }

  #letGo({ id, participant, kind, value }: Proposal): void {
    this.#ofParticipant.remove(participant, id);
    this.#inPart.remove(partOf(participant), id);
    this.#byContact.remove(`${kind} ${value}`, id);
    this.#waiting.delete(id);
  }
}
