import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Framer } from "../../../../gateway/smpp/pdu/framer.js";
import { SMPP } from "../../../../schemas/limits.js";

function pdu(length: number, fill: number): Buffer {
  const bytes = Buffer.alloc(length, fill);
  bytes.writeUInt32BE(length, 0);
  return bytes;
}

function collect(): { framer: Framer; seen: string[] } {
  const seen: string[] = [];
  const framer = new Framer((bytes, at, length) => {
    seen.push(Buffer.from(bytes.subarray(at, at + length)).toString("hex"));
  });
  return { framer, seen };
}

describe("framer", () => {
  const pdus = [pdu(16, 1), pdu(17, 2), pdu(33, 3), pdu(16, 4), pdu(200, 5)];
  const stream = Buffer.concat(pdus);
  const whole = pdus.map((bytes) => bytes.toString("hex"));

  test("cuts the same PDUs at every split in two, many in one chunk, and byte by byte", () => {
    for (let split = 0; split <= stream.length; split++) {
      const { framer, seen } = collect();
      const tail = stream.subarray(split);
      expect(framer.push(stream.subarray(0, split), split)).toBe(true);
      expect(framer.push(tail, tail.length)).toBe(true);
      expect(seen).toEqual(whole);
    }
    const { framer, seen } = collect();
    for (const byte of stream) expect(framer.push(Uint8Array.of(byte), 1)).toBe(true);
    expect(seen).toEqual(whole);
  });

  test("cuts the same PDUs however a random stream is chopped", () => {
    const lengths = fc.array(fc.oneof(fc.integer({ min: 16, max: 90 }), fc.constant(SMPP.pduBytes)), { maxLength: 20 });
    fc.assert(
      fc.property(
        lengths,
        fc.array(fc.integer({ min: 1, max: 20_000 }), { minLength: 1, maxLength: 50 }),
        (all, cuts) => {
          const sent = all.map((length, index) => pdu(length, index));
          const bytes = Buffer.concat(sent);
          const { framer, seen } = collect();
          for (let at = 0, cut = 0; at < bytes.length; cut++) {
            const chunk = bytes.subarray(at, at + cuts[cut % cuts.length]!);
            expect(framer.push(chunk, chunk.length)).toBe(true);
            at += chunk.length;
          }
          expect(seen).toEqual(sent.map((one) => one.toString("hex")));
        },
      ),
      { numRuns: 100 },
    );
  });

  test("reports a command_length out of bounds, after the PDUs before it, at every split", () => {
    for (const length of [0, 4, 8, 15, SMPP.pduBytes + 1, 2 ** 31, 2 ** 32 - 1]) {
      const bad = Buffer.alloc(16);
      bad.writeUInt32BE(length, 0);
      const bytes = Buffer.concat([pdu(20, 7), bad]);
      for (let split = 0; split <= bytes.length; split++) {
        const { framer, seen } = collect();
        const first = framer.push(bytes.subarray(0, split), split);
        const second = first && framer.push(bytes.subarray(split), bytes.length - split);
        expect(second).toBe(false);
        expect(seen).toEqual([pdu(20, 7).toString("hex")]);
      }
    }
  });

  test("only the given length of a chunk counts", () => {
    const { framer, seen } = collect();
    framer.push(Buffer.concat([pdu(16, 1), pdu(16, 2)]), 16);
    expect(seen).toEqual([pdu(16, 1).toString("hex")]);
  });
});
