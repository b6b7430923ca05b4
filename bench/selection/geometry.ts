/**
 * Geometry alone, on one thread: which of as many points as there are participants lie in a circle, written out as a list of numbers. The peer is
 * `geokdbush.around` on one KDBush over the same points, asked for all within the radius. It measures on a sphere and so
 * misses some near the rim (up to 0.33 % of the radius); ours is exact on the ellipsoid. geometry.copy is the floor of the nationwide
 * one: the same numbers, copied once as a whole, and looked for by nobody.
 */

import { around } from "geokdbush";
import KDBush from "kdbush";
import { prepareCircle } from "../../engine/geo/search/circle.js";
import { AreaSearch, mayTouch } from "../../engine/geo/search/search.js";
import { chooseBorders, classifyRows, groupRows, makeRows, viewsOf } from "../../engine/selection/rows/regions.js";
import { buildShard, type ShardColumns, shardColumns } from "../../engine/selection/rows/shard.js";
import { measure, rounded } from "../measure.js";
import type { BenchOptions, Report } from "../report.js";
import { type Country, incidentIn, LOCATIONS_PER_PARTICIPANT, makeCountry } from "./country.js";

/** No part of what is compared: it says what the memory of the machine does with so much. */
export const COPY = "geometry.copy";
const ALONE = { peer: null, ratio: null };
const CIRCLES = [
  { name: "geometry.5km", radiusMeters: 5_000, ours: 2_000, peers: 50 },
  { name: "geometry.80km", radiusMeters: 80_000, ours: 200, peers: 5 },
  { name: "geometry.nationwide", radiusMeters: 400_000, ours: 100, peers: 3 },
];
const NO_MUNICIPALITIES: ReadonlySet<number> = new Set();

export async function run(report: Report, options: BenchOptions): Promise<void> {
  const country = makeCountry(options.participants / LOCATIONS_PER_PARTICIPANT);
  const shards = shardsOf(country);
  const points = viewsOf(country.locations);
  const index = new KDBush(country.locations.count);
  for (let row = 0; row < country.locations.count; row += 1) index.add(points.lng[row]!, points.lat[row]!);
  index.finish();
  const center = incidentIn(country);
  const found = new Uint32Array(country.locations.count);
  for (const { name, radiusMeters, ours, peers } of CIRCLES) {
    const mine = await measure(() => listAll(shards, center, radiusMeters, found), options.tiny ? 2 : ours);
    const [lng, lat] = center;
    const theirs = await measure(
      () => around(index, lng, lat, Infinity, radiusMeters / 1_000),
      options.tiny ? 1 : peers,
    );
    report({
      name,
      value: rounded(mine.p50),
      unit: "ms",
      p50: rounded(mine.p50),
      p99: rounded(mine.p99),
      peer: rounded(theirs.p50),
      ratio: rounded(theirs.p50 / mine.p50),
    });
  }
  const copied = await measure(() => found.set(points.participant), options.tiny ? 2 : 100);
  report({
    name: COPY,
    value: rounded(copied.p50),
    unit: "ms",
    p50: rounded(copied.p50),
    p99: rounded(copied.p99),
    ...ALONE,
  });
}

/** Without the pool: the geometry is measured on one thread. */
function shardsOf({ locations }: Country): ShardColumns[] {
  const region = new Uint16Array(locations.count);
  const sizes = classifyRows(locations, chooseBorders(locations), 0, locations.count, region);
  let end = 0;
  const starts = Array.from(sizes, (size) => {
    end += size;
    return end - size;
  });
  const grouped = makeRows(locations.count);
  groupRows(locations, grouped, 0, locations.count, region, Uint32Array.from(starts));
  return starts.map((from, index) => shardColumns(buildShard(grouped, from, from + sizes[index]!)));
}

const search = new AreaSearch();

/** Writes the participant of each row in the circle to `found` and returns how many there are. */
function listAll(
  shards: readonly ShardColumns[],
  center: readonly [number, number],
  radiusMeters: number,
  found: Uint32Array,
): number {
  const area = { type: "circle", circle: prepareCircle(center, radiusMeters) } as const;
  let at = 0;
  for (const shard of shards) {
    if (!mayTouch(area, shard, NO_MUNICIPALITIES)) continue;
    const { bounds, count } = search.search(shard, area);
    for (let range = 0; range < 2 * count; range += 2) {
      const rows = shard.participant.subarray(bounds[range], bounds[range + 1]);
      found.set(rows, at);
      at += rows.length;
    }
  }
  return at;
}
