/**
 * Counts the participants of a municipality in a range of blocks; runs in any thread, while the registry changes. A block
 * whose key is newer than what was read of it is on its way to the disk: it is read again a moment later.
 */
import { setTimeout } from "node:timers/promises";
import { fail, ok, type Result } from "../../schemas/errors.js";
import { MUNICIPALITY, REGISTRY } from "../../schemas/limits.js";
import { STATUS_MASK } from "../../schemas/words.js";
import { type Counted, countParticipant, nothingCounted } from "../registry/columns/counted.js";
import { type BlockRows, blockRows, decodeBlock } from "../registry/record/block.js";
import { UNUSED_STATUS } from "../registry/record/records.js";
import { Store } from "../store/store.js";
import { blockKey } from "../vault/block-key.js";
import { openWith } from "../vault/box.js";
import { keyOf } from "../vault/keyring.js";

/** Plain data, to be posted to a thread. */
export interface CountTask {
  readonly folder: string;
  readonly generation: number;
  /** As Vault.blockKeys gives them. */
  readonly blockKeys: SharedArrayBuffer;
  /** From this block up to and without that one. */
  readonly fromBlock: number;
  readonly toBlock: number;
  /** 363 for GM0363; undefined for all. */
  readonly scope: number | undefined;
}

/** STORE_CORRUPT for a block that can't be read. */
export async function countBlocks(task: CountTask): Promise<Result<Counted>> {
  const store = Store.open(task.folder, { readOnly: true });
  if (!store.ok) return store;
  try {
    return await countRange(store.value, task);
  } finally {
    await store.value.close();
  }
}

async function countRange(store: Store, task: CountTask): Promise<Result<Counted>> {
  const rows = blockRows();
  const counted = nothingCounted();
  for (let block = task.fromBlock; block < task.toBlock; block++) {
    const opened = await openBlock(store, task, block);
    if (!opened.ok) return opened;
    if (opened.value === undefined) continue;
    const firstParticipant = block * REGISTRY.participantsPerBlock;
    decodeInto(rows, opened.value, firstParticipant);
    countRows(counted, rows, firstParticipant, task.scope);
  }
  return ok(counted);
}

/** Adds the participants of a block who have a location in the municipality; undefined: all. */
function countRows(counted: Counted, rows: BlockRows, firstParticipant: number, scope: number | undefined): void {
  let row = 0;
  for (let index = 0; index < rows.participantCount; index++) {
    let bits = 0;
    let isTheirs = scope === undefined;
    for (; row < rows.locationCount && rows.participant[row] === firstParticipant + index; row++) {
      if (scope !== undefined && rows.municipality[row] !== scope) continue;
      isTheirs = true;
      bits |= rows.channels[row]!;
      counted.locations[rows.kind[row]!]!++;
    }
    if (isTheirs && (rows.status[index]! & STATUS_MASK) !== UNUSED_STATUS) {
      countParticipant(counted, rows, index, bits, scope !== undefined);
    }
  }
}

function decodeInto(rows: BlockRows, bytes: Uint8Array, firstParticipant: number): void {
  const counts = decodeBlock(bytes, rows, 0, 0, firstParticipant);
  rows.participantCount = counts.participants;
  rows.locationCount = counts.locations;
}

/** Undefined for a block that was never written, or only after the counting began: it had no key then. */
async function openBlock(store: Store, task: CountTask, block: number): Promise<Result<Uint8Array | undefined>> {
  const at = blockKey(task.generation, block);
  for (let attempt = 1; ; attempt++) {
    const stored = store.table("participants").get(at);
    if (!stored.ok || stored.value === undefined) return stored;
    const key = keyOf(task.blockKeys, block);
    if (key === undefined) return ok(undefined);
    const plain = openWith(key, at, stored.value);
    if (plain !== undefined) return ok(plain);
    if (attempt === MUNICIPALITY.readAttempts) {
      return fail("STORE_CORRUPT", `block ${block} does not open with its key`, `participants/${block}`);
    }
    await setTimeout(MUNICIPALITY.readAgainMs);
  }
}
