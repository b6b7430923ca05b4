/** Whose receipt it is: early, late, twice, without any id, on another carrier. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
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
