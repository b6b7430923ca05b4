/** The index of message_ids against a Map, and the heap of positions against sort. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { hashMessageId, MessageIndex } from "../../../../engine/dispatch/receipts/message-index.js";
import { PositionHeap } from "../../../../engine/dispatch/wave/position-heap.js";
import { seeded } from "../../../random.js";
import { putId } from "../bare-fixtures.js";

const words = new Uint32Array(64);

function hashOf(id: Uint8Array, carrier: number): { place: number; print: number } {
  const hash = { place: 0, print: 0 };
  // Where an id stands and what follows it must make no difference.
  const at = id[0]! % 8;
  putId(words, at, id);
  hashMessageId(words, at, id.length, carrier, hash);
  return hash;
}

describe("the index of message_ids", () => {
  const id = fc.uint8Array({ minLength: 1, maxLength: 64 });

  it("finds what a Map finds, by carrier and id", () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.tuple(fc.integer(), id), {
          maxLength: 300,
          selector: ([carrier, bytes]) => `${carrier} ${Buffer.from(bytes).toString("hex")}`,
        }),
        fc.array(fc.tuple(fc.integer(), id), { maxLength: 50 }),
        (added, foreign) => {
          const index = new MessageIndex(added.length);
          const map = new Map<string, number>();
          const name = (carrier: number, bytes: Uint8Array): string =>
            `${carrier} ${Buffer.from(bytes).toString("hex")}`;
          for (const [entry, [carrier, bytes]] of added.entries()) {
            index.add(hashOf(bytes, carrier), entry);
            index.add(hashOf(bytes, carrier), entry);
            map.set(name(carrier, bytes), entry);
          }
          for (const [carrier, bytes] of [...added, ...foreign]) {
            expect(index.find(hashOf(bytes, carrier))).toBe(map.get(name(carrier, bytes)) ?? -1);
          }
          expect(index.unindexed).toBe(0);
        },
      ),
    );
  });

  it("tells ids apart that carriers really give: counters in decimal and in hex, with a common prefix", () => {
    const count = 200_000;
    for (const text of [(i: number) => String(i), (i: number) => (i * 7).toString(16).padStart(16, "0")]) {
      const index = new MessageIndex(count);
      for (let i = 0; i < count; i++) index.add(hashOf(Buffer.from(text(i)), 1), i);
      let wrong = 0;
      for (let i = 0; i < count; i++) if (index.find(hashOf(Buffer.from(text(i)), 1)) !== i) wrong++;
      for (let i = 0; i < count; i++) if (index.find(hashOf(Buffer.from(text(i)), 2)) !== -1) wrong++;
      expect(wrong).toBe(0);
    }
  });

  it("ends every look-up, also in the smallest of indexes with more ids than it can hold", () => {
    for (let capacity = 0; capacity < 60; capacity++) {
      const index = new MessageIndex(capacity);
      for (let i = 0; i < 2_000; i++) index.add(hashOf(Buffer.from(`id ${i}`), 1), i);
      expect(index.find(hashOf(Buffer.from("another"), 1))).toBe(-1);
      expect(index.unindexed).toBeGreaterThan(0);
      expect(2_000 - index.unindexed).toBeGreaterThanOrEqual(capacity);
    }
  });

  it("keeps room to probe when far more ids come than it was made for", () => {
    const index = new MessageIndex(10_000);
    const next = seeded(1);
    const hashes = Array.from({ length: 60_000 }, () => ({
      place: Math.floor(next() * 2 ** 32),
      print: Math.floor(next() * 2 ** 32),
    }));
    for (const [entry, hash] of hashes.entries()) index.add(hash, entry);
    let found = 0;
    for (const [entry, hash] of hashes.entries()) if (index.find(hash) === entry) found++;
    expect(found).toBe(60_000 - index.unindexed);
    expect(found).toBeGreaterThanOrEqual(10_000);
    // 14,024 places: some stay free, or looking for an id that is not there would go through all of them.
    expect(found).toBeLessThan(14_024 * 0.96);
  });
});

describe("the heap of positions", () => {
  it("gives the lowest first, as sort does", () => {
    fc.assert(
      fc.property(fc.array(fc.option(fc.nat({ max: 2 ** 32 - 1 }), { freq: 3 }), { maxLength: 2_000 }), (steps) => {
        const heap = new PositionHeap();
        const sorted: number[] = [];
        for (const step of steps) {
          if (step === null) {
            expect(heap.peek()).toBe(sorted[0] ?? -1);
            expect(heap.pop()).toBe(sorted.shift() ?? -1);
          } else {
            heap.push(step);
            sorted.push(step);
            sorted.sort((a, b) => a - b);
          }
          expect(heap.size).toBe(sorted.length);
        }
        while (heap.size > 0) expect(heap.pop()).toBe(sorted.shift());
      }),
      { numRuns: 30 },
    );
  });
});
