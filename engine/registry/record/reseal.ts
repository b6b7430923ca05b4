/**
 * Seals every block of the registry anew, each under a key of its own that nobody has had: for a rotation of the data keys.
 *
 * Commit after commit, each of which leaves a store that opens, so it may end at any moment and be done again. The keys of
 * before are gone for certain once the root is renewed after it.
 */
import { fail, ok, type Result } from "../../../schemas/errors.js";
import { REGISTRY } from "../../../schemas/limits.js";
import { blockKey } from "../../vault/block-key.js";
import type { DataFolder } from "../open.js";
import { type OnProgress, ProgressMeter } from "../progress.js";
import { readRecord } from "./record.js";

/** How many blocks; none where there is no registry. STORE_CORRUPT at a block that does not open. */
export async function resealRegistry(data: DataFolder, onProgress?: OnProgress): Promise<Result<number>> {
  const record = readRecord(data.store);
  if (!record.ok) return record.problem.code === "REGISTRY_MISSING" ? ok(0) : record;
  const { generation, blockLocations } = record.value;
  const blocks = blockLocations.length;
  const meter = new ProgressMeter(onProgress);
  for (let from = 0; from < blocks; from += REGISTRY.blocksPerCommit) {
    const to = Math.min(blocks, from + REGISTRY.blocksPerCommit);
    const opened = openRange(data, generation, from, to);
    if (!opened.ok) return opened;
    const committed = await resealRange(data, generation, opened.value);
    if (!committed.ok) return committed;
    meter.at(to, blocks);
  }
  meter.end(blocks);
  return ok(blocks);
}

function openRange({ store, vault }: DataFolder, generation: number, from: number, to: number) {
  const opened = new Map<number, Buffer>();
  for (let block = from; block < to; block++) {
    const stored = store.table("participants").get(blockKey(generation, block));
    if (!stored.ok) return fail("STORE_CORRUPT", `block ${block} fails its checksum`, `participants/${block}`);
    if (stored.value === undefined) continue;
    const plain = vault.openBlock(generation, block, stored.value);
    if (!plain.ok) return plain;
    opened.set(block, plain.value);
  }
  return ok(opened);
}

function resealRange({ store, vault }: DataFolder, generation: number, blocks: ReadonlyMap<number, Buffer>) {
  return store.commit(() => {
    for (const [block, plain] of blocks) {
      vault.renewBlockKey(generation, block);
      void store.table("participants").put(blockKey(generation, block), vault.sealBlock(generation, block, plain));
    }
    vault.write();
  });
}
