/** Ties the municipality's file to the service: its routes, and its threads for counting. */

import type { Logger } from "pino";
import type { Imports } from "../../engine/municipality/import/imports.js";
import { type MunicipalityFile, openMunicipality } from "../../engine/municipality/open.js";
import type { Places } from "../../engine/places/places.js";
import { runFallible, type TaskPool } from "../../engine/pool/tasks.js";
import type { LivePositions } from "../../engine/positions/live-positions.js";
import type { Proposals } from "../../engine/proposals/proposals.js";
import type { Counted } from "../../engine/registry/columns/counted.js";
import type { LiveRegistry } from "../../engine/registry/live/live-registry.js";
import type { DataFolder } from "../../engine/registry/open.js";
import { ok, type Problem, type Result } from "../../schemas/errors.js";
import type { Route } from "../http/request/route.js";
import { municipalityRoutes } from "../http/routes/municipality/municipality-routes.js";
import type { Closing } from "./closing.js";

export interface MunicipalityServiceOptions {
  readonly live: LiveRegistry;
  readonly places: Places;
  readonly positions: LivePositions;
  readonly proposals: Proposals;
  readonly pool: TaskPool;
  readonly log: Logger;
  readonly onFatal: (problem: Problem) => void;
}

export interface RunningMunicipality {
  readonly routes: readonly Route[];
  readonly imports: Imports;
}

/** A store's problem, or STORE_CORRUPT for an import that was decided and can't be read. */
export async function startMunicipality(
  data: DataFolder,
  { live, places, positions, proposals, pool, log, onFatal }: MunicipalityServiceOptions,
  closing: Closing,
): Promise<Result<RunningMunicipality>> {
  const opened = await openMunicipality({
    ...{ data, live, places, positions, proposals, onFatal },
    onRenewed: (changed) =>
      log.info(
        { changed },
        "participants are where the imported files have their postcodes, in the municipalities of the boundaries",
      ),
    run: (task) => runFallible<Counted>(pool, "countBlocks", task, { turn: "optional" }),
  });
  if (!opened.ok) return opened;
  closing.add(() => closeBoth(opened.value));
  return ok({ routes: municipalityRoutes(opened.value), imports: opened.value.imports });
}

async function closeBoth({ imports, renewal }: MunicipalityFile): Promise<void> {
  await Promise.all([imports.stop(), renewal.stop()]);
}
