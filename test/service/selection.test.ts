/** What a preview says, and whom the action then asks, against the registry itself: through HTTP, with the whole service. */
import geodesic from "geographiclib-geodesic";
import { describe, expect, it } from "vitest";
import type { LoadedRegistry } from "../../engine/registry/columns/columns.js";
import { loadRegistry } from "../../engine/registry/columns/load.js";
import { TERMS_WORDS } from "../../engine/registry/record/terms.js";
import type { ActionPage, Preview } from "../../schemas/api/api.js";
import type { AreaInput } from "../../schemas/api/area.js";
import {
  CHANNELS,
  type Channel,
  channelBit,
  type Domain,
  LANGUAGES,
  PARTICIPANT_STATUSES,
} from "../../schemas/words.js";
import { hourOnTheWall } from "../property/world.js";
import { acceptedBy, EVERYWHERE, tagOf, Whole } from "./whole.js";

const PRICE = 0.05;
const CARRIERS = ["north", "south"].map((name) => ({ name, entry: { costPerSegment: PRICE } }));
const AMSTERDAM: [number, number] = [4.9, 52.37];

/** A square with half a side of `degrees`, counter-clockwise. */
function square([lng, lat]: [number, number], degrees: number): [number, number][] {
  const [west, east, south, north] = [lng - degrees, lng + degrees, lat - degrees, lat + degrees];
  return [
    [west, south],
    [east, south],
    [east, north],
    [west, north],
    [west, south],
  ];
}

const AREAS: Record<string, AreaInput> = {
  circle: { type: "Circle", center: AMSTERDAM, radiusMeters: 20_000 },
  polygon: { type: "Polygon", coordinates: [square(AMSTERDAM, 0.4)] },
  "polygon with a hole": { type: "Polygon", coordinates: [square(AMSTERDAM, 0.4), square(AMSTERDAM, 0.05).reverse()] },
  multipolygon: { type: "MultiPolygon", coordinates: [[square(AMSTERDAM, 0.1)], [square([4.48, 51.92], 0.1)]] },
  municipality: { type: "Municipality", code: "GM0363" },
  everywhere: EVERYWHERE,
};

describe("previews and actions", () => {
  it("count and ask exactly those in the area", async () => {
    const whole = await Whole.start(5_000, CARRIERS);
    const registry = await loadRegistry(whole.folder);
    if (!registry.ok) throw new Error(registry.problem.detail);
    const before = await list(whole);
    for (const [at, [name, area]] of Object.entries(AREAS).entries()) {
      const hour = hourOnTheWall("Europe/Amsterdam", Date.now());
      const text = `Burgernet: ${name}. S00${at}`;
      const preview = await whole.engine.request<Preview>("POST", "/v1/previews", { area, text, domain: "trace" });
      expect(preview.status).toBe(200);
      expect((await list(whole)).actions.length, "a preview stores nothing").toBe(before.actions.length + at);
      const { id } = await whole.engine.createAction({ area, text, domain: "trace", dispatch: true });
      const sent = await whole.engine.until(id, ({ status }) => status === "sent");
      const asked = acceptedBy(
        whole.carriers.map((carrier) => carrier.log()),
        tagOf(text),
      );
      // At the turn of an hour schedules open and close between the two.
      if (hour !== hourOnTheWall("Europe/Amsterdam", Date.now())) continue;
      const expected = eligibleIn(registry.value, area, "trace", hour);
      expect(new Set(asked.keys()), name).toEqual(expected.sms.numbers);
      expect(sent.waves[0]!.recipients).toBe(expected.sms.numbers.size);
      expectPreview(preview.body, expected);
    }
  });
});

interface Eligible {
  readonly numbers: Set<number>;
  readonly municipalities: Map<number, Set<number>>;
}

function expectPreview(preview: Preview, expected: Record<Channel, Eligible>): void {
  const { numbers, municipalities } = expected.sms;
  expect(preview.recipients).toBe(numbers.size);
  expect(preview.segmentsPerMessage).toBe(1);
  expect(preview.segments).toBe(numbers.size);
  expect(preview.text).toEqual({ encoding: "gsm0338", segmentsPerMessage: 1, outside: [], suggestion: null });
  const counts = CHANNELS.map((channel) => [channel, shown(expected[channel].numbers.size)]);
  expect(preview.channels).toEqual(Object.fromEntries(counts));
  const told = preview.municipalities.reduce((sum, { recipients }) => sum + recipients, 0);
  expect(told).toBeLessThanOrEqual(numbers.size + 2 * preview.municipalities.length);
  for (const { code, recipients } of preview.municipalities) {
    const possible = municipalities.get(code === null ? 0 : Number(code.slice(2)))!;
    expect(recipients % 5).toBe(0);
    expect(recipients).toBeLessThanOrEqual(possible.size + 2);
  }
  const spoken = Object.values(preview.languages).reduce<number>((sum, count) => sum + (count ?? 0), 0);
  expect(Math.abs(spoken - numbers.size)).toBeLessThanOrEqual(4 * LANGUAGES.length + 5);
  expect(preview.forecast.durationMs).toBeGreaterThanOrEqual(0);
  const amount = Math.round(numbers.size * PRICE * 10_000) / 10_000;
  expect(preview.forecast.cost).toEqual({ amount, currency: "EUR" });
}

/** As a preview tells a count. */
function shown(count: number): number | null {
  return count < 5 ? null : 5 * Math.round(count / 5);
}

/** Row by row, without an index and without the engine's geometry. */
function eligibleIn(
  { participants, locations, terms: table }: LoadedRegistry,
  area: AreaInput,
  domain: Domain,
  hour: number,
): Record<Channel, Eligible> {
  const numbers = new Float64Array(participants.numbers);
  const status = new Uint8Array(participants.status);
  const addresses = new Uint8Array(participants.addresses);
  const [lng, lat] = [new Float64Array(locations.lng), new Float64Array(locations.lat)];
  const participant = new Uint32Array(locations.participant);
  const [channels, terms] = [new Uint16Array(locations.channels), new Uint16Array(locations.terms)];
  const municipality = new Uint16Array(locations.municipality);
  const words = new Uint32Array(table);
  const none = (): Eligible => ({ numbers: new Set(), municipalities: new Map() });
  const found = { sms: none(), push: none(), email: none(), voice: none() };
  for (let row = 0; row < locations.count; row++) {
    const who = participant[row]!;
    if (PARTICIPANT_STATUSES[status[who]!] !== "active") continue;
    if (!isIn(area, lng[row]!, lat[row]!, municipality[row]!)) continue;
    if (((words[terms[row]! * TERMS_WORDS + (hour >> 5)]! >>> (hour & 31)) & 1) === 0) continue;
    for (const channel of CHANNELS) {
      const isAddressed = ((addresses[who]! >>> CHANNELS.indexOf(channel)) & 1) === 1;
      if (!isAddressed || (channels[row]! & channelBit(channel, domain)) === 0) continue;
      const { numbers: all, municipalities } = found[channel];
      all.add(numbers[who]!);
      municipalities.set(municipality[row]!, (municipalities.get(municipality[row]!) ?? new Set()).add(numbers[who]!));
    }
  }
  return found;
}

function isIn(area: AreaInput, lng: number, lat: number, municipality: number): boolean {
  switch (area.type) {
    case "Municipality":
      return municipality === Number(area.code.slice(2));
    case "Polygon":
      return isInRings(area.coordinates, lng, lat);
    case "MultiPolygon":
      return area.coordinates.some((rings) => isInRings(rings, lng, lat));
    case "Circle":
      return metersBetween(area.center, lng, lat) <= area.radiusMeters;
  }
}

/** These rings are squares along the axes. */
function isInRings(rings: readonly (readonly (readonly [number, number])[])[], lng: number, lat: number): boolean {
  const inside = rings.map((ring) => {
    const [lngs, lats] = [ring.map(([x]) => x), ring.map(([, y]) => y)];
    return lng >= Math.min(...lngs) && lng <= Math.max(...lngs) && lat >= Math.min(...lats) && lat <= Math.max(...lats);
  });
  return inside[0]! && !inside.slice(1).includes(true);
}

function metersBetween([lng1, lat1]: readonly [number, number], lng2: number, lat2: number): number {
  return geodesic.Geodesic.WGS84.Inverse(lat1, lng1, lat2, lng2).s12!;
}

async function list(whole: Whole): Promise<ActionPage> {
  return (await whole.engine.request<ActionPage>("GET", "/v1/actions")).body;
}
