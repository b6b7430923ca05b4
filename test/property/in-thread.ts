/** Selections over a small registry in this thread, by the task that a worker of the pool runs. */
import type { LngLat } from "../../engine/geo/area.js";
import { toSpace } from "../../engine/geo/ellipsoid.js";
import { areaOrigin, mayTouch, prepareArea } from "../../engine/geo/search/search.js";
import { select } from "../../engine/pool/worker.js";
import { severalOf } from "../../engine/selection/query/channels.js";
import { CENTIMETER_KEYS } from "../../engine/selection/query/eligible.js";
import type { Sparing } from "../../engine/selection/query/persons.js";
import type { Outcome } from "../../engine/selection/query/searching.js";
import { SharedTerms, termsQuery } from "../../engine/selection/query/welcome.js";
import { buildShard, municipalityMiddle, type ShardData, shardColumns } from "../../engine/selection/rows/shard.js";
import type { SelectionQuery } from "../../engine/selection/selector.js";
import { CHANNELS, DOMAINS } from "../../schemas/words.js";
import type { World } from "./world.js";

/** So many shards, each of neighbouring rows of the world. */
export function shardsOf(world: World, parts: number): ShardData[] {
  const { count } = world.locations;
  const edges = Array.from({ length: parts + 1 }, (_, part) => Math.floor((part * count) / parts));
  return edges.slice(1).map((to, part) => buildShard(world.locations, edges[part]!, to));
}

/** A roster, or counts where it is said whom to spare. */
export function run(world: World, shards: ShardData[], query: SelectionQuery, sparing?: Sparing): Outcome {
  const area = prepareArea(query.area);
  const origin = originOf(shards, query);
  const space = new Float64Array(3);
  toSpace(origin[0], origin[1], space, 0);
  const selected = select({
    area,
    origin: [space[0]!, space[1]!, space[2]!],
    keysPerUnit: CENTIMETER_KEYS,
    channel: CHANNELS.indexOf(query.channel),
    domain: DOMAINS.indexOf(query.domain),
    ...termsQuery(query),
    several: sparing ? undefined : severalOf(query, world.participants.addresses),
    counting: sparing && { people: world.participants, sparing },
    shards: shards.filter((shard) => mayTouch(area, shardColumns(shard), new Set(codesOf(shard)))),
    live: undefined,
    persons: world.participants.count,
    status: world.participants.status,
    terms: SharedTerms.of(new Uint32Array(world.terms)).buffer,
  });
  if (!selected.ok) throw new Error(selected.problem.detail);
  return selected.value;
}

function codesOf(shard: ShardData): number[] {
  return [...shard.municipalities].filter((_, index) => index % 5 === 0);
}

export function originOf(shards: ShardData[], query: SelectionQuery): LngLat {
  const { area } = query;
  const own = area.type === "Municipality" ? municipalityMiddle(shards, area.code) : areaOrigin(area);
  return query.origin ?? own ?? [0, 0];
}
