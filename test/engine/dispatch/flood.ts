/**
 * One large wave while small ones keep coming, in the world of scenario.ts: as soon as a small one is sent there is another. What came
 * to the carriers of whom, and in which order.
 */
import type { LiveWave } from "../../../engine/dispatch/wave/wave.js";
import { now } from "../../fuzz/world/time.js";
import { type AskedWave, Ledger, partsOf } from "./scenario.js";
import type { CarrierSettings } from "./scenario-carrier.js";

export interface Flood {
  readonly carriers: readonly CarrierSettings[];
  readonly large: AskedWave;
  /** The large one comes so much later than the first of the others. */
  readonly largeAtMs: number;
  readonly small: AskedWave;
  readonly smallAtATime: number;
  /** An extreme one, and when it comes. */
  readonly extreme: AskedWave;
  readonly extremeAtMs: number;
  readonly forMs: number;
}

export interface FloodResult {
  /** What was taken between these moments, of the large wave and of all, in submissions; the extreme one is not there then. */
  readonly large: number;
  readonly all: number;
  /** Of each carrier, by the order in which it took them: of which wave each was, from the moment when the extreme one came. */
  readonly order: ("large" | "small" | "extreme")[][];
  /** Whether the extreme one was sent. */
  readonly isExtremeSent: boolean;
  /** Who got it more than once. */
  readonly twice: number;
}

/** Small waves there are at most, with the people of each. */
const SMALL_MOST = 2_000;
/** Carriers have been measured by then. */
const SETTLED_MS = 5_000;

export function runFlood({
  carriers,
  large,
  largeAtMs,
  small,
  smallAtATime,
  extreme,
  extremeAtMs,
  forMs,
}: Flood): FloodResult {
  const firstSmall = large.count + extreme.count;
  const ledger = new Ledger(carriers, firstSmall + SMALL_MOST * small.count);
  const open = new Set<LiveWave>();
  let ids = 0;
  const opened = (wave: AskedWave, first: number): LiveWave => ledger.open({ ...wave, waveId: ++ids }, first);
  let smalls = 0;
  const beganMs = now();
  const lived = (): number => now() - beganMs;
  const until = (ms: number): void => {
    while (lived() < ms) {
      for (const wave of open) {
        if (!wave.isSent) continue;
        open.delete(wave);
        ledger.forget(wave);
      }
      while (open.size < smallAtATime) open.add(opened(small, firstSmall + smalls++ * small.count));
      ledger.turn();
    }
  };
  const whose = (place: number) => (place < large.count ? "large" : place < firstSmall ? "extreme" : "small");
  const isTwice = (times: number, place: number) => times > partsOf({ large, small, extreme }[whose(place)].text);
  const counts = () => ledger.carriers.map(({ order }) => order.length);
  const takenSince = (from: readonly number[]) =>
    ledger.carriers.map(({ order }, at) => order.slice(from[at]).map(whose));
  until(largeAtMs);
  opened(large, 0);
  until(largeAtMs + SETTLED_MS);
  const settled = counts();
  until(extremeAtMs);
  const taken = takenSince(settled).flat();
  const before = counts();
  const alarm = opened({ ...extreme, extreme: true }, large.count);
  until(forMs);
  return {
    large: taken.filter((wave) => wave === "large").length,
    all: taken.length,
    order: takenSince(before),
    isExtremeSent: alarm.isSent,
    twice: ledger.carriers.flatMap(({ taken: times }) => times.filter(isTwice)).length,
  };
}
