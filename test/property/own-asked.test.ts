/**
 * What a participant is told ("would I be asked?") is what a selection does: for each kind, at each place, a circle of a metre around it
 * asks exactly those who are told so, and counts everybody else under the reason that they are told.
 */
import fc from "fast-check";
import { expect, it } from "vitest";
import type { LngLat } from "../../engine/geo/area.js";
import { ASKED_BYTES, type ParticipantColumns } from "../../engine/registry/columns/columns.js";
import { addressesOf } from "../../engine/registry/record/addresses.js";
import type { Participant } from "../../engine/registry/record/participant.js";
import { TermsTable, termsAt } from "../../engine/registry/record/terms.js";
import { ASKED_COUNTS, askedCounts, IN_DAY, IN_HOUR, RUNNING } from "../../engine/selection/query/asked-columns.js";
import { makeRows, viewsOf } from "../../engine/selection/rows/regions.js";
import { type AskedKind, AskedOfOne } from "../../engine/self/own-asked.js";
import { ACTION_KINDS, CHANNELS, DOMAINS, LEFT_OUT, switchedOffBit, URGENCIES } from "../../schemas/words.js";
import { seeded } from "../random.js";
import { run, shardsOf } from "./in-thread.js";
import { offset, randomTerms, shared, type World } from "./world.js";

const PERSONS = 6;
const TERMS = 5;

interface Crowd {
  readonly world: World;
  readonly people: readonly Participant[];
}

/** Nobody's place is within a metre of another's. */
function crowd(random: () => number): Crowd {
  const words = randomTerms(TERMS, random);
  const table = new TermsTable(words);
  const below = (n: number): number => Math.floor(random() * n);
  const people = Array.from({ length: PERSONS }, (_, person): Participant => {
    const locations = Array.from({ length: 1 + below(3) }, (_, place) => {
      const [lng, lat] = offset([5, 52], 10 * person, 1_000 + 100 * place);
      const channels = random() < 0.5 ? 0xffff : below(65_536);
      return { kind: 0, lng, lat, channels, terms: termsAt(words, below(TERMS)), municipality: 1, postcode: 0 };
    });
    const switchedOff = CHANNELS.reduce((bits, channel) => bits | (random() < 0.1 ? switchedOffBit(channel) : 0), 0);
    return {
      ...{
        number: random() < 0.8 ? 31_612_345_678 : 0,
        mail: random() < 0.7 ? "someone@voorbeeld.nl" : "",
        status: random() < 0.7 ? 0 : 1 + below(2),
        switchedOff,
      },
      ...{
        contacts: 0,
        language: 0,
        kind: 0,
        name: "",
        needs: 0,
        pausedUntil: 0,
        joinedDay: 0,
        locations,
        phone: undefined,
      },
    };
  });
  const rows = people.flatMap(({ locations }, person) => locations.map((location) => ({ person, location })));
  const locations = makeRows(rows.length);
  const columns = viewsOf(locations);
  for (const [row, { person, location }] of rows.entries()) {
    columns.participant[row] = person;
    columns.terms[row] = table.add(location.terms)!;
    for (const column of ["lng", "lat", "channels", "municipality"] as const) columns[column][row] = location[column];
  }
  return { world: { locations, participants: columnsOf(people, below), terms: shared(words) }, people };
}

function columnsOf(people: readonly Participant[], below: (n: number) => number): ParticipantColumns {
  const buffer = (bytes: number) => new SharedArrayBuffer(bytes * PERSONS);
  const participants = {
    count: PERSONS,
    numbers: buffer(8),
    status: buffer(1),
    language: buffer(1),
    groups: buffer(1),
    addresses: buffer(1),
    asked: buffer(ASKED_BYTES),
  };
  const asked = askedCounts(participants.asked);
  for (const [person, record] of people.entries()) {
    const { number, status, switchedOff } = record;
    new Float64Array(participants.numbers)[person] = number;
    new Uint8Array(participants.addresses)[person] = addressesOf(record);
    new Uint8Array(participants.status)[person] = status | switchedOff;
    asked[person * ASKED_COUNTS + IN_HOUR] = below(3);
    asked[person * ASKED_COUNTS + IN_DAY] = below(6);
    asked[person * ASKED_COUNTS + RUNNING] = below(2);
    new Uint8Array(participants.groups)[person] = below(8);
  }
  return participants;
}

it("whoever is told that they would be asked is, and whoever is not is told why", () => {
  const reached = new Set<string>();
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2 ** 31 }), (state) => {
      const random = seeded(state);
      const { world, people } = crowd(random);
      const shards = shardsOf(world, 2);
      const atMs = Date.UTC(2026, 0, 1) + Math.floor(random() * 31_536_000_000);
      const one = <Word>(words: readonly Word[]): Word => words[Math.floor(random() * words.length)]!;
      const kinds = Array.from({ length: 4 }, (): AskedKind => {
        const sparing = { perHour: 2, perDay: 5, alone: random() < 0.5, only: random() < 0.7 ? 0 : 3 };
        return { kind: "k", like: one(ACTION_KINDS), domain: one(DOMAINS), urgency: one(URGENCIES), sparing };
      });
      const own = new AskedOfOne({ people: world.participants, kinds: () => kinds, served: CHANNELS });
      for (const [person, record] of people.entries()) {
        const told = own.of(person, record, false, atMs);
        for (const [at, { like, domain, urgency, sparing }] of kinds.entries()) {
          for (const { location, channels } of told.kinds[at]!.places) {
            const { lng, lat } = record.locations[location!]!;
            const area = { type: "Circle", center: [lng, lat] as LngLat, radiusMeters: 1 } as const;
            for (const channel of CHANNELS) {
              const { counted } = run(world, shards, { area, channel, domain, kind: like, urgency, atMs }, sparing);
              const found = counted!.count === 1 ? "asked" : LEFT_OUT[counted!.leftOut.indexOf(1)];
              expect(channels[channel]).toBe(found);
              reached.add(channels[channel]);
            }
          }
        }
      }
    }),
    { numRuns: 60 },
  );
  expect(reached.size, "each answer came up").toBe(LEFT_OUT.length + 1);
});
