/**
 * A municipality's file over a real store: vault, live registry and imports put together as the service does. Also for
 * processes that a test starts, so nothing of vitest.
 */
import { formatPostcode } from "../../../engine/geo/postcode.js";
import type { ImportRequest } from "../../../engine/municipality/import/imports.js";
import { type ImportJob, isOver } from "../../../engine/municipality/import/job.js";
import { type MunicipalityFile, openMunicipality } from "../../../engine/municipality/open.js";
import type { Municipalities } from "../../../engine/municipality/ports.js";
import type { LivePositions } from "../../../engine/positions/live-positions.js";
import { openPositions } from "../../../engine/positions/open.js";
import { Proposals } from "../../../engine/proposals/proposals.js";
import type { ParticipantColumns } from "../../../engine/registry/columns/columns.js";
import { loadRegistry } from "../../../engine/registry/columns/load.js";
import { NumberIndex } from "../../../engine/registry/columns/number-index.js";
import type { LiveRegistry } from "../../../engine/registry/live/live-registry.js";
import { openLive } from "../../../engine/registry/live/open.js";
import type { Placing } from "../../../engine/registry/live/placing.js";
import { type DataFolder, openDataFolder } from "../../../engine/registry/open.js";
import type { ParticipantLocation } from "../../../engine/registry/record/participant.js";
import type { Places } from "../../../engine/registry/record/profile/wishes.js";
import { fail, ok, type Problem, type Result } from "../../../schemas/errors.js";
import { given, type SamplePerson } from "../registry/samples.js";
import { locationAt } from "../registry/somebody.js";

export const HERE = 344;
export const ELSEWHERE = 363;
export const FIRST_NUMBER = 31_612_000_000;
const DAY = 20_000;
export const NOW_MS = DAY * 86_400_000 + 1;

/** West of 3 is sea, east of 6.5 another country; in between Utrecht up to 52.2, and Amsterdam north of it. */
export const places: Places & Municipalities = {
  boundaries: {},
  boundariesId: "first",
  populationId: undefined,
  municipalityAt: (lng, lat) => (lng < 3 ? undefined : lng > 6.5 ? 0 : lat < 52.2 ? HERE : ELSEWHERE),
  positionOfPostcode: () => fail("POSTCODE_UNKNOWN", "there are none in this test"),
};

/** The border lies farther south than before: whoever lives between the two is elsewhere now. */
export const otherPlaces: Places & Municipalities = {
  ...places,
  boundariesId: "second",
  municipalityAt: (lng, lat) => (lng < 3 ? undefined : lng > 6.5 ? 0 : lat < 52.05 ? HERE : ELSEWHERE),
};

/** Postcodes on either side of the border, and where they are by another population. */
export const MIDDLES = [
  { postcode: 3_441_000, at: [5.3, 52.1], municipality: HERE },
  { postcode: 1_012_002, at: [5.4, 52.3], municipality: ELSEWHERE },
] as const;

/** The population is another one, the boundaries are those of before. */
export const movedPostcodes: Places & Municipalities = {
  ...places,
  populationId: "second",
  positionOfPostcode: (text) => {
    const found = MIDDLES.find(({ postcode }) => formatPostcode(postcode) === text);
    return found ? ok(found.at) : fail("POSTCODE_UNKNOWN", "it is not among them");
  },
};

/** Somebody's home here, as the rows below say it: SMS of every domain, and nothing else. */
export function place(changed: Partial<ParticipantLocation> = {}): ParticipantLocation {
  return { ...locationAt(5.1, 52.1, HERE), channels: 0x000f, ...changed };
}

export interface Rig extends MunicipalityFile {
  readonly data: DataFolder;
  readonly live: LiveRegistry;
  readonly columns: ParticipantColumns;
  readonly positions: LivePositions;
  readonly proposals: Proposals;
  readonly problems: Problem[];
  /** How long turns of imports held the main thread. */
  readonly turnsMs: number[];
  close(): Promise<void>;
}

export interface RigOptions {
  readonly maxRows?: number;
  readonly places?: Places & Municipalities;
  readonly purge?: () => Promise<Result<void>>;
  readonly onRenewed?: (changed: number) => void;
  /** What selection says when somebody is placed. */
  readonly place?: Placing["place"];
}

/** Over the registry in the folder. */
export async function openRig(folder: string, options: RigOptions = {}): Promise<Rig> {
  const { maxRows, place = () => ok(undefined), purge } = options;
  const data = given(openDataFolder(folder));
  const registry = given(await loadRegistry(data));
  const problems: Problem[] = [];
  const turnsMs: number[] = [];
  const index = new NumberIndex(new Float64Array(registry.participants.numbers));
  const placing = { place, dropPhone: () => {}, setTerms: () => {} };
  const onFatal = (problem: Problem) => void problems.push(problem);
  const now = () => NOW_MS;
  const live = given(await openLive({ data, registry, index, placing, now, onFatal }));
  const positions = openPositions({
    ...data,
    live,
    sparse: registry.sparse,
    placing: { movePhone: () => ok(undefined), dropPhone: () => {} },
    capacity: registry.participants.count,
    municipalityAt: () => HERE,
    now,
    onFatal,
  });
  const { generation } = live;
  const proposals = Proposals.load({ ...data, generation, forgotten: () => live.settled(), onFatal });
  const onTurn = (tookMs: number) => void turnsMs.push(tookMs);
  const { onRenewed } = options;
  const limit = { ...(maxRows !== undefined && { maxRows }), ...(onRenewed && { onRenewed }) };
  const file = given(
    await openMunicipality({
      ...{ data, live, now, onTurn, onFatal, ...limit },
      positions: purge ? { purge } : positions,
      proposals,
      places: options.places ?? places,
    }),
  );
  let isClosed = false;
  const close = async () => {
    if (isClosed) return;
    isClosed = true;
    await Promise.all([file.imports.stop(), file.renewal.stop()]);
    await positions.close();
    given(await live.close());
    await data.store.close();
  };
  return { ...file, data, live, columns: registry.participants, positions, proposals, problems, turnsMs, close };
}

export const HEADER = "participant,number,status,language,kind,lng,lat,channels,schedule,municipality,switchedOff";

/** Sends a file in chunks of this size, and waits until the import is over. */
export async function importFile(
  { imports }: Pick<Rig, "imports">,
  text: string,
  request: Partial<ImportRequest> = {},
  chunkBytes = 65_536,
): Promise<ImportJob> {
  const intake = given(imports.begin({ scope: HERE, mode: "allOrNothing", dryRun: false, ...request }, () => {}));
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += chunkBytes) {
    await new Promise<void>((resume) => {
      if (intake.chunk(bytes.subarray(at, at + chunkBytes), resume)) resume();
    });
  }
  await intake.end();
  await over(intake.job);
  return intake.job;
}

export async function over(job: ImportJob): Promise<void> {
  while (!isOver(job)) await new Promise((resolve) => setTimeout(resolve, 1));
}

/** Participants 0 to 4 live here, 5 to 9 elsewhere. */
export function people(): SamplePerson[] {
  return Array.from({ length: 10 }, (_, row) => {
    const [lat, municipality] = row < 5 ? [52.1, HERE] : [52.3, ELSEWHERE];
    const location = { lng: 5.1, lat, channels: 0x000f, schedule: "always", municipality, kind: 0 };
    return { row, number: FIRST_NUMBER + row, status: 0, language: 0, locations: [location] };
  });
}

interface RowChange {
  readonly kind?: string;
  readonly lat?: number;
  readonly lng?: number;
  readonly channels?: string;
  readonly status?: string;
  readonly off?: string;
}

export function row(number: number | "", changed: RowChange = {}): string {
  const { kind = "home", lat = 52.1, lng = 5.1, channels = "sms:inform+involve+alarm+trace" } = changed;
  const text = number === "" ? "" : `+${number}`;
  const { status = "active", off = "" } = changed;
  return `,${text},${status},nl,${kind},${lng},${lat},${channels},always,GM0344,${off}\n`;
}

export const file = (...rows: readonly string[]) => `${HEADER}\n${rows.join("")}`;
/** Nobody has it, nor those after it. */
export const NEW = FIRST_NUMBER + 100;
