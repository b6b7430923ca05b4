/**
 * Puts a LiveRegistry together over a registry that was loaded: what the last run still owed is done first, and the indexes
 * are built from what loading found beside the columns.
 */
import { ok, type Problem, type Result } from "../../../schemas/errors.js";
import { blockKey } from "../../vault/block-key.js";
import type { LoadedRegistry } from "../columns/columns.js";
import { MailIndex } from "../columns/mail-index.js";
import type { NumberIndex } from "../columns/number-index.js";
import type { DataFolder } from "../open.js";
import { readRecord } from "../record/record.js";
import type { SparseColumns } from "../record/sparse.js";
import { TermsTable } from "../record/terms.js";
import { type BlockStore, PendingBlocks } from "./blocks.js";
import { Durability } from "./durability.js";
import { Growth } from "./growth.js";
import { LiveColumns } from "./live-columns.js";
import { LivePlaces } from "./live-places.js";
import { LiveRecord } from "./live-record.js";
import { LiveRegistry } from "./live-registry.js";
import { Pauses } from "./pauses.js";
import type { Placing } from "./placing.js";

export interface LiveOptions {
  readonly data: DataFolder;
  readonly registry: Pick<LoadedRegistry, "participants" | "sparse" | "members">;
  /** Over the same columns. */
  readonly index: NumberIndex;
  readonly placing: Placing;
  now(): number;
  /** The process must end. */
  onFatal(problem: Problem): void;
}

/** A store's problem, or what renewing the root key fails with. */
export async function openLive(options: LiveOptions): Promise<Result<LiveRegistry>> {
  const { registry, onFatal } = options;
  const { store, vault } = options.data;
  const record = readRecord(store);
  if (!record.ok) return record;
  const { generation, participants } = record.value;
  const terms = new TermsTable(record.value.terms);
  const places = new LivePlaces(options.placing, terms);
  const blocks = new PendingBlocks(blockStore(options.data, generation), terms, () => places.words);
  const growth = new Growth(store.table("growth"), registry.members, participants);
  const liveRecord = new LiveRecord(store.table("meta"), record.value);
  const hooks = { terms: () => places.words, onFatal };
  const durability = new Durability(store, blocks, liveRecord, growth, vault, hooks);
  const renewed = vault.needsRenewal ? await vault.commitRenewed(() => {}) : ok(undefined);
  if (!renewed.ok) return renewed;
  const live = new LiveRegistry({
    ...{ generation, participants, durability, blocks, places, growth, onFatal },
    record: liveRecord,
    columns: new LiveColumns(registry.participants, options.index, registry.sparse.given),
    mails: new MailIndex(registry.sparse.mails),
    pauses: pausesOf(registry.sparse),
    now: options.now,
  });
  return ok(live);
}

function pausesOf({ pauses }: SparseColumns): Pauses {
  const all = new Pauses();
  for (let at = 0; at < pauses.length; at += 2) all.add(pauses[at]!, pauses[at + 1]!);
  return all;
}

function blockStore({ store, vault }: DataFolder, generation: number): BlockStore {
  const table = store.table("participants");
  return {
    read(block) {
      const sealed = table.get(blockKey(generation, block));
      if (!sealed.ok || sealed.value === undefined) return sealed;
      return vault.openBlock(generation, block, sealed.value);
    },
    put(block, bytes, forgets) {
      if (forgets) vault.renewBlockKey(generation, block);
      void table.put(blockKey(generation, block), vault.sealBlock(generation, block, bytes));
    },
  };
}
