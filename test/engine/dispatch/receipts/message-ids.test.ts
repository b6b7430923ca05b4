/** Which message a receipt is of by its id: in whatever form, alike, used again, beside another one in the text. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { RECEIPTS } from "../../../../schemas/limits.js";
import { RECEIPT_STATE } from "../../../../schemas/link.js";
import { peopleOf } from "../fixtures.js";
import { MatcherRig, numberOf, stateOf, statesOf } from "./receipts.js";

const { delivered, undeliverable } = RECEIPT_STATE;

/** Ids that count up from `first`, as the response and the receipt have them. */
const STYLES: Record<string, (value: number) => { response: string; receipt: string }> = {
  same: (value) => ({ response: `${value}`, receipt: `${value}` }),
  "decimal receipts": (value) => ({ response: value.toString(16), receipt: `${value}` }),
  "decimal receipts, upper case, padded": (value) => ({
    response: value.toString(16).toUpperCase().padStart(8, "0"),
    receipt: `${value}`.padStart(10, "0"),
  }),
  "hexadecimal receipts": (value) => ({ response: `${value}`, receipt: value.toString(16).toUpperCase() }),
  "without zeros": (value) => ({ response: `${value}`.padStart(10, "0"), receipt: `${value}` }),
  "with zeros": (value) => ({ response: `${value}`, receipt: `${value}`.padStart(10, "0") }),
  "another case of mixed letters": (value) => ({
    response: `aB-${value.toString(36)}-Xy`,
    receipt: `aB-${value.toString(36)}-Xy`.toUpperCase(),
  }),
  "other case": (value) => ({ response: value.toString(16), receipt: value.toString(16).toUpperCase() }),
};

describe("message_ids", () => {
  it("are found in every form, and each receipt lands with its own recipient", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...Object.values(STYLES)),
        fc.oneof(fc.nat(40), fc.integer({ min: 2 ** 31, max: 2 ** 31 + 50 })),
        fc.integer({ min: 1, max: 300 }),
        fc.boolean(),
        fc.infiniteStream(fc.integer({ min: 0, max: 3 })),
        (style, first, count, isNational, when) => {
          const rig = new MatcherRig();
          const ids = rig.carrier();
          const wave = rig.open(count);
          const fails = (position: number): boolean => position % 3 === 0;
          const receipt = (position: number): void => {
            const number = isNational ? numberOf(1_000 + position) % 1e9 : numberOf(1_000 + position);
            const state = fails(position) ? undeliverable : delivered;
            rig.receipt(ids, style(first + position).receipt, number, state);
          };
          const late: number[] = [];
          for (let position = 0; position < count; position++) {
            const moment = when.next().value;
            if (moment === 0) receipt(position);
            rig.acknowledge(ids, wave, position, style(first + position).response);
            if (moment === 1) receipt(position);
            if (moment === 2) receipt(position);
            if (moment >= 2) late.push(position);
          }
          for (const position of late) receipt(position);
          rig.nowMs = RECEIPTS.earlyMs;
          rig.sweep();
          const due = Array.from({ length: count }, (_, position) => (fails(position) ? "failed" : "delivered"));
          expect(statesOf(wave)).toEqual(due);
        },
      ),
      { numRuns: 150 },
    );
  });

  it("without numbers are found by the form that has proven itself", () => {
    for (const [name, style] of Object.entries(STYLES)) {
      const rig = new MatcherRig(peopleOf());
      const ids = rig.carrier();
      const wave = rig.open(400);
      const first = 2 ** 40;
      for (let i = 0; i < 400; i++) rig.acknowledge(ids, wave, i, style(first + i * 77).response);
      for (let i = 0; i < 400; i++) rig.receipt(ids, style(first + i * 77).receipt);
      expect(wave.counts[4], name).toBe(400);
    }
  });

  it("that fit in several forms prove none where there is no number", () => {
    const rig = new MatcherRig(peopleOf());
    const ids = rig.carrier();
    const wave = rig.open(1_000);
    for (let i = 0; i < 1_000; i++) rig.acknowledge(ids, wave, i, i.toString(16));
    const isBoth = (i: number): boolean => Number.parseInt(`${i}`, 16) < 1_000 && i > 9;
    const both = Array.from({ length: 1_000 }, (_, i) => i).filter(isBoth);
    expect(both.length).toBeGreaterThan(2 * RECEIPTS.settled);
    for (const i of both) rig.receipt(ids, `${i}`);
    expect(ids.shown).toBe("auto");
    rig.receipt(ids, "999");
    expect(stateOf(wave, 999)).toBe("delivered");
    // 26 is 1a, so that nothing above was taken to be its receipt.
    const before = stateOf(wave, 26);
    rig.receipt(ids, "26", 0, undeliverable);
    expect([before, stateOf(wave, 26)]).toEqual(["acknowledged", "failed"]);
  });

  it("of 64 characters and of 19 digits keep every digit", () => {
    const rig = new MatcherRig();
    const ids = rig.carrier();
    const long = "9".repeat(60);
    const pairs = [
      ["9223372036854775807", "7fffffffffffffff"],
      ["9223372036854775806", "7FFFFFFFFFFFFFFE"],
      [BigInt(long).toString(), BigInt(long).toString(16)],
      ["f".repeat(50), BigInt(`0x${"f".repeat(50)}`).toString()],
      ["a".repeat(64), "a".repeat(64)],
    ];
    pairs.forEach(([receipt, response]) => {
      const wave = rig.open(1);
      rig.acknowledge(ids, wave, 0, response!);
      rig.receipt(ids, receipt!, numberOf(1_000));
      expect(statesOf(wave), receipt).toEqual(["delivered"]);
    });
  });

  it("are settled in one form after a while, and found in another after all", () => {
    const rig = new MatcherRig();
    const ids = rig.carrier();
    const wave = rig.open(RECEIPTS.settled + 2);
    for (let i = 0; i < RECEIPTS.settled; i++) rig.acknowledge(ids, wave, i, (50_000 + i).toString(16));
    expect(ids.shown).toBe("auto");
    for (let i = 0; i < RECEIPTS.settled; i++) rig.receipt(ids, `${50_000 + i}`, numberOf(1_000 + i));
    expect(ids.shown).toBe("auto: decimalReceipts");
    expect(wave.counts[4]).toBe(RECEIPTS.settled);
    const last = RECEIPTS.settled;
    rig.acknowledge(ids, wave, last, "abcdef");
    rig.receipt(ids, "abcdef", numberOf(1_000 + last));
    expect(stateOf(wave, last)).toBe("acknowledged");
    rig.nowMs = RECEIPTS.earlyMs;
    rig.sweep();
    expect(stateOf(wave, last)).toBe("delivered");
    expect(ids.shown).toBe("auto");
  });

  it("in a TLV are nobody's, and that of the text is the one: found at once, early, and without a number", () => {
    const rig = new MatcherRig();
    const ids = rig.carrier();
    const wave = rig.open(5);
    for (const position of [0, 1, 2]) rig.acknowledge(ids, wave, position, `abc-${position}`);
    rig.receipt(ids, "internal-77", numberOf(1_000), delivered, 0, "abc-0");
    rig.receipt(ids, "internal-78", 0, undeliverable, 0, "abc-1");
    // That of the TLV goes first: the text's may have been cut off.
    rig.receipt(ids, "abc-2", numberOf(1_002), delivered, 0, "abc-0");
    rig.receipt(ids, "internal-79", numberOf(1_003), delivered, 0, "abc-3");
    rig.receipt(ids, "internal-80", 0, delivered, 0, "abc-4");
    expect(statesOf(wave)).toEqual(["delivered", "failed", "delivered", "intended", "intended"]);
    for (const position of [3, 4]) rig.acknowledge(ids, wave, position, `abc-${position}`);
    expect(statesOf(wave)).toEqual(["delivered", "failed", "delivered", "delivered", "delivered"]);
    expect(ids.strays).toBe(0);
  });

  it("that differ in case alone are told apart where the receipt has the case, and by the number where it has not", () => {
    const rig = new MatcherRig();
    const ids = rig.carrier();
    const wave = rig.open(4);
    for (const [position, id] of ["xYz", "xyZ", "XyZ", "Q"].entries()) rig.acknowledge(ids, wave, position, id);
    rig.receipt(ids, "xyZ", 0);
    rig.receipt(ids, "XYZ", numberOf(1_002));
    rig.receipt(ids, "q", 0, undeliverable);
    expect(statesOf(wave)).toEqual(["acknowledged", "delivered", "delivered", "failed"]);
  });

  it("are taken as configured and no other way", () => {
    const found = (messageIds: "same" | "decimalReceipts" | "hexadecimalReceipts", response: string, id: string) => {
      const rig = new MatcherRig();
      const ids = rig.carrier(messageIds);
      const wave = rig.open(1);
      rig.acknowledge(ids, wave, 0, response);
      rig.receipt(ids, id, numberOf(1_000));
      rig.nowMs = RECEIPTS.earlyMs;
      rig.sweep();
      expect(ids.shown).toBe(messageIds);
      return stateOf(wave, 0) === "delivered";
    };
    expect(found("same", "1a", "1a")).toBe(true);
    expect(found("same", "1a", "1A")).toBe(false);
    expect(found("same", "1a", "26")).toBe(false);
    expect(found("decimalReceipts", "0000001A", "026")).toBe(true);
    expect(found("decimalReceipts", "26", "26")).toBe(false);
    expect(found("hexadecimalReceipts", "0026", "01a")).toBe(true);
    expect(found("hexadecimalReceipts", "1a", "1a")).toBe(false);
  });

  it("that a carrier uses again are told apart by the number, within a wave and across waves", () => {
    const rig = new MatcherRig();
    const ids = rig.carrier();
    const [first, second] = [rig.open(5), rig.open(5, {}, 1_005)];
    for (let i = 0; i < 5; i++) rig.acknowledge(ids, first, i, `id${i % 2}`);
    for (let i = 0; i < 5; i++) rig.acknowledge(ids, second, i, `id${i % 2}`);
    rig.receipt(ids, "id0", numberOf(1_004));
    rig.receipt(ids, "id1", numberOf(1_008));
    rig.receipt(ids, "id0", numberOf(1_005));
    expect(statesOf(first).indexOf("delivered")).toBe(4);
    expect(statesOf(second)).toEqual(["delivered", "acknowledged", "acknowledged", "delivered", "acknowledged"]);
    rig.receipt(ids, "id0", numberOf(2_000));
    expect([first.counts[4], second.counts[4]]).toEqual([1, 2]);
  });

  it("are believed when the number is nobody's, as where carriers leave our own sender", () => {
    const rig = new MatcherRig();
    const ids = rig.carrier();
    const wave = rig.open(2);
    rig.acknowledge(ids, wave, 0, "a1");
    rig.acknowledge(ids, wave, 1, "a2");
    rig.receipt(ids, "a2", 31_970_001);
    expect(statesOf(wave)).toEqual(["acknowledged", "delivered"]);
  });

  it("that are all alike cost no walk longer than a few, and are told by the number", () => {
    const rig = new MatcherRig();
    const ids = rig.carrier();
    const wave = rig.open(2_000);
    for (let i = 0; i < 2_000; i++) rig.acknowledge(ids, wave, i, "0");
    expect(wave.index.unindexed).toBe(2_000 - RECEIPTS.sameId);
    for (let i = 0; i < 2_000; i++) rig.receipt(ids, "0", numberOf(1_000 + i));
    expect(wave.counts[4]).toBe(2_000);
    expect(rig.matcher.searched).toBeLessThan(2_000 * 3 * (RECEIPTS.sameId + 2));
  });
});
