/**
 * The proposals on the disk. What a proposal was about goes for good with its decision, or with its participant: its part is
 * sealed anew under another key.
 *
 * Table `proposals`: generation of the registry (4 bytes, big-endian) and part (1 byte); JSON, sealed. Participant numbers of
 * another registry mean other people; their proposals are dropped. One part that can't be read costs those in it, and says so.
 */
import { ok, type Problem, type Result } from "../../schemas/errors.js";
import { PROPOSALS } from "../../schemas/limits.js";
import type { Store } from "../store/store.js";
import type { Vault } from "../vault/vault.js";
import type { Proposal } from "./proposal.js";

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

export class ProposalStore {
  /** Parts that differ from the disk, and those of them of which something is to be forgotten. */
  readonly #changed = new Set<number>();
  readonly #forgetting = new Set<number>();
  /** Keys of another registry's. */
  readonly #stale: Buffer[] = [];
  #writing: Promise<Result<void>> = Promise.resolve(ok(undefined));
  readonly #parts: ProposalParts;

  constructor(parts: ProposalParts) {
    this.#parts = parts;
  }

  /** The oldest first; the next write removes what is of another registry. */
  load(): Proposal[] {
    const { store, vault, generation } = this.#parts;
    const found: Proposal[] = [];
    for (const { key, value } of store.table("proposals").range()) {
      const isTheirs = key.readUInt32BE(0) === generation;
      if (!isTheirs) this.#stale.push(key);
      const read = isTheirs && value.ok ? readPart(vault, key, value.value) : ok([]);
      if (read.ok) found.push(...read.value);
    }
    return found.sort((one, other) => one.createdAtMs - other.createdAtMs);
  }

  /** A part is to be written. */
  changed(part: number): void {
    this.#changed.add(part);
  }

  /** A part is to be written, and something that was in it lost for good. */
  forgotten(part: number): void {
    this.#changed.add(part);
    this.#forgetting.add(part);
  }

  /** Settles when all that was called before is on the disk, and what was forgotten opens no more. `inPart`: what is in a part. */
  write(inPart: (part: number) => Proposal[]): Promise<Result<void>> {
    this.#writing = this.#writing.then(() => this.#write(inPart));
    return this.#writing;
  }

  async #write(inPart: (part: number) => Proposal[]): Promise<Result<void>> {
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
      for (const part of changed) this.#put(part, inPart(part));
      vault.write();
    });
    if (!committed.ok) this.#parts.onFatal(committed.problem);
    return committed.ok && forgetting.length > 0 ? this.#parts.forgotten() : committed;
  }

  #put(part: number, proposals: readonly Proposal[]): void {
    const { store, vault, generation } = this.#parts;
    const [table, key] = [store.table("proposals"), tableKey(generation, part)];
    if (proposals.length === 0) void table.remove(key);
    else void table.put(key, vault.seal(keyName(part), Buffer.from(JSON.stringify(proposals)), key));
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

/** In which part the proposals to this participant lie. */
export function partOf(participant: number): number {
  return participant % PROPOSALS.parts;
}

const keyName = (part: number): string => `proposals.${part}`;

function tableKey(generation: number, part: number): Buffer {
  const key = Buffer.allocUnsafe(5);
  key.writeUInt32BE(generation);
  key[4] = part;
  return key;
}

/** All of them under other keys than before, in one commit. How many parts are damaged: they stay as they are, and keep no other. */
export async function resealProposals(store: Store, vault: ProposalVault): Promise<Result<number>> {
  const table = store.table("proposals");
  const parts = [...table.range()].map(({ key, value }) => {
    return { key, name: keyName(key[4]!), plain: value.ok ? vault.open(keyName(key[4]!), value.value, key) : value };
  });
  const committed = await store.commit(() => {
    for (const { name } of parts) vault.renew(name);
    for (const { key, name, plain } of parts) if (plain.ok) void table.put(key, vault.seal(name, plain.value, key));
    vault.write();
  });
  return committed.ok ? ok(parts.filter(({ plain }) => !plain.ok).length) : committed;
}
