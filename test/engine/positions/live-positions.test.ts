/** Positions of phones over a real store: what counts at once, what is there after a crash, and what is gone for good. */
import { setImmediate as turn } from "node:timers/promises";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MOVE } from "../../../engine/positions/service.js";
import { openDataFolder } from "../../../engine/registry/open.js";
import { fail, ok } from "../../../schemas/errors.js";
import { POSITIONS } from "../../../schemas/limits.js";
import { copyOf, temporaryFolder } from "../../temp-folder.js";
import { NOW_MS, PEOPLE, PositionRig, wishesOf } from "./rig.js";

const MINUTE_MS = 60_000;

describe("a position", () => {
  it("counts at once, with the wishes of its owner, and is there after a crash", async () => {
    const rig = PositionRig.open(temporaryFolder(), [7, PEOPLE - 1]);
    expect(rig.move(7, 4.889_69, 52.373_03)).toBe(MOVE.taken);
    expect(rig.move(PEOPLE - 1, 6, 51, NOW_MS - MINUTE_MS)).toBe(MOVE.taken);
    expect(rig.placed.get(7)).toEqual({ lng: 4.889_69, lat: 52.373_03, municipality: 363, ...wishesOf(7) });
    expect(await rig.positions.settled()).toEqual(ok(undefined));
    const again = PositionRig.open(copyOf(rig.folder), [7, PEOPLE - 1]);
    expect(again.placed).toEqual(rig.placed);
    expect(again.positions.position(7)).toEqual({ lng: 4.889_69, lat: 52.373_03, seenAtMs: NOW_MS });
    expect(again.positions.position(PEOPLE - 1)?.seenAtMs).toBe(NOW_MS - MINUTE_MS);
    await Promise.all([rig.close(), again.close()]);
  });

  it("is refused where it can't be, or is not wanted, and nothing else is", async () => {
    const rig = PositionRig.open(temporaryFolder(), [7]);
    const far = (ms: number) => rig.move(7, 5, 52, NOW_MS + ms);
    expect([rig.move(8), rig.move(PEOPLE), rig.move(2 ** 26)]).toEqual(Array(3).fill(MOVE.notOptedIn));
    for (const [lng, lat] of [
      [Number.NaN, 52],
      [5, Number.NaN],
      [180.000_1, 52],
      [5, -90.1],
      [Number.POSITIVE_INFINITY, 0],
    ] as const) {
      expect(rig.move(7, lng, lat)).toBe(MOVE.impossible);
    }
    expect(far(POSITIONS.aheadMs + 1)).toBe(MOVE.ahead);
    expect(far(-POSITIONS.keepMinutes * MINUTE_MS - 1)).toBe(MOVE.tooOld);
    expect(rig.move(7, 5, 52, Number.NaN)).toBe(MOVE.tooOld);
    expect(rig.placed.size).toBe(0);
    // At sea is a place like others, and so are the ends of the world.
    expect([rig.move(7, 3, 54), rig.move(7, -180, 90), rig.move(7, 180, -90)]).toEqual(Array(3).fill(MOVE.taken));
    await rig.close();
  });

  it("that comes while its commit waits for another one is waited for no longer than that commit", async () => {
    const rig = PositionRig.open(temporaryFolder(), [7, 8]);
    let isOver = false;
    const others = (async () => {
      for (let one = 0; !isOver; one++) {
        await rig.data.store.commit(() => void rig.data.store.table("meta").put(Buffer.from("other"), Buffer.of(one)));
      }
    })();
    for (let round = 0; round < 20; round++) {
      for (let step = 0; step <= 50; step++) {
        rig.nowMs += 1;
        expect(rig.move(7 + (step % 2))).toBe(MOVE.taken);
        await turn();
      }
      expect(await rig.positions.settled()).toEqual(ok(undefined));
    }
    isOver = true;
    await others;
    await rig.close();
  });

  it("gives way to a newer one alone", async () => {
    const rig = PositionRig.open(temporaryFolder(), [7]);
    expect(rig.move(7, 5, 52, NOW_MS - 10)).toBe(MOVE.taken);
    expect(rig.move(7, 6, 53, NOW_MS - 11)).toBe(MOVE.older);
    expect(rig.positions.position(7)?.lng).toBe(5);
    expect(rig.move(7, 6, 53, NOW_MS - 10)).toBe(MOVE.taken);
    expect(rig.positions.position(7)?.lng).toBe(6);
    expect(rig.positions.counts).toEqual({ positions: 1, taken: 2, older: 1, expired: 0 });
    await rig.close();
  });

  it("goes when it is too old, from memory, selection and disk", async () => {
    const folder = temporaryFolder();
    const rig = PositionRig.open(folder, [7, 8]);
    rig.move(7);
    rig.move(8, 5, 52, NOW_MS + 1_000);
    await rig.positions.settled();
    rig.nowMs += POSITIONS.keepMinutes * MINUTE_MS + 500;
    rig.positions.sweep();
    expect([...rig.placed.keys()]).toEqual([8]);
    expect(rig.positions.counts).toMatchObject({ positions: 1, expired: 1 });
    expect(await rig.positions.purge()).toEqual(ok(undefined));
    await rig.close();
    // With the clock of before, so that age is no reason.
    const again = PositionRig.open(folder, [7, 8]);
    expect([...again.placed.keys()]).toEqual([8]);
    await again.close();
  });

  it("is not loaded when it is too old by then", async () => {
    const folder = temporaryFolder();
    const rig = PositionRig.open(folder, [7]);
    rig.move(7);
    await rig.close();
    // Seven weeks: the time is kept as 32 bits of milliseconds, which come round after 49.7 days.
    for (const later of [POSITIONS.keepMinutes * MINUTE_MS + 1, 2 ** 32]) {
      const again = PositionRig.open(copyOf(folder), [7], NOW_MS + later);
      expect(again.placed.size).toBe(0);
      await again.close();
    }
  });

  it("waits for room in the selection with new wishes, and is not reached with the old ones", async () => {
    const rig = PositionRig.open(temporaryFolder(), [7]);
    rig.move(7);
    rig.admits = fail("BUSY", "full");
    expect(rig.move(7, 6, 53)).toBe(MOVE.busy);
    expect(rig.positions.position(7)?.lng).toBe(5.1);
    rig.positions.phoneWishes(7, { channels: 2, terms: 0 });
    expect(rig.placed.size).toBe(0);
    rig.admits = ok(undefined);
    rig.positions.sweep();
    expect(rig.placed.get(7)).toMatchObject({ channels: 2, lng: 5.1 });
    await rig.close();
  });
});

/** Everything in the table that opens with a key of this folder. */
function readable(folder: string, values: readonly { key: Buffer; value: Buffer }[]): number {
  const data = openDataFolder(folder);
  if (!data.ok) throw new Error(data.problem.detail);
  const names = Array.from({ length: 20 }, (_, number) => `positions.${number}`);
  const opens = values.filter(({ key, value }) =>
    names.some((name) => data.value.vault.open(name, key[0] === 2 ? value.subarray(4) : value, key).ok),
  );
  void data.value.store.close();
  return opens.length;
}

function stored(rig: PositionRig): { key: Buffer; value: Buffer }[] {
  return [...rig.data.store.table("positions").range()].flatMap(({ key, value }) =>
    value.ok && key[0] !== 0 ? [{ key: Buffer.from(key), value: Buffer.from(value.value) }] : [],
  );
}

describe("what is not wanted any more", () => {
  it("is gone from memory at once, and does not come back with new wishes or a restart", async () => {
    const rig = PositionRig.open(temporaryFolder(), [7, 8]);
    rig.move(7);
    rig.move(8);
    await rig.positions.settled();
    rig.positions.phoneWishes(7, undefined);
    expect([...rig.placed.keys()]).toEqual([8]);
    expect(rig.positions.position(7)).toBeUndefined();
    expect(rig.move(7)).toBe(MOVE.notOptedIn);
    rig.positions.phoneWishes(7, wishesOf(7));
    await rig.positions.settled();
    const again = PositionRig.open(copyOf(rig.folder), [7, 8]);
    expect([...again.placed.keys()]).toEqual([8]);
    // What the disk still holds of it is owed.
    expect(stored(again).length).toBeGreaterThan(0);
    expect(await again.positions.purge()).toEqual(ok(undefined));
    await Promise.all([rig.close(), again.close()]);
  });

  it("never reaches the disk when it goes before the commit", async () => {
    const rig = PositionRig.open(temporaryFolder(), [7, 8]);
    rig.move(7);
    rig.move(8);
    rig.positions.erased(7);
    await rig.positions.settled();
    const again = PositionRig.open(copyOf(rig.folder), [7, 8]);
    expect([...again.placed.keys()]).toEqual([8]);
    await Promise.all([rig.close(), again.close()]);
  });

  it("can't be opened any more once it is purged, and the rest is as it was", async () => {
    const rig = PositionRig.open(temporaryFolder(), [7, 8, 9]);
    for (const one of [7, 8, 9]) rig.move(one);
    await rig.positions.settled();
    const before = stored(rig);
    expect(readable(copyOf(rig.folder), before)).toBe(before.length);
    rig.positions.erased(7);
    const purged = rig.positions.purge();
    rig.move(9, 6, 53); // While the whole is being written.
    expect(await purged).toEqual(ok(undefined));
    await rig.positions.settled();
    expect(readable(copyOf(rig.folder), before)).toBe(0);
    const again = PositionRig.open(copyOf(rig.folder), [7, 8, 9]);
    expect(again.placed).toEqual(rig.placed);
    await Promise.all([rig.close(), again.close()]);
  });

  it("is purged by itself after a while", async () => {
    const rig = PositionRig.open(temporaryFolder(), [7, 8]);
    rig.move(7);
    rig.move(8);
    await rig.positions.settled();
    const before = stored(rig);
    rig.positions.forget(7);
    rig.nowMs += POSITIONS.purgeMs;
    rig.positions.sweep();
    await rig.close();
    expect(readable(copyOf(rig.folder), before)).toBe(0);
  });
});

it("takes no more than may wait, and says when there is room", async () => {
  const everyone = Array.from({ length: PEOPLE }, (_, one) => one);
  const rig = PositionRig.open(temporaryFolder(), everyone);
  for (let taken = 0; taken < POSITIONS.waitingMoves; taken++) rig.move(taken % PEOPLE);
  expect(rig.positions.room).toBe(0);
  expect(rig.move(1)).toBe(MOVE.busy);
  rig.positions.erased(2);
  await new Promise<void>((room) => rig.positions.whenRoom(room));
  expect(rig.positions.room).toBeGreaterThan(0);
  expect(rig.move(1, 6, 53)).toBe(MOVE.taken);
  await rig.close();
  const again = PositionRig.open(rig.folder, everyone);
  expect(again.placed).toEqual(rig.placed);
  expect(again.placed.size).toBe(PEOPLE - 1);
  await again.close();
});

it("is given up for good also where no more moves may wait", async () => {
  const everyone = Array.from({ length: PEOPLE }, (_, one) => one);
  const rig = PositionRig.open(temporaryFolder(), everyone);
  rig.move(3);
  await rig.positions.settled();
  for (let taken = 0; taken < POSITIONS.waitingMoves; taken++) rig.move(4 + (taken % 1_000));
  expect(rig.positions.room).toBe(0);
  rig.positions.forget(3);
  expect(await rig.positions.settled()).toEqual(ok(undefined));
  const again = PositionRig.open(copyOf(rig.folder), everyone);
  expect([again.positions.position(3), again.placed.size]).toEqual([undefined, 1_000]);
  await Promise.all([rig.close(), again.close()]);
});

type Step =
  | { readonly do: "move"; readonly who: number; readonly lng: number; readonly before: number }
  | { readonly do: "off" | "on" | "forget"; readonly who: number }
  | { readonly do: "purge" | "settle" | "crash" | "restart" | "turn" };

const PERSONS = [0, 1, 16_383, 16_384, PEOPLE - 1];
const who = fc.constantFrom(...PERSONS);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant("move" as const),
      who,
      lng: fc.integer({ min: 0, max: 90 }),
      before: fc.nat(2),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constantFrom("off" as const, "on" as const, "forget" as const), who }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constantFrom("purge", "settle", "crash", "restart", "turn") as fc.Arbitrary<"purge">,
    }),
  },
);

it("is, whatever happens and wherever it ends, what was last told and is still wanted", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      const wishing = new Set(PERSONS);
      const model = new Map<number, { lng: number; at: number }>();
      let rig = PositionRig.open(temporaryFolder(), wishing);
      const restart = async (folder: string): Promise<void> => {
        await rig.close();
        rig = PositionRig.open(folder, wishing, rig.nowMs);
      };
      for (const one of steps) {
        rig.nowMs++;
        if (one.do === "move") {
          const at = rig.nowMs - one.before;
          const known = model.get(one.who);
          const isNewer = wishing.has(one.who) && (known === undefined || at >= known.at);
          expect(rig.move(one.who, one.lng, 52, at) === MOVE.taken).toBe(isNewer);
          if (isNewer) model.set(one.who, { lng: one.lng, at });
        } else if (one.do === "off" || one.do === "forget") {
          if (one.do === "forget") rig.positions.forget(one.who);
          else rig.positions.phoneWishes(one.who, undefined);
          if (one.do === "off") wishing.delete(one.who);
          model.delete(one.who);
        } else if (one.do === "on") {
          rig.positions.phoneWishes(one.who, wishesOf(one.who));
          wishing.add(one.who);
        } else if (one.do === "purge") void rig.positions.purge();
        else if (one.do === "turn") await turn();
        else {
          await rig.positions.settled();
          if (one.do === "crash") await restart(copyOf(rig.folder));
          if (one.do === "restart") await restart(rig.folder);
        }
        const seen = [...rig.placed].map(([person, { lng }]) => [person, lng]).sort();
        expect(seen).toEqual([...model].map(([person, { lng }]) => [person, lng]).sort());
      }
      expect(await rig.positions.purge()).toEqual(ok(undefined));
      await rig.close();
      expect(rig.problems).toEqual([]);
    }),
    { numRuns: 40 },
  );
});
