/** Whose receipt it is: early, late, twice, under another id, without any, on another carrier. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { CarrierIds } from "../../../../engine/dispatch/receipts/carrier-ids.js";
import type { LiveWave } from "../../../../engine/dispatch/wave/wave.js";
import { RECEIPTS } from "../../../../schemas/limits.js";
import { RECEIPT_STATE } from "../../../../schemas/link.js";
import { peopleOf } from "../fixtures.js";
import { CARRIER, MatcherRig, numberOf, stateOf, statesOf } from "./receipts.js";

const { delivered, undeliverable, enroute, accepted, unknown } = RECEIPT_STATE;

describe("receipts before their response", () => {
  it("wait for it, once, and keep the final state whatever follows it", () => {
    const rig = new MatcherRig(peopleOf());
    const ids = rig.carrier();
    const wave = rig.open(3);
    for (const state of [enroute, delivered, accepted, undeliverable]) rig.receipt(ids, "one", 0, state);
    rig.receipt(ids, "two", 0, enroute);
    expect(rig.matcher.early).toBe(1);
    rig.acknowledge(rig.carrier("auto", "south", 8), wave, 0, "one");
    rig.acknowledge(ids, wave, 1, "one");
    rig.acknowledge(ids, wave, 2, "two");
    expect(statesOf(wave)).toEqual(["acknowledged", "delivered", "acknowledged"]);
    expect(rig.matcher.early).toBe(0);
  });

  it("wait for a response that spells the id otherwise, and for no one else's", () => {
    const rig = new MatcherRig();
    const ids = rig.carrier();
    const wave = rig.open(2);
    rig.receipt(ids, "16", numberOf(1_001));
    rig.acknowledge(ids, wave, 0, "16");
    rig.acknowledge(ids, wave, 1, "10");
    expect(statesOf(wave)).toEqual(["acknowledged", "delivered"]);
  });

  it("are given up, the oldest first, when there are too many", () => {
    const rig = new MatcherRig(peopleOf());
    const ids = rig.carrier();
    const wave = rig.open(2);
    for (let i = 0; i < RECEIPTS.early + 10; i++) rig.receipt(ids, `id ${i}`);
    expect(rig.matcher.early).toBe(RECEIPTS.early);
    expect(ids.strays).toBe(10);
    rig.acknowledge(ids, wave, 0, "id 9");
    rig.acknowledge(ids, wave, 1, "id 10");
    expect(statesOf(wave)).toEqual(["acknowledged", "delivered"]);
  });

  it("belong to no one after a while: counted, kept, without the number", () => {
    const rig = new MatcherRig();
    const ids = rig.carrier();
    rig.open(1);
    rig.receipt(ids, "", 0, undeliverable, 42);
    rig.receipt(ids, "nobody's", numberOf(1_000), undeliverable, 42);
    rig.receipt(ids, "on its way", numberOf(1_000), enroute);
    rig.nowMs = RECEIPTS.earlyMs - 1;
    rig.sweep();
    expect(ids.strays).toBe(1);
    rig.nowMs = RECEIPTS.earlyMs;
    rig.sweep();
    expect(ids.strays).toBe(2);
    const stray = { atMs: 0, carrier: "north", state: undeliverable, error: 42 };
    expect(rig.matcher.takeStrays()).toEqual([
      { ...stray, messageId: "" },
      { ...stray, messageId: "nobody's" },
    ]);
    expect(rig.matcher.takeStrays()).toEqual([]);
  });

  it("are all counted in a flood, and no more of them kept than a commit may hold", () => {
    const rig = new MatcherRig(peopleOf());
    const ids = rig.carrier();
    for (let i = 0; i < 3 * RECEIPTS.straysPerCommit; i++) rig.receipt(ids, "", 0);
    expect(ids.strays).toBe(3 * RECEIPTS.straysPerCommit);
    expect(rig.matcher.takeStrays()).toHaveLength(RECEIPTS.straysPerCommit);
  });
});

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

describe("receipts without a known id", () => {
  it("go to who has a message whose response was lost, the latest wave first", () => {
    const rig = new MatcherRig();
    const ids = rig.carrier();
    const held = { onUnknown: "hold" } as const;
    const [old, late, other] = [rig.open(3, held), rig.open(3, held), rig.open(3)];
    for (const wave of [old, late]) for (let i = 0; i < 3; i++) rig.lose(ids, wave, i);
    for (let i = 0; i < 3; i++) rig.acknowledge(ids, other, i, `o${i}`);
    for (let i = 0; i < 3; i++) rig.receipt(ids, `o${i}`, numberOf(1_000 + i));
    rig.receipt(rig.carrier("auto", "south", 8), "x1", numberOf(1_001));
    rig.receipt(ids, "", numberOf(1_002) % 1e9);
    expect(statesOf(late)).toEqual(["unknown", "delivered", "delivered"]);
    expect(statesOf(old)).toEqual(["unknown", "unknown", "unknown"]);
    expect(statesOf(other)).toEqual(["delivered", "delivered", "delivered"]);
  });

  it("are nobody's while a later message to the same person awaits its own: ids may have nothing in common", () => {
    const rig = new MatcherRig();
    const ids = rig.carrier();
    const [held, later] = [rig.open(2, { onUnknown: "hold" }), rig.open(2)];
    for (let i = 0; i < 2; i++) rig.lose(ids, held, i);
    for (let i = 0; i < 2; i++) rig.acknowledge(ids, later, i, `o${i}`);
    rig.receipt(ids, "x0", numberOf(1_000));
    expect(statesOf(held)).toEqual(["unknown", "unknown"]);
    expect(rig.matcher.early).toBe(1);
    rig.receipt(ids, "o0", numberOf(1_000));
    rig.nowMs = RECEIPTS.earlyMs;
    rig.sweep();
    expect(statesOf(held)).toEqual(["delivered", "unknown"]);
    expect(statesOf(later)).toEqual(["delivered", "acknowledged"]);
  });

  it("are not of whom nobody knows to have got it while an earlier message to the same person awaits its own", () => {
    const rig = new MatcherRig();
    const ids = rig.carrier();
    const earlier = rig.open(2);
    const held = rig.open(2, { onUnknown: "hold" });
    for (let i = 0; i < 2; i++) rig.acknowledge(ids, earlier, i, `o${i}`);
    for (let i = 0; i < 2; i++) rig.lose(ids, held, i);
    for (let i = 0; i < 2; i++) rig.receipt(ids, "", numberOf(1_000 + i));
    rig.nowMs = RECEIPTS.earlyMs;
    rig.receipt(ids, "o0", numberOf(1_000));
    rig.sweep();
    // The first message has its receipt now, so the other one was of the second.
    expect(statesOf(earlier)).toEqual(["delivered", "acknowledged"]);
    expect(statesOf(held)).toEqual(["delivered", "unknown"]);
  });

  it("are looked for in every form before the number alone counts: they may be of another message to the same person", () => {
    const rig = new MatcherRig();
    const ids = rig.carrier();
    const held = rig.open(1, { onUnknown: "hold" });
    rig.lose(ids, held, 0);
    const wave = rig.open(RECEIPTS.settled + 1);
    for (let i = RECEIPTS.settled; i >= 0; i--) {
      rig.acknowledge(ids, wave, i, `${50_000 + i}`);
      rig.receipt(ids, i > 0 ? `${50_000 + i}` : "000050000", numberOf(1_000 + i));
    }
    expect([stateOf(held, 0), stateOf(wave, 0)]).toEqual(["unknown", "delivered"]);
  });

  it("wait while the response may come, and are applied when it is lost", () => {
    const rig = new MatcherRig();
    const ids = rig.carrier();
    const wave = rig.open(2, { onUnknown: "hold" });
    rig.receipt(ids, "x", numberOf(1_000));
    rig.receipt(ids, "y", numberOf(1_001));
    expect(statesOf(wave)).toEqual(["intended", "intended"]);
    rig.lose(ids, wave, 0);
    rig.acknowledge(ids, wave, 1, "y");
    expect(statesOf(wave)).toEqual(["delivered", "delivered"]);
    expect(rig.matcher.early).toBe(0);
  });

  it("are not taken from another wave of the same person that is under way", () => {
    const rig = new MatcherRig();
    const ids = rig.carrier();
    const [first, second] = [rig.open(1), rig.open(1)];
    rig.lose(ids, first, 0);
    rig.receipt(ids, "y", numberOf(1_000));
    expect([stateOf(first, 0), stateOf(second, 0)]).toEqual(["unknown", "intended"]);
    rig.acknowledge(ids, second, 0, "y");
    expect([stateOf(first, 0), stateOf(second, 0)]).toEqual(["unknown", "delivered"]);
  });

  it("are those of messages that were taken without an id", () => {
    const rig = new MatcherRig();
    const ids = rig.carrier();
    const wave = rig.open(3, { segments: 2 });
    for (let i = 0; i < 3; i++) for (const segment of [0, 1]) rig.acknowledge(ids, wave, i, "", segment);
    rig.receipt(ids, "a", numberOf(1_000));
    expect(stateOf(wave, 0)).toBe("acknowledged");
    rig.receipt(ids, "b", numberOf(1_000));
    rig.receipt(ids, "c", numberOf(1_001), undeliverable);
    expect(statesOf(wave)).toEqual(["delivered", "failed", "acknowledged"]);
  });

  it("of a part reach nobody who lacks another: which one it is of can't be told, and the same may come twice", () => {
    const rig = new MatcherRig();
    const ids = rig.carrier();
    const wave = rig.open(2, { segments: 2, onUnknown: "hold" });
    for (let i = 0; i < 2; i++) {
      rig.acknowledge(ids, wave, i, i === 0 ? "" : `${i}`);
      rig.lose(ids, wave, i, 1);
      for (const id of ["x", "x", "y"]) rig.receipt(ids, `${id}${i}`, numberOf(1_000 + i));
    }
    expect(statesOf(wave)).toEqual(["unknown", "unknown"]);
  });

  it("say the last word on who is held for just that", () => {
    const rig = new MatcherRig();
    const ids = rig.carrier();
    const wave = rig.open(3, { onUnknown: "hold" });
    for (let i = 0; i < 3; i++) rig.lose(ids, wave, i);
    rig.receipt(ids, "x", numberOf(1_000));
    rig.receipt(ids, "y", numberOf(1_001), undeliverable);
    expect(statesOf(wave)).toEqual(["delivered", "failed", "unknown"]);
    expect(wave.possibleDuplicates).toBe(0);
  });

  it("do not keep anybody from being sent to again: they may be of an earlier message to the same person", () => {
    const rig = new MatcherRig();
    const ids = rig.carrier();
    const wave = rig.open(1);
    rig.lose(ids, wave, 0);
    rig.receipt(ids, "x", numberOf(1_000));
    expect([stateOf(wave, 0), wave.hasWork]).toEqual(["unknown", true]);
    wave.intend({ from: 0, count: 1, resend: true }, 2, [1], CARRIER);
    rig.acknowledge(ids, wave, 0, "again");
    expect(stateOf(wave, 0)).toBe("delivered");
  });

  it("do not fail who was sent to again", () => {
    const rig = new MatcherRig();
    const ids = rig.carrier();
    const wave = rig.open(1);
    rig.lose(ids, wave, 0);
    wave.intend({ from: 0, count: 1, resend: true }, 2, [1], CARRIER);
    rig.receipt(ids, "first", numberOf(1_000), undeliverable);
    rig.acknowledge(ids, wave, 0, "second");
    rig.nowMs = RECEIPTS.earlyMs;
    rig.sweep();
    expect(stateOf(wave, 0)).toBe("acknowledged");
    expect([rig.matcher.early, ids.strays]).toEqual([0, 0]);
    rig.receipt(ids, "second", numberOf(1_000));
    expect(stateOf(wave, 0)).toBe("delivered");
  });

  it("are not given to a stranger, to two who may be meant, or to another generation of the registry", () => {
    const rig = new MatcherRig();
    const ids = rig.carrier();
    const wave = rig.open(1, { onUnknown: "hold" });
    const before = rig.open(1, { registry: 0 });
    rig.lose(ids, wave, 0);
    rig.lose(ids, before, 0);
    rig.receipt(ids, "x", numberOf(1_001));
    expect([stateOf(wave, 0), stateOf(before, 0)]).toEqual(["unknown", "unknown"]);
    rig.receipt(ids, "y", numberOf(1_000));
    expect([stateOf(wave, 0), stateOf(before, 0)]).toEqual(["delivered", "unknown"]);
  });
});

describe("any receipt at all", () => {
  it("is found, waits or belongs to no one; and no one is settled by a stranger's", () => {
    const bytes = fc.uint8Array({ maxLength: 64 }).map((some) => Buffer.from(some).toString("latin1"));
    const digits = fc.stringMatching(/^[0-9a-fA-F]{1,64}$/);
    const number = fc.oneof(fc.constant(0), fc.integer({ min: 1_000, max: 2_999 }).map(numberOf), fc.maxSafeNat());
    const receipt = fc.record({ id: fc.oneof(bytes, digits, fc.constantFrom("a1", "161")), number, state: fc.nat(8) });
    fc.assert(
      fc.property(fc.array(receipt, { maxLength: 60 }), (receipts) => {
        const rig = new MatcherRig();
        const ids = rig.carrier();
        const wave = rig.open(4);
        rig.acknowledge(ids, wave, 0, "a1");
        rig.acknowledge(ids, wave, 1, "161");
        rig.lose(ids, wave, 2);
        for (const { id, number, state } of receipts) rig.receipt(ids, id, number, state);
        rig.nowMs = RECEIPTS.earlyMs;
        rig.sweep();
        expect(rig.matcher.early).toBe(0);
        expect(ids.strays).toBe(rig.matcher.takeStrays().length);
        expect(ids.strays).toBeLessThanOrEqual(receipts.length);
        // A number that is nobody's speaks for no one and against no one.
        const isMeant = ({ number }: { number: number }, position: number): boolean => {
          const participant = (number < 1e9 ? number + 31e9 : number) - numberOf(0);
          return participant < 0 || participant >= 3_000 || participant === 1_000 + position;
        };
        for (const [position, state] of statesOf(wave).entries()) {
          const before = ["acknowledged", "acknowledged", "unknown", "intended"][position];
          if (state !== before) expect(receipts.some((each) => isMeant(each, position))).toBe(true);
        }
        expect(stateOf(wave, 3)).toBe("intended");
      }),
      { numRuns: 300 },
    );
  });
});

describe("what receipts say", () => {
  it("changes nothing the second time, and on the way; delivered is the last word", () => {
    const rig = new MatcherRig();
    const ids = rig.carrier();
    const wave = rig.open(2);
    for (const [position, id] of ["a", "b"].entries()) rig.acknowledge(ids, wave, position, id);
    const say = (...states: number[]) => {
      for (const state of states) rig.receipt(ids, "a", numberOf(1_000), state);
      return [stateOf(wave, 0), [...wave.reasons.values()]];
    };
    expect(say(enroute, accepted, unknown)).toEqual(["acknowledged", []]);
    expect(ids.undecided).toBe(1);
    expect(say(undeliverable, undeliverable, enroute)).toEqual(["failed", [1]]);
    // A failure that was overtaken is none: it leaves the reasons, which never count more than have failed.
    expect(say(delivered, delivered, undeliverable)).toEqual(["delivered", []]);
    expect(stateOf(wave, 1)).toBe("acknowledged");
  });
});

describe("receipts of long messages", () => {
  const parts = { segments: 3 };
  const give = (
    rig: MatcherRig,
    ids: CarrierIds,
    wave: LiveWave,
    id: (position: number, segment: number) => string,
  ) => {
    for (let position = 0; position < wave.record.count; position++) {
      for (let segment = 0; segment < 3; segment++)
        rig.acknowledge(ids, wave, position, id(position, segment), segment);
    }
  };

  it("are one for all parts where these have one id, whether it comes once or for each part", () => {
    const rig = new MatcherRig();
    const ids = rig.carrier();
    const wave = rig.open(4, parts);
    rig.receipt(ids, "m3", numberOf(1_003));
    give(rig, ids, wave, (position) => `m${position}`);
    rig.receipt(ids, "m0", numberOf(1_000));
    for (let times = 0; times < 3; times++) rig.receipt(ids, "m1", 0);
    rig.receipt(ids, "m2", numberOf(1_002), undeliverable);
    rig.sweep();
    expect(statesOf(wave)).toEqual(["delivered", "delivered", "failed", "delivered"]);
  });

  it("are one for all parts where they name the message and the responses its parts, whatever short ones have shown", () => {
    const rig = new MatcherRig();
    const ids = rig.carrier();
    const short = rig.open(RECEIPTS.settled, {}, 2_000);
    for (let at = 0; at < RECEIPTS.settled; at++) {
      rig.acknowledge(ids, short, at, `s${at}`);
      rig.receipt(ids, `s${at}`, numberOf(2_000 + at));
    }
    const wave = rig.open(6, parts);
    rig.receipt(ids, "m5", numberOf(1_005));
    give(rig, ids, wave, (position, part) => `m${position}-${part + 1}`);
    rig.receipt(ids, "m0", numberOf(1_000));
    // A carrier that leaves the sender where the number should be.
    rig.receipt(ids, "m1", 0);
    rig.receipt(ids, "m2", numberOf(1_002), undeliverable);
    // Another's number, and a beginning that ends before no separator.
    rig.receipt(ids, "m3", numberOf(1_004));
    rig.receipt(ids, "m", numberOf(1_003));
    expect(statesOf(wave)).toEqual(["delivered", "delivered", "failed", "acknowledged", "acknowledged", "delivered"]);
    expect(ids.shown).toBe("auto: same");
  });

  it("that name no part find nobody where the form is configured, or the message has one part", () => {
    for (const [form, segments] of [
      ["same", 3],
      ["auto", 1],
    ] as const) {
      const rig = new MatcherRig();
      const ids = rig.carrier(form);
      const wave = rig.open(1, { segments });
      for (let part = 0; part < segments; part++) rig.acknowledge(ids, wave, 0, `m-${part + 1}`, part);
      rig.receipt(ids, "m", 0);
      rig.nowMs += RECEIPTS.earlyMs;
      rig.sweep();
      expect([statesOf(wave), ids.strays]).toEqual([["acknowledged"], 1]);
    }
  });

  it.each([0, 2])(
    "are found out to be one for all parts, of part %d; and who waited for more is completed",
    (segment) => {
      const rig = new MatcherRig();
      const ids = rig.carrier();
      const count = RECEIPTS.partsSettled + 5;
      const wave = rig.open(count, parts);
      give(rig, ids, wave, (position, part) => `p${position}-${part}`);
      for (let at = 0; at < count - 2; at++) rig.receipt(ids, `p${at}-${segment}`, numberOf(1_000 + at));
      rig.nowMs += RECEIPTS.partsMs - 1;
      rig.sweep();
      expect(new Set(statesOf(wave))).toEqual(new Set(["acknowledged"]));
      expect(ids.parts.shown).toBe("auto");
      rig.nowMs += 1;
      rig.sweep();
      expect(ids.parts.shown).toBe("auto: message");
      expect(statesOf(wave).filter((state) => state === "delivered")).toHaveLength(count - 2);
      rig.receipt(ids, `p${count - 1}-${segment}`, numberOf(999 + count));
      expect(statesOf(wave).slice(-2)).toEqual(["acknowledged", "delivered"]);
    },
  );

  it("are one for each part as soon as one second part is reported on, however late the others are", () => {
    const rig = new MatcherRig();
    const ids = rig.carrier();
    const count = RECEIPTS.partsSettled + 5;
    const wave = rig.open(count, parts);
    give(rig, ids, wave, (position, part) => `p${position}-${part}`);
    for (let at = 0; at < count; at++) rig.receipt(ids, `p${at}-0`, numberOf(1_000 + at));
    rig.receipt(ids, "p3-1", numberOf(1_003));
    rig.nowMs += RECEIPTS.partsMs;
    rig.sweep();
    expect(new Set(statesOf(wave))).toEqual(new Set(["acknowledged"]));
    expect(ids.parts.shown).toBe("auto: part");
    for (const part of [1, 2]) rig.receipt(ids, `p4-${part}`, numberOf(1_004));
    expect(stateOf(wave, 4)).toBe("delivered");
  });

  it("are what is configured", () => {
    for (const receiptsPer of ["part", "message"] as const) {
      const rig = new MatcherRig();
      rig.receiptsPer = receiptsPer;
      const ids = rig.carrier();
      const wave = rig.open(2, parts);
      give(rig, ids, wave, (position, part) => `p${position}-${part}`);
      rig.receipt(ids, "p0-1", numberOf(1_000));
      expect(stateOf(wave, 0)).toBe(receiptsPer === "part" ? "acknowledged" : "delivered");
    }
  });

  it("complete nobody who lacks a part, as long as that they are one for all was only found out", () => {
    const rig = new MatcherRig();
    const ids = rig.carrier();
    const count = RECEIPTS.partsSettled + 1;
    const wave = rig.open(count, { ...parts, onUnknown: "hold" });
    for (let at = 0; at < count; at++) {
      for (const segment of [0, 1]) rig.acknowledge(ids, wave, at, `p${at}-${segment}`, segment);
      if (at === 0) rig.lose(ids, wave, at, 2);
      else rig.acknowledge(ids, wave, at, `p${at}-2`, 2);
      rig.receipt(ids, `p${at}-0`, numberOf(1_000 + at));
    }
    rig.nowMs += RECEIPTS.partsMs;
    rig.sweep();
    expect(ids.parts.shown).toBe("auto: message");
    rig.receipt(ids, "p0-0", numberOf(1_000));
    expect([stateOf(wave, 0), stateOf(wave, 1)]).toEqual(["unknown", "delivered"]);
  });

  it.each([
    ["the first time", false],
    ["again", true],
  ])(
    "complete whose other parts are taken only after it, where that they are one for all was found out: sent %s",
    (_, again) => {
      const rig = new MatcherRig();
      const ids = rig.carrier();
      const last = RECEIPTS.partsSettled;
      const wave = rig.open(last + 1, parts);
      for (let at = 0; at < last; at++) {
        for (const segment of [0, 1, 2]) rig.acknowledge(ids, wave, at, `p${at}-${segment}`, segment);
        rig.receipt(ids, `p${at}-0`, numberOf(1_000 + at));
      }
      rig.nowMs += RECEIPTS.partsMs;
      rig.sweep();
      expect(ids.parts.shown).toBe("auto: message");
      if (again) {
        for (const segment of [0, 1, 2]) rig.lose(ids, wave, last, segment);
        wave.intend({ from: last, count: 1, resend: true }, 2, [3], CARRIER);
      }
      rig.acknowledge(ids, wave, last, `p${last}-0`, 0);
      rig.receipt(ids, `p${last}-0`, numberOf(1_000 + last));
      rig.sweep();
      for (const segment of [1, 2]) rig.acknowledge(ids, wave, last, `p${last}-${segment}`, segment);
      for (let turn = 0; turn < last; turn++) rig.sweep();
      expect([stateOf(wave, 0), stateOf(wave, last)]).toEqual(["delivered", "delivered"]);
    },
  );

  it("complete who is held as unknown, too: a part without a response is found by its number", () => {
    const rig = new MatcherRig();
    rig.receiptsPer = "message";
    const ids = rig.carrier();
    const wave = rig.open(2, { ...parts, onUnknown: "hold" });
    for (const segment of [0, 1]) rig.acknowledge(ids, wave, 0, `p0-${segment}`, segment);
    rig.lose(ids, wave, 0, 2);
    expect(stateOf(wave, 0)).toBe("unknown");
    rig.receipt(ids, "p0-2", numberOf(1_000));
    expect(stateOf(wave, 0)).toBe("delivered");
  });
});
