/** The ring against a plain queue in one thread, and against a real thread on the other side. */
import { once } from "node:events";
import { Worker } from "node:worker_threads";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Ring, reached } from "../../schemas/ring.js";
import { recordWords, wordOf } from "./ring-records.js";

/** A ring whose positions begin at `position`, so that a test need not write 2^32 words to see them wrap. */
function ringFrom(bytes: number, position: number): SharedArrayBuffer {
  const buffer = Ring.allocate(bytes);
  new Int32Array(buffer, 0, 2).fill(position | 0);
  return buffer;
}

/** Around where positions wrap: modulo 2^32 and from positive to negative. */
const position = fc.oneof(
  fc.integer({ min: 0, max: 300 }),
  fc.integer({ min: 2 ** 31 - 300, max: 2 ** 31 + 300 }),
  fc.integer({ min: 2 ** 32 - 300, max: 2 ** 32 - 1 }),
);

describe("a ring in one thread", () => {
  const step = fc.oneof(
    fc.record({ do: fc.constant("reserve" as const), words: fc.integer({ min: 0, max: 60 }) }),
    fc.record({ do: fc.constantFrom("publish" as const, "next" as const, "release" as const), words: fc.constant(0) }),
  );

  it("gives what was published, in order and whole, and overwrites nothing before its release", () => {
    fc.assert(
      fc.property(position, fc.array(step, { maxLength: 400 }), (start, steps) => {
        const buffer = ringFrom(1024, start);
        const writer = new Ring(buffer);
        const reader = new Ring(buffer);
        const reserved: number[][] = [];
        const published: number[][] = [];
        const held: { at: number; record: number[] }[] = [];
        let number = 0;
        for (const { do: what, words } of steps) {
          if (what === "reserve") {
            const room = writer.room();
            const at = writer.reserve(words);
            // What does not fit before the end costs at most as much again, less a word, for the filler.
            if (at < 0) expect(room).toBeLessThan(2 * (words + 1));
            else {
              const record = Array.from({ length: words }, () => number++);
              writer.words.set(record, at);
              reserved.push(record);
            }
          } else if (what === "publish") {
            expect(writer.unpublished > 0).toBe(reserved.length > 0);
            writer.publish();
            published.push(...reserved.splice(0));
            expect(writer.unpublished).toBe(0);
          } else if (what === "next") {
            const at = reader.next();
            const record = published.shift();
            expect(at >= 0).toBe(record !== undefined);
            if (record) held.push({ at, record });
          } else {
            reader.release(reader.position());
            held.length = 0;
            expect(writer.released()).toBe(reader.position());
          }
          for (const { at, record } of held) {
            expect(reader.words[at - 1]).toBe(record.length);
            expect([...reader.words.subarray(at, at + record.length)]).toEqual(record);
          }
        }
        expect(reached(writer.publish(), reader.position())).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it("wakes the reader once until it has accepted that", () => {
    const ring = new Ring(Ring.allocate(1024));
    expect(ring.wantsWake()).toBe(true);
    expect(ring.wantsWake()).toBe(false);
    ring.acceptWake();
    expect(ring.wantsWake()).toBe(true);
  });

  it("compares positions over the wrap", () => {
    fc.assert(
      fc.property(position, fc.integer({ min: 1, max: 2 ** 31 - 1 }), (start, words) => {
        expect(reached((start + words) | 0, start | 0)).toBe(true);
        expect(reached(start | 0, (start + words) | 0)).toBe(false);
        expect(reached(start | 0, start | 0)).toBe(true);
      }),
    );
  });
});

describe("a ring between two threads", () => {
  it("loses nothing and keeps the order, with millions of words through a small ring", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer(),
        fc.integer({ min: 1, max: 100 }),
        fc.constantFrom(2 ** 32 - 100_000, 2 ** 31 - 100_000, 0),
        async (seed, most, start) => {
          const records = Math.floor(500_000 / (most / 2 + 1));
          const buffer = ringFrom(1024, start);
          const ring = new Ring(buffer);
          const worker = new Worker(new URL("./ring-writer.js", import.meta.url), {
            workerData: { buffer, records, seed, most },
          });
          const exited = once(worker, "exit");
          let wrong = -1;
          for (let record = 0; record < records && wrong < 0; ) {
            const at = ring.next();
            if (at < 0) {
              ring.release(ring.position());
              await new Promise((resolve) => setImmediate(resolve));
              continue;
            }
            const words = recordWords(seed, record, most);
            if (ring.words[at - 1] !== words) wrong = record;
            for (let word = 0; word < words; word++) {
              if (ring.words[at + word] !== wordOf(seed, record, word)) wrong = record;
            }
            record++;
            if (record % 3 === 0) ring.release(ring.position());
          }
          // A writer that still waits for room would never end by itself.
          if (wrong >= 0) await worker.terminate();
          expect(wrong).toBe(-1);
          await exited;
          expect(ring.next()).toBe(-1);
        },
      ),
      { numRuns: 6 },
    );
  });
});
