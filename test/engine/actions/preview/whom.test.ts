/** Whom a preview is of, over the real pool, with brute force as the referee. */
import { afterAll, beforeAll, expect, it } from "vitest";
import { makeCountry, randomFrom } from "../../../../bench/selection/country.js";
import type { FilledPreview } from "../../../../engine/actions/kinds/filled.js";
import { type WhomParts, whomOf } from "../../../../engine/actions/preview/whom.js";
import type { MayBeTold } from "../../../../engine/actions/service.js";
import { geodesicMeters } from "../../../../engine/geo/ellipsoid.js";
import { createPool } from "../../../../engine/pool/tasks.js";
import { PoolSelector } from "../../../../engine/selection/pool.js";
import { NO_SPARING } from "../../../../engine/selection/query/persons.js";
import { buildShards } from "../../../../engine/selection/rows/build.js";
import { viewsOf } from "../../../../engine/selection/rows/regions.js";
import type { AreaInput } from "../../../../schemas/api/area.js";
import { fail, ok } from "../../../../schemas/errors.js";
import { given as must } from "../../registry/samples.js";
import { code } from "../harness.js";

const country = makeCountry(20_000);
const columns = viewsOf(country.locations);
let parts: WhomParts & { selector: PoolSelector };

beforeAll(async () => {
  const pool = createPool();
  const shards = must(await buildShards(pool, country.locations, country.participants, country.terms));
  const selector = new PoolSelector(pool, shards);
  parts = { selector, asking: { sparingOf: () => NO_SPARING, askable: async (found) => found }, now: () => 0 };
});
afterAll(() => parts.selector.close());

const ABOUT = { mode: "actual", kind: "other", like: "other", domain: "alarm", urgency: "normal" } as const;
const told: MayBeTold = () => ok(undefined);
function preview(area: AreaInput, enough?: number, mayBeTold = told) {
  const request: FilledPreview = { ...ABOUT, timeCritical: false, area, enough, lifeMinutes: 60, said: undefined };
  return whomOf(parts, request, mayBeTold, undefined);
}

/** How far the nearest of each person's places is, of those who can be asked, the nearest first. */
function distances([lng, lat]: readonly [number, number]): number[] {
  const nearest = new Map<number, number>();
  for (let row = 0; row < country.locations.count; row++) {
    if ((columns.channels[row]! & 0xf) === 0) continue;
    const meters = geodesicMeters(lng, lat, columns.lng[row]!, columns.lat[row]!);
    const person = columns.participant[row]!;
    nearest.set(person, Math.min(nearest.get(person) ?? Infinity, meters));
  }
  return [...nearest.values()].sort((a, b) => a - b);
}

it("is of the nearest where the area holds fewer than are enough, and says how far they live", async () => {
  const seed = Math.floor(Math.random() * 2 ** 31);
  const random = randomFrom(seed);
  for (let round = 0; round < 8; round++) {
    const center: [number, number] = [3.6 + 3.4 * random(), 51 + 2.3 * random()];
    const order = distances(center);
    const area = { type: "Circle", center, radiusMeters: 300 } as const;
    const inside = order.filter((meters) => meters <= 300).length;
    const enough = inside + 1 + Math.floor(random() * 3_000);
    const whom = must(await preview(area, enough));
    expect(whom.recipients, `seed ${seed}`).toBe(enough);
    // The circle ends somewhere between the last of them and the next, and has whoever lives as far as the last.
    const [last, next] = [order[enough - 1]!, order.find((meters) => meters > order[enough - 1]! + 0.001)!];
    const { enough: until, radiusMeters } = whom.nearest!;
    expect(until, `seed ${seed}`).toBe(enough);
    expect(radiusMeters, `seed ${seed}`).toBeGreaterThanOrEqual(last);
    expect(radiusMeters, `seed ${seed}`).toBeLessThanOrEqual(next + 100);
    expect(radiusMeters % 100).toBe(0);
    expect(whom.counts!.recipients, `seed ${seed}`).toBe(order.filter((meters) => meters < next).length);
    const alone = must(await preview(area));
    expect([alone.recipients, alone.nearest, alone.counts?.recipients], `seed ${seed}`).toEqual([inside, null, inside]);
    expect(must(await preview(area, Math.max(1, inside))).nearest === null, `seed ${seed}`).toBe(inside > 0);
  }
});

it("is no breakdown of a drawn area that was widened, and is judged by all whom it would ask", async () => {
  const [lng, lat] = country.towns[40]!;
  const corners = [
    [0, 0],
    [0.01, 0],
    [0.01, 0.01],
    [0, 0.01],
    [0, 0],
  ].map(([east, north]) => [lng + east!, lat + north!]);
  const drawn = { type: "Polygon", coordinates: [corners] } as AreaInput;
  const { recipients, counts } = must(await preview(drawn));
  const wide = must(await preview(drawn, recipients + 500));
  expect([counts?.recipients, wide.recipients, wide.counts]).toEqual([recipients, recipients + 500, undefined]);
  let asked = 0;
  const onlyInside: MayBeTold = (people) => {
    asked = [...people.values()].reduce((sum, count) => sum + count, 0);
    return asked <= recipients ? ok(undefined) : fail("AREA_FORBIDDEN", "elsewhere");
  };
  expect(code(await preview(drawn, undefined, onlyInside))).toBe(undefined);
  expect(code(await preview(drawn, recipients + 500, onlyInside))).toBe("AREA_FORBIDDEN");
  expect(asked).toBeGreaterThan(recipients);
});
