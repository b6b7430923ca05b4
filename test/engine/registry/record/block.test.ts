import fc from "fast-check";
import { expect, test } from "vitest";
import { blockBuilder, blockRows, decodeBlock, encodeBlock } from "../../../../engine/registry/record/block.js";
import { blockKey, generationOf } from "../../../../engine/vault/block-key.js";
import { REGISTRY } from "../../../../schemas/limits.js";

const location = fc.record({
  lng: fc.double({ min: -180, max: 180, noNaN: true }),
  lat: fc.double({ min: -90, max: 90, noNaN: true }),
  channels: fc.nat(65_535),
  terms: fc.nat(65_535),
  municipality: fc.nat(9_999),
  kind: fc.nat(2),
});
const participant = fc.record({
  number: fc.oneof(fc.constant(0), fc.integer({ min: 10_000_000, max: 999_999_999_999_999 })),
  status: fc.nat(255),
  language: fc.nat(8),
  locations: fc.array(location, { maxLength: 5 }),
});
const block = fc.record({
  first: fc.nat(1_000).map((number) => number * REGISTRY.participantsPerBlock),
  people: fc.oneof(
    fc.array(participant, { maxLength: 20 }),
    fc.array(participant, { minLength: 256, maxLength: 256, size: "max" }),
  ),
});

function filled({ first, people }: typeof block extends fc.Arbitrary<infer T> ? T : never) {
  const rows = blockRows();
  for (const person of people) {
    const index = rows.participantCount++;
    rows.numbers[index] = person.number;
    rows.status[index] = person.status;
    rows.language[index] = person.language;
    for (const place of person.locations) {
      const row = rows.locationCount++;
      rows.participant[row] = first + index;
      rows.lng[row] = place.lng;
      rows.lat[row] = place.lat;
      rows.channels[row] = place.channels;
      rows.terms[row] = place.terms;
      rows.municipality[row] = place.municipality;
      rows.kind[row] = place.kind;
    }
  }
  return rows;
}

test("a block is decoded to what was encoded, at any offset, and writes nothing beside it", () => {
  const builder = blockBuilder();
  const target = blockRows();
  fc.assert(
    fc.property(block, fc.nat(40), (given, offset) => {
      const rows = filled(given);
      const bytes = encodeBlock(builder, rows, given.first).slice();
      const into = offset + rows.participantCount <= REGISTRY.participantsPerBlock ? offset : 0;
      target.numbers.fill(-1);
      target.lng.fill(-1_000);
      const counts = decodeBlock(bytes, target, into, into, given.first);
      expect(counts).toEqual({ participants: rows.participantCount, locations: rows.locationCount });
      for (const name of ["numbers", "status", "language"] as const) {
        expect(target[name].subarray(into, into + counts.participants)).toEqual(
          rows[name].subarray(0, counts.participants),
        );
      }
      for (const name of ["lng", "lat", "participant", "channels", "terms", "municipality", "kind"] as const) {
        expect(target[name].subarray(into, into + counts.locations)).toEqual(rows[name].subarray(0, counts.locations));
      }
      expect(target.numbers.indexOf(-1)).toBe(into === 0 ? (counts.participants < 256 ? counts.participants : -1) : 0);
      expect(target.lng[into + counts.locations]).toBe(-1_000);
    }),
    { numRuns: 60 },
  );
});

test("blocks sort by generation and number", () => {
  const keys = [
    blockKey(1, 0),
    blockKey(1, 255),
    blockKey(1, 256),
    blockKey(1, 65_536),
    blockKey(2, 0),
    blockKey(256, 0),
  ];
  expect(keys.toSorted(Buffer.compare)).toEqual(keys);
  expect(keys.map(generationOf)).toEqual([1, 1, 1, 1, 2, 256]);
});
