/**
 * Reads all there is in a data folder or a backup, as a start and every request after it would: checksum of every value, and
 * every sealed value opened, blocks of the registry decoded and counted. What comes through here can be started from; what a
 * start would pass over because it is damaged is named.
 */
import { fail, ok, type Problem, type Result } from "../../schemas/errors.js";
import { BACKUP } from "../../schemas/limits.js";
import { STATUS_MASK } from "../../schemas/words.js";
import { Redo } from "../municipality/plan/redo.js";
import { importSealer } from "../municipality/plan/sealer.js";
import { Answers } from "../pages/answers.js";
import { PositionJournal } from "../positions/journal.js";
import { damagedProposals } from "../proposals/proposal-store.js";
import { type DataFolder, type KekOptions, withRegistry } from "../registry/open.js";
import type { RegistryRecord } from "../registry/record/record.js";
import { UNUSED_STATUS } from "../registry/record/records.js";
import { scanBlocks } from "../registry/record/scan.js";
import { ReplyStore } from "../replies/reply-store.js";
import { probeStore } from "../store/probe.js";
import { storedWebhooks } from "../webhooks/webhook-record.js";
import { type MediaIds, mediaFiles } from "./media-files.js";

export interface Contents {
  /** Without the erased. */
  readonly participants: number;
  readonly locations: number;
  /** Also those that are damaged. */
  readonly records: Readonly<Record<string, number>>;
  /** Table and key of each record that is damaged. */
  readonly damaged: readonly string[];
  /** Photos and films that its records speak of, which may not be there. */
  readonly media: ReadonlyMap<string, MediaIds>;
}

/** STORE_CORRUPT where a start would be refused, or more than BACKUP.damaged records are damaged; or as withRegistry. */
export async function readContents(folder: string, options: KekOptions): Promise<Result<Contents>> {
  const probed = probeStore(folder);
  if (!probed.ok) return probed;
  return withRegistry(folder, options, (opened) => {
    const { records, damaged } = countRecords(opened);
    const people = countPeople(opened, opened.record);
    if (!people.ok) return people;
    const media = mediaFiles(opened.store, opened.vault);
    for (const { field = "" } of [...unopened(opened), ...media.damaged]) damaged.add(field);
    const found = { ...people.value, records, damaged: [...damaged].sort(), media: media.files };
    if (damaged.size <= BACKUP.damaged) return ok(found);
    return fail("STORE_CORRUPT", `more than ${BACKUP.damaged} records are damaged`, [...damaged][0]);
  });
}

/** Of all that is sealed and is no block of the registry, what can't be opened; with its place. */
function unopened({ store, vault }: DataFolder): Problem[] {
  const positions = new PositionJournal(store.table("positions"), vault, 0);
  const redo = new Redo(
    store,
    importSealer(vault, async () => ok(undefined)),
  );
  const nowhere = { position: () => {}, givenUp: () => {} };
  const proposals = damagedProposals(store, vault);
  const webhooks = [...storedWebhooks(store, vault)].flatMap((read) => (read.ok ? [] : [read.problem]));
  const replies = [...new ReplyStore(store, vault).damaged(), ...new Answers(store, vault).damaged()];
  return [...replies, ...positions.read(nowhere), ...redo.damaged(), ...proposals, ...webhooks];
}

/** Damaged blocks of the registry are not told here: they fail the count of its people. */
function countRecords({ store }: DataFolder): { records: Record<string, number>; damaged: Set<string> } {
  const records: Record<string, number> = {};
  const damaged = new Set<string>();
  for (const name of store.names) {
    records[name] = 0;
    for (const { key, value } of store.table(name).range()) {
      if (!value.ok) damaged.add(`${name}/${key.toString("hex")}`);
      records[name]++;
    }
  }
  return { records, damaged };
}

function countPeople(data: DataFolder, record: RegistryRecord): Result<Pick<Contents, "participants" | "locations">> {
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
