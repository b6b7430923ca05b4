/**
 * From an open data folder to a registry in memory: columns and shards, the places of the country, what changes while the
 * service runs, and the positions of phones. A part of service.ts, which ties it to the rest.
 */

import { areaCheck, type CheckArea } from "../../engine/actions/preview/area-check.js";
import { MACHINE_CLOCK } from "../../engine/clock/clock.js";
import type { BundledPlaces } from "../../engine/places/bundled.js";
import { Places } from "../../engine/places/places.js";
import { CountryMap } from "../../engine/places/screen/country-map.js";
import type { Gazetteer } from "../../engine/places/screen/gazetteer.js";
import { releaseMemory, runFallible, runTask, type TaskPool } from "../../engine/pool/tasks.js";
import type { Purpose } from "../../engine/pool/turns.js";
import type { LivePositions } from "../../engine/positions/live-positions.js";
import { openPositions } from "../../engine/positions/open.js";
import { Reach, type ReachTasks } from "../../engine/reach/reach.js";
import type { Page, ReachCounts } from "../../engine/reach/task.js";
import type { LoadedRegistry, ParticipantColumns } from "../../engine/registry/columns/columns.js";
import { loadRegistry } from "../../engine/registry/columns/load.js";
import type { LoadedBlocks } from "../../engine/registry/columns/load-worker.js";
import { NumberIndex } from "../../engine/registry/columns/number-index.js";
import type { LiveRegistry } from "../../engine/registry/live/live-registry.js";
import { openLive } from "../../engine/registry/live/open.js";
import type { DataFolder } from "../../engine/registry/open.js";
import { PoolSelector } from "../../engine/selection/pool.js";
import { buildShards } from "../../engine/selection/rows/build.js";
import { ok, type Problem, type Result } from "../../schemas/errors.js";
import type { Closing } from "./closing.js";

type OnFatal = (problem: Problem) => void;

/** What the service keeps of a loaded registry: the flat rows are gone once the shards are built. */
export interface Registered {
  readonly selector: PoolSelector;
  readonly participants: ParticipantColumns;
  readonly locations: number;
  readonly generated: boolean;
  readonly index: NumberIndex;
  readonly live: LiveRegistry;
  readonly places: Places;
  readonly positions: LivePositions;
  readonly reach: Reach;
  readonly map: CountryMap;
  readonly checkArea: CheckArea;
}

/** The registry of the folder in memory, and its threads ready for the first selection. */
export async function register(
  data: DataFolder,
  pool: TaskPool,
  onFatal: OnFatal,
  closing: Closing,
): Promise<Result<Registered>> {
  const registered = await load(data, pool, onFatal, closing);
  if (!registered.ok) return registered;
  // The flat rows went with `load`; the threads that have seen them keep them until they collect.
  await releaseMemory(pool);
  await registered.value.selector.warmUp();
  return registered;
}

async function load(data: DataFolder, pool: TaskPool, onFatal: OnFatal, closing: Closing): Promise<Result<Registered>> {
  // Beside the registry: the workers are busy with that, and this thread is not.
  const knownPlaces = Places.load(data.store, () => runTask<BundledPlaces>(pool, "bundledPlaces", undefined));
  const registry = await loadRegistry(data, (task) => {
    return runFallible<LoadedBlocks>(pool, "loadBlocks", task);
  });
  if (!registry.ok) return registry;
  const { participants, locations, terms, generated, sparse, members } = registry.value;
  const shards = await buildShards(pool, locations, participants, terms);
  if (!shards.ok) return shards;
  const places = await knownPlaces;
  if (!places.ok) return places;
  const selector = new PoolSelector(pool, shards.value);
  closing.add(() => selector.close());
  const index = new NumberIndex(new Float64Array(participants.numbers));
  const changing = await openChanging(
    data,
    { participants, sparse, members },
    selector,
    places.value,
    index,
    onFatal,
    closing,
  );
  if (!changing.ok) return changing;
  const reach = reachOf(selector, places.value, participants, pool);
  const counted = { locations: locations.count, generated };
  const checkArea = areaCheck((flat, purpose) => runFallible<void>(pool, "checkFlat", flat, purpose));
  const map = mapOf(places.value, pool);
  const known = { places: places.value, map, reach, checkArea };
  return ok({ ...counted, ...changing.value, ...known, selector, participants, index });
}

/** What changes while the service runs: participants, and where their phones are. */
async function openChanging(
  data: DataFolder,
  registry: Pick<LoadedRegistry, "participants" | "sparse" | "members">,
  { live: placing }: PoolSelector,
  places: Places,
  index: NumberIndex,
  onFatal: OnFatal,
  closing: Closing,
): Promise<Result<Pick<Registered, "live" | "positions">>> {
  const live = await openLive({ data, registry, index, placing, now: Date.now, onFatal });
  if (!live.ok) return live;
  closing.add(async () => {
    const flushed = await live.value.close();
    if (!flushed.ok) onFatal(flushed.problem);
  });
  const positions = openPositions({
    ...data,
    live: live.value,
    sparse: registry.sparse,
    placing,
    capacity: placing.views.persons,
    municipalityAt: (lng, lat) => places.fastMunicipalityAt(lng, lat) ?? 0,
    now: Date.now,
    onFatal,
  });
  closing.add(() => positions.close());
  // Phones came in the order of their owners; a worker puts them in that of the map.
  const tidied = positions.counts.positions > 0 ? await placing.tidy() : ok(undefined);
  return tidied.ok ? ok({ live: live.value, positions }) : tidied;
}

const OPTIONAL: Purpose = { turn: "optional" };

function reachOf({ live }: PoolSelector, places: Places, participants: ParticipantColumns, pool: TaskPool): Reach {
  const tasks: ReachTasks = {
    count: (task) => runFallible<ReachCounts>(pool, "countReach", task, OPTIONAL),
    page: (task, signal) => runTask<Page>(pool, "reachPage", task, { ...OPTIONAL, signal }),
  };
  return new Reach(places, { views: live.views, status: participants.status }, tasks, MACHINE_CLOCK.steadyMs);
}

function mapOf(places: Places, pool: TaskPool): CountryMap {
  return new CountryMap(places, {
    layer: (task) => runTask<Uint8Array>(pool, "mapLayer", task, OPTIONAL),
    gazetteer: () => runTask<Gazetteer>(pool, "gazetteer", undefined, OPTIONAL),
  });
}
