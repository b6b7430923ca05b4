/**
 * All proposals there are, in memory and on the disk. A change is seen at once, and durable when `settled` says so. What a
 * proposal was about goes for good with its decision, or with its participant: its part is sealed anew under another key.
 *
 * Table `proposals`: generation of the registry (4 bytes, big-endian) and part (1 byte); JSON, sealed. Participant numbers of
 * another registry mean other people; their proposals are dropped. One part that can't be read costs those in it, and says so.
 */
import { fail, ok, type Problem, type Result } from "../../schemas/errors.js";
import { PROPOSALS } from "../../schemas/limits.js";
import type { Store } from "../store/store.js";
import type { Vault } from "../vault/vault.js";
import { isDecided, type Proposal } from "./proposal.js";

type ProposalVault = Pick<Vault, "seal" | "open" | "renew" | "write">;

export interface ProposalParts {
  readonly store: Pick<Store, "table" | "commit">;
  readonly vault: ProposalVault;
  /** Of the registry that is loaded. */
  readonly generation: number;
  /** Settles when what the vault was made to forget is lost for good (LiveRegistry.settled). */
  forgotten(): Promise<Result<void>>;
  /** The store did not commit: the process must end. */
  onFatal(problem: Problem): void;
}

export class Proposals {
  /** By id, the oldest first. */
  readonly #all = new Map<string, Proposal>();
  readonly #ofParticipant = new Groups<number>();
  readonly #inPart = new Groups<number>();
  /** Those of municipalities that are open, by the contact that somebody would have by them. */
  readonly #byContact = new Groups<string>();
  readonly #waiting = new Set<string>();
  #sweptAtMs = 0;
  /** Parts that differ from the disk, and those of them of which something is to be forgotten. */
  readonly #changed = new Set<number>();
  readonly #forgetting = new Set<number>();
  /** Keys of another registry's. */
  readonly #stale: Buffer[] = [];
  #writing: Promise<Result<void>> = Promise.resolve(ok(undefined));
  readonly #parts: ProposalParts;

  private constructor(parts: ProposalParts) {
    this.#parts = parts;
  }

  /** What is on the disk; `settled` removes what is of another registry. */
  static load(parts: ProposalParts): Proposals {
    const proposals = new Proposals(parts);
    const found: Proposal[] = [];
    for (const { key, value } of parts.store.table("proposals").range()) {
      const isTheirs = key.readUInt32BE(0) === parts.generation;
      if (!isTheirs) proposals.#stale.push(key);
      const read = isTheirs && value.ok ? readPart(parts.vault, key, value.value) : ok([]);
      if (read.ok) found.push(...read.value);
    }
    found.sort((one, other) => one.createdAtMs - other.createdAtMs);
    for (const proposal of found) proposals.#hold(proposal);
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
    this.#changed.add(partOf(participant));
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
    this.#changed.add(partOf(before.participant));
    if (isDecided(after)) this.#forgetting.add(partOf(before.participant));
  }

  remove(id: string): void {
    const before = this.#all.get(id);
    if (before === undefined) return;
    this.#letGo(before);
    this.#all.delete(id);
    this.#changed.add(partOf(before.participant));
    this.#forgetting.add(partOf(before.participant));
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
    this.#writing = this.#writing.then(() => this.#write());
    return this.#writing;
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

  async #write(): Promise<Result<void>> {
    const changed = [...this.#changed];
    const stale = this.#stale.splice(0);
    if (changed.length + stale.length === 0) return ok(undefined);
    const { store, vault } = this.#parts;
    const forgetting = changed.filter((part) => this.#forgetting.has(part));
    this.#changed.clear();
    this.#forgetting.clear();
    for (const part of forgetting) vault.renew(keyName(part));
    const committed = await store.commit(() => {
      for (const key of stale) void store.table("proposals").remove(key);
      for (const part of changed) this.#put(part);
      vault.write();
    });
    if (!committed.ok) this.#parts.onFatal(committed.problem);
    return committed.ok && forgetting.length > 0 ? this.#parts.forgotten() : committed;
  }

  #put(part: number): void {
    const { store, vault, generation } = this.#parts;
    const theirs = this.#inPart.of(part).map((id) => this.#all.get(id));
    const [table, key] = [store.table("proposals"), tableKey(generation, part)];
    if (theirs.length === 0) void table.remove(key);
    else void table.put(key, vault.seal(keyName(part), Buffer.from(JSON.stringify(theirs)), key));
  }
}

/** Ids by what they have in common, in the order in which they came. */
class Groups<Key> {
  readonly #ids = new Map<Key, Set<string>>();

  of(key: Key): string[] {
    return [...(this.#ids.get(key) ?? [])];
  }

  add(key: Key, id: string): void {
    this.#ids.set(key, (this.#ids.get(key) ?? new Set()).add(id));
  }

  remove(key: Key, id: string): void {
    const ids = this.#ids.get(key);
    ids?.delete(id);
    if (ids?.size === 0) this.#ids.delete(key);
  }
}

/** What a start would not be able to read, each with its place. */
export function damagedProposals(store: Pick<Store, "table">, vault: Pick<Vault, "open">): Problem[] {
  const damaged: Problem[] = [];
  for (const { key, value } of store.table("proposals").range()) {
    const read = value.ok ? readPart(vault, key, value.value) : value;
    const place = `proposals/${key.toString("hex")}`;
    if (!read.ok)
      damaged.push({ code: "STORE_CORRUPT", detail: "a part of the proposals can't be read", field: place });
  }
  return damaged;
}

function readPart(vault: Pick<Vault, "open">, key: Buffer, sealed: Uint8Array): Result<Proposal[]> {
  const opened = vault.open(keyName(key[4]!), sealed, key);
  return opened.ok ? ok(JSON.parse(opened.value.toString()) as Proposal[]) : opened;
}

function partOf(participant: number): number {
  return participant % PROPOSALS.parts;
}

const keyName = (part: number): string => `proposals.${part}`;

function tableKey(generation: number, part: number): Buffer {
  const key = Buffer.allocUnsafe(5);
  key.writeUInt32BE(generation);
  key[4] = part;
  return key;
}
