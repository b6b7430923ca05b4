/**
 * Decrypts and decodes a range of blocks into the shared columns; runs in any thread. A task writes only the rows of its own
 * blocks, so tasks need no lock: each row has one writer.
 */

import { fail, ok, type Result } from "../../../schemas/errors.js";
import { REGISTRY } from "../../../schemas/limits.js";
import { Store } from "../../store/store.js";
import { blockKey } from "../../vault/block-key.js";
import { openWith } from "../../vault/box.js";
import { keyOf } from "../../vault/keyring.js";
import { type Counts, decodeBlock, type Rows } from "../record/block.js";
import { SparseCollector, type SparseColumns } from "../record/sparse.js";
import { type LocationRows, noMembers, numberInColumn, type ParticipantColumns } from "./columns.js";

/** Plain data, to be posted to a thread. */
export interface LoadTask {
  readonly folder: string;
  readonly generation: number;
  /** The key of each block, as Vault.blockKeys gives them. */
  readonly blockKeys: SharedArrayBuffer;
  /** From this block up to and without that one. */
  readonly fromBlock: number;
  readonly toBlock: number;
  /** First location row of each block, and one more that is the end of the last; Uint32. */
  readonly blockStarts: SharedArrayBuffer;
  readonly participants: ParticipantColumns;
  readonly locations: LocationRows;
}

export interface LoadedBlocks extends Readonly<Counts> {
  readonly sparse: SparseColumns;
  readonly members: Uint32Array;
}

/** Participants and locations decoded, or STORE_CORRUPT with the block named. */
export async function loadBlocks(task: LoadTask): Promise<Result<LoadedBlocks>> {
  const store = Store.open(task.folder, { readOnly: true });
  if (!store.ok) return store;
  try {
    return decodeRange(store.value, task);
  } finally {
    await store.value.close();
  }
}

function decodeRange(store: Store, task: LoadTask): Result<LoadedBlocks> {
  const rows = rowsOf(task);
  const starts = new Uint32Array(task.blockStarts);
  const counts: Counts = { participants: 0, locations: 0 };
  const sparse = new SparseCollector();
  const members = noMembers();
  for (let block = task.fromBlock; block < task.toBlock; block++) {
    const first = block * REGISTRY.participantsPerBlock;
    const expected = starts[block + 1]! - starts[block]!;
    const stored = store.table("participants").get(blockKey(task.generation, block));
    if (!stored.ok) return corrupt(block, "fails its checksum");
    if (stored.value === undefined) {
      if (expected > 0) return corrupt(block, "is missing");
      continue;
    }
    const key = keyOf(task.blockKeys, block);
    const plain = key && openWith(key, blockKey(task.generation, block), stored.value);
    if (plain === undefined) return corrupt(block, "does not open with its key");
    const found = decodeBlock(plain, rows, first, starts[block]!, first, sparse);
    if (found.locations !== expected) return corrupt(block, `has ${found.locations} locations instead of ${expected}`);
    signNumbers(rows, first, found.participants);
    countMembers(rows, starts[block]!, starts[block + 1]!, members);
    counts.participants += found.participants;
    counts.locations += found.locations;
  }
  return ok({ ...counts, members, sparse: sparse.columns() });
}

/** In a block every number is positive. */
function signNumbers({ numbers, status }: Rows, first: number, count: number): void {
  for (let row = first; row < first + count; row++) numbers[row] = numberInColumn(numbers[row]!, status[row]!);
}

/** Each participant once for each municipality of their locations, which lie side by side. */
function countMembers({ participant, municipality }: Rows, from: number, to: number, members: Uint32Array): void {
  let first = from;
  for (let row = from; row < to; row++) {
    if (participant[row] !== participant[first]) first = row;
    let before = first;
    while (before < row && municipality[before] !== municipality[row]) before++;
    if (before === row) members[municipality[row]!]!++;
  }
}

function corrupt(block: number, what: string): Result<never> {
  const first = block * REGISTRY.participantsPerBlock;
  const last = first + REGISTRY.participantsPerBlock - 1;
  return fail(
    "STORE_CORRUPT",
    `block ${block} of the registry (participants ${first} to ${last}) ${what}; restore the folder, or import with --replace`,
    `participants/${block}`,
  );
}

/** Views on the shared columns. */
export function rowsOf(columns: Pick<LoadTask, "participants" | "locations">): Rows {
  const { participants, locations } = columns;
  return {
    numbers: new Float64Array(participants.numbers),
    status: new Uint8Array(participants.status),
    language: new Uint8Array(participants.language),
    groups: new Uint8Array(participants.groups),
    addresses: new Uint8Array(participants.addresses),
    lng: new Float64Array(locations.lng),
    lat: new Float64Array(locations.lat),
    participant: new Uint32Array(locations.participant),
    channels: new Uint16Array(locations.channels),
    terms: new Uint16Array(locations.terms),
    municipality: new Uint16Array(locations.municipality),
  };
}
