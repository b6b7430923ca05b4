/** Reads a stored registry block after block, for what goes over all of it: export and statistics. */

import { fail, ok, type Result } from "../../../schemas/errors.js";
import { REGISTRY } from "../../../schemas/limits.js";
import { blockKey } from "../../vault/block-key.js";
import type { DataFolder } from "../open.js";
import { type BlockRows, blockRows, decodeBlock } from "./block.js";
import type { RegistryRecord } from "./record.js";

export interface ScannedBlock {
  readonly firstParticipant: number;
  /** Overwritten by the next block. */
  readonly rows: BlockRows;
}

/** STORE_CORRUPT, as the last thing, at a block that is damaged or missing. */
export function* scanBlocks({ store, vault }: DataFolder, record: RegistryRecord): Generator<Result<ScannedBlock>> {
  const rows = blockRows();
  const table = store.table("participants");
  for (const [block, expected] of record.blockLocations.entries()) {
    const stored = table.get(blockKey(record.generation, block));
    if (!stored.ok || (stored.value === undefined && expected > 0)) {
      yield fail("STORE_CORRUPT", `block ${block} of the registry is damaged or missing`, `participants/${block}`);
      return;
    }
    if (stored.value === undefined) continue;
    const plain = vault.openBlock(record.generation, block, stored.value);
    if (!plain.ok) {
      yield plain;
      return;
    }
    const firstParticipant = block * REGISTRY.participantsPerBlock;
    const counts = decodeBlock(plain.value, rows, 0, 0, firstParticipant);
    rows.participantCount = counts.participants;
    rows.locationCount = counts.locations;
    yield ok({ firstParticipant, rows });
  }
}
