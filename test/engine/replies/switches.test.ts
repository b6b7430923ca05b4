import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createPool } from "../../../engine/pool/tasks.js";
import { loadRegistry } from "../../../engine/registry/columns/load.js";
import { importRegistry } from "../../../engine/registry/csv/import.js";
import { CONFIRMATIONS } from "../../../engine/replies/keywords.js";
import { PoolSelector } from "../../../engine/selection/pool.js";
import { buildShards } from "../../../engine/selection/rows/build.js";
import { DISPATCH, REPLIES } from "../../../schemas/limits.js";
import { temporaryFolder } from "../../temp-folder.js";
import { exported, flattened, given, writeSample } from "../registry/samples.js";
import { ACTIONS, NUMBER, people, ReplyRig } from "./rig.js";

const OFF = 0x10;

let folder: string;
let rig: ReplyRig;

beforeEach(async () => {
  folder = temporaryFolder();
  await writeSample(folder, [...people(600), { ...people(1)[0]!, row: 700, number: NUMBER + 5, status: 1 }]);
  rig = await ReplyRig.start(folder);
});
afterEach(async () => {
  expect(rig.problems).toEqual([]);
  await rig.crash();
});

/** Each of these says the word, in a turn of its own. */
async function say(...words: readonly (readonly [who: number, word: string])[]): Promise<void> {
  for (const [who, word] of words) {
    rig.message(NUMBER + who, word);
    await rig.settled();
  }
}

async function restart(): Promise<void> {
  await rig.crash();
  rig = await ReplyRig.start(folder);
}

/** Texts and recipients of the waves of confirmations that the carrier was told of. */
function confirmed(): [string, number[]][] {
  const waves = rig.opened.filter(({ toSwitchedOff }) => toSwitchedOff);
  return waves.map(({ texts: [text], roster }) => [text ?? "", [...new Uint32Array(roster)]]);
}

/** All live waves of confirmations go out. */
async function deliver(): Promise<void> {
  for (const wave of rig.dispatcher.waves) {
    if (wave.record.kind === "confirmation") rig.outcome(wave, [...wave.states.keys()]);
  }
  await rig.settled();
}

describe("STOP and START", () => {
  it("switch everyone with the number, in columns and blocks, and leave the rest of them as it was", async () => {
    const before = flattened(given(await loadRegistry(folder)));
    await say([5, "STOP"], [300, "uit"], [301, "Stop!"], [301, "aan"], [9, "AAN"], [-50, "STOP"]);
    const status = new Map([
      [5, OFF],
      [300, OFF],
      [700, OFF | 1],
    ]);
    const expected = {
      ...before,
      status: before.status.map((was, row) => status.get(row) ?? was),
      numbers: before.numbers.map((number, row) => (status.has(row) ? -Math.abs(number) : number)),
    };
    expect([...rig.status]).toEqual(expected.status);
    expect([...rig.numbers]).toEqual(expected.numbers);
    await restart();
    expect(flattened(rig.registry)).toEqual(expected);
    await say([5, "START"], [300, "Start"]);
    await restart();
    expect(flattened(rig.registry)).toEqual(before);
    expect(rig.of()).toEqual([]);
  });

  it("of many in one block and one turn are all kept", async () => {
    for (let who = 0; who < 40; who++) rig.message(NUMBER + 256 + who, "STOP");
    await rig.settled();
    for (let who = 0; who < 20; who++) rig.message(NUMBER + 256 + who, "START");
    await rig.settled();
    await restart();
    const off = [...rig.status.keys()].filter((row) => (rig.status[row]! & OFF) !== 0);
    expect(off).toEqual(Array.from({ length: 20 }, (_, index) => 276 + index));
    expect(rig.handler.incoming).toMatchObject({ stop: 0, start: 0 });
  });

  it("decide who is selected next, over SMS alone", async () => {
    const pool = createPool();
    const { locations, participants, terms } = rig.registry;
    const selector = new PoolSelector(pool, given(await buildShards(pool, locations, participants, terms)));
    const area = { type: "Circle", center: [5.1, 52.1], radiusMeters: 1_000 } as const;
    const select = async (channel: "sms" | "push") => {
      const query = { area, channel, domain: "alarm", kind: "other", urgency: "normal", atMs: 0 } as const;
      return given(await selector.select(query)).count;
    };
    expect(await select("sms")).toBe(600);
    await say([7, "STOP"], [8, "STOP"]);
    expect([await select("sms"), await select("push")]).toEqual([598, 600]);
    const { channels } = given(
      await selector.count({ area, channel: "push", domain: "alarm", kind: "other", urgency: "normal", atMs: 0 }),
    );
    // None of them has a mail address.
    expect(channels).toEqual({ sms: 598, push: 600, email: 0, voice: 600 });
    await say([7, "START"]);
    expect(await select("sms")).toBe(599);
    await selector.close();
  });

  it("survive export and import", async () => {
    await say([1, "STOP"], [5, "UIT"]);
    await rig.crash();
    const { bytes } = await exported(folder);
    async function* chunks(): AsyncGenerator<Buffer> {
      yield bytes;
    }
    given(await importRegistry(folder, chunks(), { replace: true }));
    rig = await ReplyRig.start(folder);
    expect([1, 2, 5].map((row) => rig.status[row])).toEqual([OFF, 0, OFF]);
  });
});

describe("a confirmation", () => {
  it("is sent once for each switch that changed something, one for all who share a number", async () => {
    await say([1, "STOP"], [5, "STOP"], [1, "STOP"], [2, "START"]);
    await rig.confirm();
    await rig.confirm();
    expect(confirmed()).toEqual([[CONFIRMATIONS.off, [1, 5]]]);
    await deliver();
    await say([1, "stop"]);
    await rig.confirm();
    expect(confirmed()).toHaveLength(1);
    await say([1, "AAN"]);
    await rig.confirm();
    expect(confirmed()[1]).toEqual([CONFIRMATIONS.on, [1]]);
  });

  it("tells the last state, and waits until the one before was sent", async () => {
    await say([1, "STOP"], [1, "AAN"], [2, "STOP"], [2, "AAN"], [2, "STOP"]);
    await rig.confirm();
    expect(confirmed()).toEqual([
      [CONFIRMATIONS.off, [2]],
      [CONFIRMATIONS.on, [1]],
    ]);
    await say([1, "STOP"]);
    await rig.confirm();
    expect(confirmed()).toHaveLength(2);
    await deliver();
    await rig.confirm();
    expect(confirmed()[2]).toEqual([CONFIRMATIONS.off, [1]]);
  });

  it("that is owed survives a restart, and one that was opened is not opened again", async () => {
    await say([1, "STOP"], [2, "STOP"]);
    await restart();
    await rig.confirm();
    expect(confirmed()).toEqual([[CONFIRMATIONS.off, [1, 2]]]);
    expect(rig.store.table("confirmations").count()).toBe(0);
    await restart();
    // The wave itself goes on where it was.
    expect(confirmed()).toEqual([[CONFIRMATIONS.off, [1, 2]]]);
    await rig.confirm();
    expect(confirmed()).toHaveLength(1);
    await deliver();
    expect(rig.dispatcher.waves[0]!.isSent).toBe(true);
  });

  it("of a switch that comes while its wave is being opened is not lost", async () => {
    await say([1, "STOP"]);
    const opening = rig.confirm();
    rig.message(NUMBER + 1, "AAN");
    await rig.settled();
    await opening;
    await deliver();
    await restart();
    await deliver();
    await rig.confirm();
    const told = confirmed().at(-1);
    expect(told).toEqual([CONFIRMATIONS.on, [1]]);
  });

  it("of a switch that comes while its wave is being opened waits until that one was sent", async () => {
    await say([1, "STOP"]);
    const opening = rig.confirm();
    rig.message(NUMBER + 1, "AAN");
    await opening;
    await rig.settled();
    expect(confirmed()).toEqual([[CONFIRMATIONS.off, [1]]]);
    await deliver();
    await rig.confirm();
    expect(confirmed()[1]).toEqual([CONFIRMATIONS.on, [1]]);
  });

  it("is not sent again when nobody knows what became of it, nor after a restart", async () => {
    await say([1, "STOP"], [2, "STOP"]);
    await rig.confirm();
    const wave = rig.dispatcher.waves[0]!;
    rig.unknown(wave, 0);
    await rig.settled();
    expect(wave.inFlight).toBe(1);
    expect(wave.hasWork).toBe(false);
    await restart();
    expect(rig.dispatcher.waves[0]!.isSent).toBe(true);
  });

  it("leaves nothing behind under its number, whatever comes while it is removed", async () => {
    await say([1, "STOP"]);
    await rig.confirm();
    await deliver();
    const [wave] = rig.dispatcher.waves;
    const removeJournal = rig.waves.removeJournal.bind(rig.waves);
    rig.waves.removeJournal = async (waveId) => {
      const removed = await removeJournal(waveId);
      rig.receipt(wave!, 0);
      await rig.settled();
      return removed;
    };
    rig.aheadMs += DISPATCH.restMs;
    await rig.archive.tidy();
    expect(rig.dispatcher.waves).toEqual([]);
    for (const table of ["waves", "rosters", "outcomes", "journal"] as const) {
      expect([table, rig.store.table(table).count()]).toEqual([table, 0]);
    }
  });

  it("of a switch there and back, in the commit that holds its wave, is not owed once more", async () => {
    await say([1, "STOP"]);
    const opening = rig.confirm();
    rig.message(NUMBER + 1, "AAN");
    rig.message(NUMBER + 1, "STOP");
    await opening;
    await rig.settled();
    expect(rig.store.table("confirmations").count()).toBe(0);
    await deliver();
    await rig.confirm();
    expect(confirmed()).toEqual([[CONFIRMATIONS.off, [1]]]);
  });

  it("leaves nothing behind when it is at rest: who switched, and when, is not kept", async () => {
    await say([1, "STOP"]);
    await rig.confirm();
    await deliver();
    // Receipts are not waited for.
    rig.aheadMs = 60_000;
    await rig.archive.tidy();
    expect(rig.dispatcher.waves).toEqual([]);
    for (const table of ["waves", "rosters", "outcomes", "journal", "confirmations"] as const) {
      expect(rig.store.table(table).count(), table).toBe(0);
    }
  });

  it("is gone after a restart that found it half put to rest", async () => {
    await say([1, "STOP"]);
    await rig.confirm();
    await deliver();
    const wave = rig.dispatcher.waves[0]!;
    given(await rig.waves.archive(wave, rig.archive.stored(wave)!));
    await restart();
    expect([rig.dispatcher.waves, rig.store.table("waves").count()]).toEqual([[], 0]);
  });

  it("is not sent to the people of another registry", async () => {
    await say([1, "STOP"]);
    await rig.crash();
    await writeSample(folder, people(300), true);
    rig = await ReplyRig.start(folder);
    await rig.confirm();
    expect(confirmed()).toEqual([]);
    expect(rig.store.table("confirmations").count()).toBe(0);
  });

  it("takes few of the places for live waves, however many switch", async () => {
    for (let round = 0; round < REPLIES.confirmationWaves + 4; round++) {
      await say([round, "STOP"]);
      await rig.confirm();
      await deliver();
    }
    expect(rig.dispatcher.waves.length).toBeLessThanOrEqual(REPLIES.confirmationWaves);
    rig.aheadMs = 60_000;
    await rig.archive.tidy();
    await rig.confirm();
    const all = confirmed().flatMap(([, who]) => who);
    expect(all.sort((a, b) => a - b)).toEqual(Array.from({ length: 12 }, (_, who) => who));
  });

  it("is no question: an answer to it goes to the action before", async () => {
    const wave = await rig.open([1], { actionId: ACTIONS[0] });
    rig.outcome(wave, [0]);
    await say([1, "STOP"]);
    await rig.confirm();
    await deliver();
    await say([1, "ik heb nog iets gezien"]);
    expect(rig.texts(ACTIONS[0])).toEqual(["ik heb nog iets gezien"]);
  });
});
