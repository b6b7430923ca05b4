/** Receipts of messages of several parts: one for all of them, or one for each. */
import { describe, expect, it } from "vitest";
import type { CarrierIds } from "../../../../engine/dispatch/receipts/carrier-ids.js";
import type { LiveWave } from "../../../../engine/dispatch/wave/wave.js";
import { RECEIPTS } from "../../../../schemas/limits.js";
import { RECEIPT_STATE } from "../../../../schemas/link.js";
import { CARRIER, MatcherRig, numberOf, stateOf, statesOf } from "./receipts.js";

const { undeliverable } = RECEIPT_STATE;

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
