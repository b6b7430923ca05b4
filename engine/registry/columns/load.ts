/**
 * From the store into shared columns, once, when the service starts. Everything is there or nothing is: a block that is
 * damaged or missing makes the load fail with its name, because a registry without some of its people would ask the others
 * and nobody would notice.
 */

import { fail, ok, type Result } from "../../../schemas/errors.js";
import { REGISTRY, SELF } from "../../../schemas/limits.js";
import { type DataFolder, type KekOptions, withRegistry } from "../open.js";
import { type RegistryRecord, readRecord } from "../record/record.js";
import { UNUSED_STATUS } from "../record/records.js";
import { joinSparse, NO_SPARSE, type SparseColumns } from "../record/sparse.js";
import { ASKED_BYTES, type LoadedRegistry, type LocationRows, noMembers, type ParticipantColumns } from "./columns.js";
import { type LoadedBlocks, type LoadTask, loadBlocks } from "./load-worker.js";

/** Runs loadBlocks (load-worker.ts) wherever the caller likes; in this thread when absent. */
export type RunLoadTask = (task: LoadTask) => Promise<Result<LoadedBlocks>>;

/** More tasks than threads, so that a thread that is slow does not hold the others up. */
const TASKS = 8;

/**
 * Columns of an empty registry of this size, with room to join: every participant number unused. Memory that nobody has
 * written to costs address space alone, so of the room only the status counts. Behind all numbers there are those of the
 * seats for codes (engine/self/codes/sms-codes.ts), which are nobody's.
 */
export function emptyRegistry(
  record: Pick<RegistryRecord, "generation" | "generated" | "rows" | "locations" | "terms">,
): LoadedRegistry {
  const { rows, locations } = record;
  const shared = (count: number, bytes: number) => new SharedArrayBuffer(count * bytes);
  const count = rows + REGISTRY.roomToJoin;
  const participants: ParticipantColumns = {
    count,
    numbers: shared(count + SELF.codeWaves, 8),
    status: shared(count, 1),
    language: shared(count, 1),
    groups: shared(count, 1),
    addresses: shared(count, 1),
    asked: shared(count, ASKED_BYTES),
  };
  new Uint8Array(participants.status).fill(UNUSED_STATUS);
  const locationRows: LocationRows = {
    count: locations,
    lng: shared(locations, 8),
    lat: shared(locations, 8),
    participant: shared(locations, 4),
    channels: shared(locations, 2),
    terms: shared(locations, 2),
    municipality: shared(locations, 2),
  };
  const terms = shared(record.terms.length, 4);
  new Uint32Array(terms).set(record.terms);
  return {
    generation: record.generation,
    generated: record.generated,
    rows,
    participants,
    locations: locationRows,
    terms,
    members: noMembers(),
    sparse: NO_SPARSE,
  };
}

/** `source` is an open data folder or its path. REGISTRY_MISSING, or as openDataFolder, when there is none to use. */
export async function loadRegistry(
  source: DataFolder | string,
  run: RunLoadTask = loadBlocks,
  options: KekOptions = {},
): Promise<Result<LoadedRegistry>> {
  if (typeof source === "string") return withRegistry(source, options, (opened) => loadFrom(opened, run));
  return loadFrom(source, run);
}

async function loadFrom(data: DataFolder, run: RunLoadTask): Promise<Result<LoadedRegistry>> {
  const record = readRecord(data.store);
  if (!record.ok) return record;
  const loaded = emptyRegistry(record.value);
  const counts = await Promise.all(tasksFor(data, record.value, loaded).map(run));
  let participants = 0;
  const sparse: SparseColumns[] = [];
  for (const count of counts) {
    if (!count.ok) return count;
    participants += count.value.participants;
    sparse.push(count.value.sparse);
    for (const [municipality, more] of count.value.members.entries()) loaded.members[municipality]! += more;
  }
  // A block that is missing and had no location is noticed here; decoded rows include unused ones within a block.
  if (participants < record.value.participants) {
    return fail("STORE_CORRUPT", `${record.value.participants} participants expected, ${participants} found`);
  }
  return ok({ ...loaded, sparse: joinSparse(sparse) });
}

function tasksFor({ store, vault }: DataFolder, record: RegistryRecord, loaded: LoadedRegistry): LoadTask[] {
  const blocks = record.blockLocations.length;
  const blockStarts = new SharedArrayBuffer((blocks + 1) * 4);
  const starts = new Uint32Array(blockStarts);
  record.blockLocations.forEach((count, block) => {
    starts[block + 1] = starts[block]! + count;
  });
  const perTask = Math.max(1, Math.ceil(blocks / TASKS));
  const { generation } = record;
  const { participants, locations } = loaded;
  const blockKeys = vault.blockKeys(generation);
  const shared = { folder: store.folder, generation, blockKeys, blockStarts, participants, locations };
  const tasks: LoadTask[] = [];
  for (let fromBlock = 0; fromBlock < blocks; fromBlock += perTask) {
    const toBlock = Math.min(blocks, fromBlock + perTask);
    tasks.push({ ...shared, fromBlock, toBlock });
  }
  return tasks;
}
