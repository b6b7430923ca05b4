/**
 * Reads all there is in a data folder or a backup, as a start and every request after it would: checksum of every value, and
 * every sealed value opened, blocks of the registry decoded and counted. What comes through here can be started from.
 */
import { fail, ok, type Result } from "../../schemas/errors.js";
import { STATUS_MASK } from "../../schemas/words.js";
import { Redo } from "../municipality/plan/redo.js";
import { importSealer } from "../municipality/plan/sealer.js";
import { PositionJournal } from "../positions/journal.js";
import { type DataFolder, type KekOptions, withRegistry } from "../registry/open.js";
import type { RegistryRecord } from "../registry/record/record.js";
import { UNUSED_STATUS } from "../registry/record/records.js";
import { scanBlocks } from "../registry/record/scan.js";
import { ReplyStore } from "../replies/reply-store.js";
import { probeStore } from "../store/probe.js";

export interface Contents {
  /** Without the erased. */
  readonly participants: number;
  readonly locations: number;
  readonly records: Readonly<Record<string, number>>;
}

/** STORE_CORRUPT with the place, or as withRegistry. */
export async function readContents(folder: string, options: KekOptions): Promise<Result<Contents>> {
  const probed = probeStore(folder);
  if (!probed.ok) return probed;
  return withRegistry(folder, options, (opened) => {
    const records = countRecords(opened);
    if (!records.ok) return records;
    const people = countPeople(opened, opened.record);
    if (!people.ok) return people;
    const rest = openTheRest(opened);
    return rest.ok ? ok({ ...people.value, records: records.value }) : rest;
  });
}

/** Everything sealed that is no block of the registry. */
function openTheRest({ store, vault }: DataFolder): Result<void> {
  const replies = new ReplyStore(store, vault).check();
  if (!replies.ok) return replies;
  const positions = new PositionJournal(store.table("positions"), vault, 0);
  const [damaged] = positions.read({ position: () => {}, givenUp: () => {} });
  if (damaged) return { ok: false, problem: damaged };
  const redo = new Redo(
    store,
    importSealer(vault, async () => ok(undefined)),
  );
  return redo.check();
}

function countRecords({ store }: DataFolder): Result<Record<string, number>> {
  const records: Record<string, number> = {};
  for (const name of store.names) {
    records[name] = 0;
    for (const { value } of store.table(name).range()) {
      if (!value.ok) return value;
      records[name]++;
    }
  }
  return ok(records);
}

function countPeople(data: DataFolder, record: RegistryRecord): Result<Omit<Contents, "records">> {
  let participants = 0;
  let locations = 0;
  for (const block of scanBlocks(data, record)) {
    if (!block.ok) return block;
    const { rows } = block.value;
    locations += rows.locationCount;
    for (let index = 0; index < rows.participantCount; index++) {
      if ((rows.status[index]! & STATUS_MASK) !== UNUSED_STATUS) participants++;
    }
  }
  if (locations === record.locations) return ok({ participants, locations });
  return fail("STORE_CORRUPT", `${record.locations} locations are recorded, ${locations} found`, "participants");
}
