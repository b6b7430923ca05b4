/** Puts the municipality's file together over a registry that lives. */
import { ok, type Problem, type Result } from "../../schemas/errors.js";
import type { Proposals } from "../proposals/proposals.js";
import type { LiveRegistry } from "../registry/live/live-registry.js";
import type { DataFolder } from "../registry/open.js";
import type { Places } from "../registry/record/profile/wishes.js";
import { readRecord } from "../registry/record/record.js";
import { fileRows } from "./import/file-rows.js";
import { Imports } from "./import/imports.js";
import { MunicipalityParticipants } from "./participants.js";
import { Redo } from "./plan/redo.js";
import { importSealer } from "./plan/sealer.js";
import type { Municipalities, Positions } from "./ports.js";
import { Proposing } from "./proposing.js";
import { Renewal } from "./renewal.js";
import { MunicipalityStatistics, type RunCountTask } from "./statistics.js";

export interface MunicipalityOptions {
  readonly data: DataFolder;
  readonly live: LiveRegistry;
  readonly places: Places & Municipalities;
  readonly positions: Positions;
  readonly proposals: Proposals;
  /** In a thread of the pool; in this one when absent. */
  readonly run?: RunCountTask;
  /** Of one import; MUNICIPALITY.importRows when absent. */
  readonly maxRows?: number;
  readonly now?: () => number;
  /** Told how long each turn of an import held the main thread. */
  readonly onTurn?: (tookMs: number) => void;
  /** How many participants have another municipality by new boundaries, once all were looked at. */
  readonly onRenewed?: (changed: number) => void;
  /** The process must end. */
  readonly onFatal: (problem: Problem) => void;
}

export interface MunicipalityFile {
  readonly participants: MunicipalityParticipants;
  readonly proposing: Proposing;
  readonly imports: Imports;
  readonly statistics: MunicipalityStatistics;
  readonly renewal: Renewal;
}

/** Goes on with what the last run did not end. To close, `imports.stop()` and `renewal.stop()` before the registry. */
export async function openMunicipality(options: MunicipalityOptions): Promise<Result<MunicipalityFile>> {
  const { data, live, places, positions, run, maxRows, now = Date.now, onTurn, onFatal } = options;
  const { store, vault } = data;
  const record = readRecord(store);
  if (!record.ok) return record;
  const proposing = new Proposing(options.proposals, now);
  const imports = new Imports({
    registry: live,
    proposing,
    places,
    generated: record.value.generated,
    redo: new Redo(
      store,
      importSealer(vault, () => live.settled()),
    ),
    sourceOf: (names) => fileRows(names, now(), places),
    nowMs: now,
    onFatal,
    ...(maxRows !== undefined && { maxRows }),
    ...(onTurn !== undefined && { onTurn }),
  });
  const recovered = await imports.recover();
  if (!recovered.ok) return recovered;
  const statistics = new MunicipalityStatistics({
    folder: store.folder,
    vault,
    registry: live,
    nowMs: now,
    ...(run && { run }),
  });
  const renewal = new Renewal({
    ...{ store, registry: live, places, onFatal },
    rows: record.value.rows,
    ...(options.onRenewed && { onDone: options.onRenewed }),
  });
  renewal.begin();
  const participants = new MunicipalityParticipants({ registry: live, places, positions, proposing, nowMs: now });
  return ok({ participants, proposing, imports, statistics, renewal });
}
