/** Who is granted what in a turn, with carriers that do nothing by themselves. */
import { beforeEach, describe, expect, it } from "vitest";
import { LiveWaves } from "../../../../engine/dispatch/ledger/live-waves.js";
import type { WaveRecord } from "../../../../engine/dispatch/ledger/wave-record.js";
import type { CarrierAccount } from "../../../../engine/dispatch/plan/account.js";
import { Carriers } from "../../../../engine/dispatch/plan/carriers.js";
import { Planner } from "../../../../engine/dispatch/plan/planner.js";
import { LiveWave } from "../../../../engine/dispatch/wave/wave.js";
import { DISPATCH, FAILOVER } from "../../../../schemas/limits.js";
import { EVENT, GAUGE } from "../../../../schemas/link.js";
import { Ring } from "../../../../schemas/ring.js";
import { type Channel, STATE } from "../../../../schemas/words.js";
import { carrierPort, rosterOf, waveRecord } from "../bare-fixtures.js";

const WINDOW = 100;
const DUTCH = 31_612_345_678;
const GERMAN = 4_930_123_456;

let carriers: Carriers;
let planner: Planner;
let liveWaves: LiveWaves;
let nowMs: number;
const rings = new Map<CarrierAccount, Ring>();

function set(
  routes: readonly (readonly string[])[],
  numbers: readonly number[],
  channels: readonly Channel[] = [],
): void {
  const column = new Float64Array(1_000 + numbers.length);
  column.set(numbers, 1_000);
  const ports = routes.map((each, i) =>
    carrierPort(`carrier ${i}`, 1, { routes: each, channel: channels[i] ?? "sms" }),
  );
  carriers = new Carriers(ports, column);
  for (const account of carriers.accounts) {
    account.port.gauges[GAUGE.bound] = 1;
    account.port.gauges[GAUGE.window] = WINDOW;
    rings.set(account, new Ring(account.port.grants.buffer as SharedArrayBuffer));
  }
  planner = new Planner(carriers, liveWaves);
}

function open(count: number, slot = 0, first = 0, other: Partial<WaveRecord> = {}): LiveWave {
  const record = waveRecord({ count, waveId: slot + 1, ...other });
  const wave = new LiveWave(record, slot, rosterOf(count, 1_000 + first));
  for (const account of carriers.accounts) account.open(wave);
  wave.route(carriers.routerOf(wave), nowMs);
  liveWaves.add(wave, 0);
  return wave;
}

/** Positions that each carrier is granted in a turn, as [slot, from, count]. */
/** Of a grant: the slot, and the run of positions. */
type Granted = [slot: number, from: number, count: number];

function turn(): Granted[][] {
  for (const wave of liveWaves.waves) wave.queue.tick(nowMs);
  planner.plan(nowMs, nowMs);
  return carriers.accounts.map((account) => {
    account.port.grants.publish();
    const ring = rings.get(account)!;
    const granted: Granted[] = [];
    for (let at = ring.next(); at >= 0; at = ring.next())
      granted.push([...ring.words.subarray(at, at + 3)] as number[] as Granted);
    ring.release(ring.position());
    return granted;
  });
}

function say(account: CarrierAccount, wave: LiveWave, position: number, status: number): void {
  account.heed(Uint32Array.of(EVENT.outcome, wave.slot, position, status), 0, nowMs);
  if (wave.outcome(position, 0, status, account.hash)) account.settle(wave.slot, 1);
}

beforeEach(() => {
  liveWaves = new LiveWaves();
  nowMs = 1_000_000;
});

describe("a plan", () => {
  it("gives the nearest of those whom a carrier with room serves, in runs of adjacent ones", () => {
    set([["31"], ["49"]], [DUTCH, DUTCH, GERMAN, DUTCH, GERMAN, GERMAN]);
    open(6);
    expect(turn()).toEqual([
      [
        [0, 0, 2],
        [0, 3, 1],
      ],
      [
        [0, 2, 1],
        [0, 4, 2],
      ],
    ]);
  });

  it("keeps a carrier for the wave that goes first only where that has something for it", () => {
    set([["31"], ["49"]], [...new Array(300).fill(DUTCH), ...new Array(700).fill(GERMAN)]);
    const urgent = open(250, 0);
    const later = open(1_000, 1);
    const [dutch, german] = turn();
    // All that the first carrier may have goes to the urgent one, which has nothing for the second, but for what is kept.
    const kept = (2 * WINDOW) / DISPATCH.keptOneIn;
    expect(dutch).toEqual([
      [0, 0, 2 * WINDOW],
      [1, 0, kept],
    ]);
    expect(german).toEqual([[1, 300, 2 * WINDOW]]);
    expect(urgent.inFlight + later.inFlight).toBe(4 * WINDOW + kept);
  });

  it("gives a wave to those that carry its channel alone; a wave of which the record names none is SMS", () => {
    set([[], []], new Array(1_000).fill(DUTCH), ["sms", "push"]);
    open(300, 0);
    open(500, 1, 300, { channel: "push" });
    open(100, 2, 800, { channel: "voice" });
    // The push wave does not wait behind the smaller one, and nobody gives by voice.
    expect(turn()).toEqual([[[0, 0, 2 * WINDOW]], [[1, 0, 2 * WINDOW]]]);
    expect(carriers.of("sms").map(({ port }) => port.name)).toEqual(["carrier 0"]);
  });

  it("fails whom each carrier of the wave's channel has refused, though one of another channel has not", () => {
    set([[], []], [DUTCH], ["sms", "email"]);
    const wave = open(1);
    expect(turn()).toEqual([[[0, 0, 1]], []]);
    say(carriers.accounts[0]!, wave, 0, 0x0b);
    expect(turn()).toEqual([[], []]);
    expect(wave.isSent).toBe(true);
    expect(wave.counts[STATE.failed]).toBe(1);
  });

  it("keeps a little for whoever has waited longest behind others, where no extreme one goes first", () => {
    set([["31"], ["49"]], [...new Array(3_000).fill(DUTCH), ...new Array(300).fill(GERMAN)]);
    const large = open(2_000, 0);
    turn();
    for (let position = 0; position < 2 * WINDOW; position++) say(carriers.accounts[0]!, large, position, 0);
    const kept = (2 * WINDOW) / DISPATCH.keptOneIn;
    open(500, 1, 2_000);
    open(400, 2, 2_500);
    // The large one is the oldest, and there is no more of it than is kept; the one in the middle waits.
    expect(turn()).toEqual([
      [
        [2, 0, 2 * WINDOW],
        [0, 2 * WINDOW, kept],
      ],
      [],
    ]);
    expect(turn()).toEqual([[], []]);
    // Where there is something for an extreme one nothing is kept.
    say(carriers.accounts[0]!, large, 2 * WINDOW, 0);
    open(600, 3, 2_700, { extreme: true });
    expect(turn()).toEqual([[[3, 0, 2 * WINDOW - kept + 1]], [[3, 300, 2 * WINDOW]]]);
  });

  it("owes a carrier nothing of what it does not serve", () => {
    set([["31", "49"], ["49"]], [...new Array(600).fill(DUTCH), ...new Array(300).fill(GERMAN)]);
    const dutch = open(600, 0);
    const [both] = carriers.accounts;
    for (let round = 0; round < 3; round++) {
      const [, from, count] = turn()[0]![0]!;
      for (let position = from; position < from + count; position++) say(both!, dutch, position, 0);
    }
    expect(dutch.isSent).toBe(true);
    open(300, 1, 600);
    // Who had nothing of the Dutch does not have more of these.
    expect(turn()).toEqual([[[1, 0, 200]], [[1, 200, 100]]]);
  });

  it("tries a message again at once elsewhere, after a trouble, and after a pause when there is no one else", () => {
    set([[], []], [DUTCH]);
    const wave = open(1);
    const [one, other] = carriers.accounts;
    expect(turn()).toEqual([[[0, 0, 1]], []]);
    say(one!, wave, 0, 0x08);
    expect(turn()).toEqual([[], [[0, 0, 1]]]);
    say(other!, wave, 0, 0x08);
    expect(turn()).toEqual([[], []]);
    expect(wave.hasWork).toBe(true);
    // The second attempt failed.
    nowMs += 2 * FAILOVER.retryPausesMs[1];
    expect(turn().flat()).toEqual([[0, 0, 1]]);
  });

  it("does not wait long for a carrier that is only preferred because another has just been tried", () => {
    set([[], []], new Array(2_000).fill(DUTCH));
    const wave = open(2_000);
    const [one, other] = carriers.accounts;
    const granted = turn();
    const first = granted[0]![0]![1]!;
    say(one!, wave, first, 0x14);
    say(one!, wave, first + 1, 0);
    nowMs += 2 * FAILOVER.retryPausesMs[0];
    // The other one is full, and stays so; the one has room.
    expect(other!.room(wave, [wave], nowMs)).toBe(0);
    const again = (): boolean => turn()[0]!.some(([, from]) => from === first);
    expect(again()).toBe(false);
    nowMs += DISPATCH.stallMs;
    say(one!, wave, first + 2, 0);
    expect(again()).toBe(true);
  });

  it("leaves a carrier alone that only fails, probes it with one, and gives all to the other meanwhile", () => {
    set([[], []], new Array(5_000).fill(DUTCH));
    const wave = open(5_000);
    const [ill, well] = carriers.accounts;
    const sum = (granted: readonly Granted[]): number => granted.reduce((total, [, , count]) => total + count, 0);
    const answer = (granted: readonly Granted[], account: CarrierAccount, status: number): void => {
      for (const [, from, count] of granted) {
        for (let position = from; position < from + count; position++) say(account, wave, position, status);
      }
    };
    const [toIll, toWell] = turn();
    expect([sum(toIll!), sum(toWell!)]).toEqual([2 * WINDOW, 2 * WINDOW]);
    answer(toIll!, ill!, 0x45);
    answer(toWell!, well!, 0);
    const next = turn();
    expect([sum(next[0]!), sum(next[1]!)]).toEqual([0, 2 * WINDOW]);
    answer(next[1]!, well!, 0);
    nowMs += FAILOVER.rejectingFirstMs;
    const probed = turn();
    expect([sum(probed[0]!), sum(probed[1]!)]).toEqual([1, 2 * WINDOW]);
    answer(probed[0]!, ill!, 0);
    answer(probed[1]!, well!, 0);
    const after = turn();
    expect([sum(after[0]!), sum(after[1]!)]).toEqual([2 * WINDOW, 2 * WINDOW]);
  });
});
