/** Who gets what when carriers differ, refuse, fall silent, come and go: real threads, a real store. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { showCarrier } from "../../../../engine/actions/views/carrier-view.js";
import type { LiveWave } from "../../../../engine/dispatch/wave/wave.js";
import { STATE, STATE_MASK } from "../../../../schemas/words.js";
import { FakeCarrier, type FakeSettings, holders } from "../fake-carrier.js";
import { TemporaryFolder, until } from "../fixtures.js";
import { Engine } from "../ledger/engine.js";

let folder: TemporaryFolder;
let engine: Engine | undefined;
let held: SharedArrayBuffer;
beforeEach(() => {
  folder = new TemporaryFolder();
  held = holders();
});
afterEach(async () => {
  await engine?.crash();
  engine = undefined;
  folder.remove();
});

function carrier(name: string, settings: FakeSettings = {}): FakeCarrier {
  return new FakeCarrier(name, 50, { holders: held, ...settings });
}

/** Participants from 1000 on have these numbers, over and over. */
function numbersOf(count: number, ...numbers: number[]): SharedArrayBuffer {
  const column = new SharedArrayBuffer((1_000 + count) * 8);
  new Float64Array(column, 8_000).forEach((_, i, all) => {
    all[i] = numbers[i % numbers.length]!;
  });
  return column;
}

async function start(
  carriers: FakeCarrier[],
  options: { speed?: number; numbers?: SharedArrayBuffer } = {},
): Promise<Engine> {
  const started = Engine.start(folder, carriers, options);
  engine = started;
  await until(() => started.dispatcher.accounts.every(({ isBound }) => isBound));
  return started;
}

const count = (wave: LiveWave, ...states: (keyof typeof STATE)[]): number =>
  states.reduce((sum, state) => sum + wave.counts[STATE[state]]!, 0);
const written = ({ slot }: LiveWave, carrier: FakeCarrier): number[] =>
  carrier.log().flatMap((each) => (each.slot === slot && each.segment === 0 ? [each.position] : []));

const MOBILE = 31_612_345_678;
const FIXED = 31_201_234_567;
const GERMAN = 4_930_123_456;
const BELGIAN = -32_123_456_789;

describe("routes", () => {
  it("give each number to whom its longest prefix belongs, and the rest to carriers without prefixes", async () => {
    const carriers = [carrier("mobile", { routes: ["316"] }), carrier("dutch", { routes: ["31"] }), carrier("other")];
    const running = await start(carriers, { numbers: numbersOf(4_000, MOBILE, FIXED, GERMAN, BELGIAN) });
    const wave = await running.open({ count: 4_000 });
    await running.isSent(wave);
    expect(count(wave, "acknowledged")).toBe(4_000);
    const places = carriers.map((each) => new Set(written(wave, each).map((position) => position % 4)));
    expect(places).toEqual([new Set([0]), new Set([1]), new Set([2, 3])]);
    // Each of them has its own nearest first.
    for (const each of carriers) expect(written(wave, each)).toEqual(written(wave, each).sort((a, b) => a - b));
  });

  it("let those wait whom nobody serves, also over a restart, until somebody does", async () => {
    const numbers = numbersOf(9_000, MOBILE, GERMAN, GERMAN);
    const running = await start([carrier("dutch", { routes: ["31"] })], { numbers });
    const wave = await running.open({ count: 9_000 });
    await until(() => count(wave, "acknowledged") === 3_000 && wave.queue.unserved === 6_000);
    expect([wave.isSent, wave.hasWork]).toEqual([false, true]);
    await running.crash();
    const again = await start([carrier("belgian", { routes: ["32"] })], { numbers });
    await again.recover();
    const revived = again.dispatcher.waves[0]!;
    await until(() => revived.queue.unserved === 6_000);
    const german = carrier("german", { routes: ["49"] });
    again.carriers.push(german);
    again.dispatcher.addCarrier(german);
    await again.isSent(revived);
    expect(count(revived, "acknowledged", "delivered")).toBe(9_000);
    expect([revived.possibleDuplicates, revived.queue.unserved, german.written]).toEqual([0, 0, 6_000]);
  });

  it("let those wait of whose text every carrier left makes more parts than were counted", async () => {
    const numbers = numbersOf(2_000, MOBILE);
    const whole = carrier("whole", { perTurn: 10, turnMs: 1, leaves: true });
    const running = await start([whole], { numbers });
    const wave = await running.open({ count: 2_000, texts: ["twice as long"] });
    await until(() => whole.written > 100);
    const small = carrier("small", { partCharacters: 8, leaves: true });
    running.carriers.push(small);
    running.dispatcher.addCarrier(small);
    await running.dispatcher.removeCarrier(whole);
    await until(() => wave.queue.unserved === 2_000 - whole.written);
    expect([wave.isSent, small.written]).toEqual([false, 0]);
    const large = carrier("large");
    running.carriers.push(large);
    running.dispatcher.addCarrier(large);
    await running.isSent(wave);
    expect([count(wave, "acknowledged", "delivered"), wave.possibleDuplicates]).toEqual([2_000, 0]);
  });

  it("leave a number to carriers without prefixes while its own is down, and only then", async () => {
    const carriers = [carrier("german", { routes: ["49"] }), carrier("other")];
    const running = await start(carriers, { numbers: numbersOf(2_000, GERMAN) });
    carriers[0]!.bind(false);
    await until(() => !running.dispatcher.accounts[0]!.isBound);
    const first = await running.open({ count: 1_000 });
    await running.isSent(first);
    expect(written(first, carriers[1]!).length).toBe(1_000);
    carriers[0]!.bind(true);
    await until(() => running.dispatcher.accounts[0]!.isBound);
    const second = await running.open({ count: 1_000 });
    await running.isSent(second);
    expect(written(second, carriers[0]!).length).toBe(1_000);
  });

  it("hold nobody else up when a carrier that is alone with its numbers is down", async () => {
    const carriers = [carrier("german", { routes: ["49"] }), carrier("dutch", { routes: ["31"] })];
    const running = await start(carriers, { numbers: numbersOf(4_000, GERMAN, MOBILE) });
    carriers[0]!.bind(false);
    await until(() => !running.dispatcher.accounts[0]!.isBound);
    const urgent = await running.open({ count: 1_000 });
    const later = await running.open({ count: 2_000, timeCritical: false });
    await until(() => count(urgent, "acknowledged") === 500 && count(later, "acknowledged") === 1_000);
    expect([urgent, later].map((wave) => count(wave, "pending"))).toEqual([500, 1_000]);
    carriers[0]!.bind(true);
    await running.isSent(urgent);
    await running.isSent(later);
    expect(count(urgent, "acknowledged") + count(later, "acknowledged")).toBe(3_000);
  });
});

describe("parts", () => {
  it("are those of the carrier that has the message, in the ledger too", async () => {
    const carriers = [
      carrier("one", { receipts: "late", partCharacters: 100 }),
      carrier("three", { receipts: "mixed", partCharacters: 20 }),
    ];
    const running = await start(carriers);
    const wave = await running.open({ count: 3_000, segments: 3, texts: ["x".repeat(60)] });
    await running.isSent(wave);
    await until(() => wave.isSettled);
    expect(count(wave, "delivered")).toBe(3_000);
    for (const [i, parts] of [1, 3].entries()) {
      expect(written(wave, carriers[i]!).length).toBeGreaterThan(0);
      expect(carriers[i]!.log().length).toBe(parts * written(wave, carriers[i]!).length);
      expect(running.dispatcher.accounts[i]!.exposed).toBe(0);
    }
  });

  it("that are more than the wave was opened with go to no one", async () => {
    const carriers = [carrier("one", { partCharacters: 100 }), carrier("three", { partCharacters: 20 })];
    const running = await start(carriers);
    const wave = await running.open({ count: 500, segments: 1, texts: ["x".repeat(60)] });
    await running.isSent(wave);
    expect(written(wave, carriers[0]!).length).toBe(500);
    expect(carriers[1]!.log()).toEqual([]);
  });
});

describe("a carrier that refuses", () => {
  it("for good is not asked again; each of the others is once", async () => {
    const carriers = [carrier("a", { refused: 1 }), carrier("b", { refused: 0.5 }), carrier("c")];
    const running = await start(carriers);
    const wave = await running.open({ count: 6_000 });
    await running.isSent(wave);
    expect(count(wave, "acknowledged")).toBe(6_000);
    expect(wave.possibleDuplicates).toBe(0);
    for (const each of carriers) expect(new Set(written(wave, each)).size).toBe(written(wave, each).length);
  });

  it("with all the others ends as failed, for the reason that was given", async () => {
    const carriers = [carrier("a", { refused: 1 }), carrier("b", { refused: 1 })];
    const running = await start(carriers);
    const wave = await running.open({ count: 2_000 });
    await running.isSent(wave);
    expect(count(wave, "failed")).toBe(2_000);
    expect([...wave.reasons]).toEqual([[0x0b, 2_000]]);
    for (const each of carriers) expect(written(wave, each).length).toBe(2_000);
  });

  it("all that it gets loses its share to the other, and has it again when it is well", async () => {
    const carriers = [carrier("ill", { trouble: 1 }), carrier("well")];
    const running = await start(carriers);
    const ill = running.dispatcher.accounts[0]!;
    const wave = await running.open({ count: 12_000 });
    await running.isSent(wave);
    expect(count(wave, "acknowledged")).toBe(12_000);
    expect(written(wave, carriers[0]!).length).toBeLessThanOrEqual(3 * ill.limit);
    const rejecting = { code: "CARRIER_REJECTING", detail: "rejecting: command_status 0x00000008" };
    expect(running.dispatcher.accounts.map((account) => showCarrier(account).lastError)).toEqual([rejecting, null]);
    carriers[0]!.behave({ trouble: 0 });
    // The next ones probe it, once its pause is over.
    while (ill.rejecting !== null) {
      await running.isSent(await running.open({ count: 20 }));
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    const second = await running.open({ count: 10_000 });
    await running.isSent(second);
    expect(written(second, carriers[0]!).length).toBeGreaterThan(3_000);
  });

  it("alone, for a while, loses nobody: who was refused is tried again after a pause", async () => {
    const carriers = [carrier("only", { trouble: 1, temporary: 0 })];
    const running = await start(carriers, { speed: 5 });
    const wave = await running.open({ count: 3_000 });
    await until(() => running.dispatcher.accounts[0]!.rejecting !== null);
    carriers[0]!.behave({ trouble: 0 });
    await running.isSent(wave);
    expect(count(wave, "acknowledged")).toBe(3_000);
    expect(wave.possibleDuplicates).toBe(0);
  });

  it("alone and for ever has everyone fail in the end, with what it said", async () => {
    const carriers = [carrier("only", { trouble: 1 })];
    const running = await start(carriers, { speed: 20_000 });
    const wave = await running.open({ count: 40 });
    await running.isSent(wave);
    expect([...wave.reasons]).toEqual([[0x08, 40]]);
    expect(written(wave, carriers[0]!).length).toBe(40 * 5);
  });
});

describe("a carrier that says nothing", () => {
  it("is left alone after a window or two, and the others go on", async () => {
    const carriers = [carrier("silent", { unknown: 1, turns: 20 }), carrier("well")];
    const running = await start(carriers);
    const silent = running.dispatcher.accounts[0]!;
    const wave = await running.open({ count: 12_000 });
    await running.isSent(wave);
    expect(count(wave, "acknowledged")).toBe(12_000);
    expect(silent.rejecting?.detail).toContain("no response");
    expect(wave.possibleDuplicates).toBe(written(wave, carriers[0]!).length);
    expect(wave.possibleDuplicates).toBeLessThanOrEqual(3 * silent.limit);
  });

  it("leaves those unknown whose wave holds them for a receipt, and they get nothing twice", async () => {
    const carriers = [carrier("a", { unknown: 0.2 }), carrier("b", { unknown: 0.1 })];
    const running = await start(carriers);
    const wave = await running.open({ count: 3_000, onUnknown: "hold" });
    await running.isSent(wave);
    expect(count(wave, "unknown")).toBeGreaterThan(200);
    expect(count(wave, "unknown", "acknowledged")).toBe(3_000);
    expect(wave.possibleDuplicates).toBe(0);
    expect(running.log().length).toBe(3_000);
    expect(wave.isSettled).toBe(false);
    await running.crash();
    const again = await start([carrier("a"), carrier("b")]);
    await again.recover();
    const [revived] = again.dispatcher.waves;
    expect([...revived!.states].filter((state) => (state & STATE_MASK) === STATE.unknown).length).toBe(
      count(wave, "unknown"),
    );
    expect(revived!.isSent).toBe(true);
  });
});

describe("while it runs", () => {
  it("takes up a carrier for the waves that live, and lets one go without losing anyone", async () => {
    const old = carrier("old", { perTurn: 10, turnMs: 1, leaves: true, receipts: "late" });
    const running = await start([old]);
    const wave = await running.open({ count: 12_000 });
    await until(() => old.written > 300);
    const next = carrier("next", { perTurn: 40, turnMs: 1, leaves: true, receipts: "late" });
    running.carriers.push(next);
    running.dispatcher.addCarrier(next);
    await until(() => next.written > 300);
    await running.dispatcher.removeCarrier(old);
    expect(running.dispatcher.accounts.map(({ port }) => port.name)).toEqual(["next"]);
    const before = old.written;
    await running.isSent(wave);
    expect(old.written).toBe(before);
    await until(() => wave.isSettled);
    expect(count(wave, "delivered")).toBe(12_000);
    expect(wave.possibleDuplicates).toBe(0);
    expect(running.problems).toEqual([]);
  });

  it("tells a carrier that comes later of the waves in the order in which they came", async () => {
    const running = await start([carrier("old", { perTurn: 1, turnMs: 10 })]);
    const [large, small] = [await running.open({ count: 2_000 }), await running.open({ count: 10 })];
    const next = carrier("next");
    const opened: number[] = [];
    next.openWave = (wave) => {
      opened.push(wave.slot);
      FakeCarrier.prototype.openWave.call(next, wave);
    };
    running.carriers.push(next);
    running.dispatcher.addCarrier(next);
    expect(opened).toEqual([large.slot, small.slot]);
  });

  it("replaces a carrier by its namesake, and lets wait what nobody serves any more", async () => {
    const numbers = numbersOf(4_000, MOBILE, GERMAN);
    const dutch = carrier("dutch", { routes: ["31"], perTurn: 10, turnMs: 1, leaves: true, refused: 0.1 });
    const german = carrier("german", { routes: ["49"], perTurn: 10, turnMs: 1, leaves: true });
    const running = await start([dutch, german], { numbers });
    const wave = await running.open({ count: 4_000 });
    await until(() => dutch.written > 300 && german.written > 100);
    const successor = carrier("dutch", { routes: ["31"], leaves: true });
    running.carriers.push(successor);
    running.dispatcher.addCarrier(successor);
    await Promise.all([running.dispatcher.removeCarrier(dutch), running.dispatcher.removeCarrier(german)]);
    const isDone = (): boolean => count(wave, "acknowledged", "failed") === 2_000 + german.written;
    await until(() => isDone() && wave.queue.unserved === 2_000 - german.written);
    const went = new Set([...written(wave, dutch), ...written(wave, successor)]);
    expect(went.size).toBe(2_000);
    // What the one refused for good its namesake does not get either.
    expect(dutch.written + successor.written).toBe(2_000);
    expect(wave.isSent).toBe(false);
  });

  it("follows routes that change", async () => {
    const numbers = numbersOf(3_000, MOBILE, GERMAN);
    const carriers = [carrier("a", { routes: ["31"], perTurn: 20, turnMs: 1 }), carrier("b", { routes: ["49"] })];
    const running = await start(carriers, { numbers });
    const wave = await running.open({ count: 3_000 });
    await until(() => count(wave, "acknowledged") >= 1_700);
    carriers[0]!.routes = ["49"];
    carriers[1]!.routes = ["31"];
    running.dispatcher.routesChanged();
    await running.isSent(wave);
    expect(count(wave, "acknowledged")).toBe(3_000);
    expect(written(wave, carriers[1]!).some((position) => position % 2 === 0)).toBe(true);
  });
});
