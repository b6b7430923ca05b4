/** Puts the municipality's file together over a registry that lives. */
import { ok, type Problem, type Result } from "../../schemas/errors.js";
import type { LiveRegistry } from "../registry/live/live-registry.js";
import type { DataFolder } from "../registry/open.js";
import { readRecord } from "../registry/record.js";
import type { Places } from "../registry/wishes.js";
import { MunicipalityDesk } from "./desk.js";
import type { Municipalities, PhoneTraces } from "./faces.js";
import { fileRows } from "./file-rows.js";
import { Imports } from "./imports.js";
import { Redo } from "./redo.js";
import { importSealer } from "./sealer.js";
import { type RunCountTask, StatisticsDesk } from "./statistics.js";

export interface MunicipalityOptions {
  readonly data: DataFolder;
  readonly live: LiveRegistry;
  readonly places: Places & Municipalities;
  readonly positions: PhoneTraces;
  /** In a thread of the pool; in this one when absent. */
  readonly run?: RunCountTask;
  /** Of one import; MUNICIPALITY.importRows when absent. */
  readonly maxRows?: number;
  readonly now?: () => number;
  /** Told how long each turn of an import held the main thread. */
  readonly onTurn?: (tookMs: number) => void;
  /** The process must end. */
  readonly onFatal: (problem: Problem) => void;
}

export interface MunicipalityFile {
  readonly desk: MunicipalityDesk;
  readonly imports: Imports;
  readonly statistics: StatisticsDesk;
}

/** Goes on with an import that the last run decided and did not end. To close, `imports.stop()` before the registry. */
export async function openMunicipality(options: MunicipalityOptions): Promise<Result<MunicipalityFile>> {
  const { data, live, places, positions, run, maxRows, now = Date.now, onTurn, onFatal } = options;
  const { store, vault } = data;
  const record = readRecord(store);
  if (!record.ok) return record;
  const imports = new Imports({
    registry: live,
    places,
    generated: record.value.generated,
    redo: new Redo(
      store,
      importSealer(vault, () => live.settled()),
    ),
    sourceOf: (header) => fileRows(header, now()),
    nowMs: now,
    onFatal,
    ...(maxRows !== undefined && { maxRows }),
    ...(onTurn !== undefined && { onTurn }),
  });
  const recovered = await imports.recover();
  if (!recovered.ok) return recovered;
  const statistics = new StatisticsDesk({
    folder: store.folder,
    vault,
    registry: live,
    nowMs: now,
    ...(run && { run }),
  });
  return ok({ desk: new MunicipalityDesk(live, places, positions, now), imports, statistics });
}
