/**
 * What keeps a wave from being granted: an operator stopped it, its time is over, or it is held until somebody says that it
 * goes on. Carriers see each of these at once, by a flag in shared memory, and give back what they have not written; the
 * journal has what can't be taken back in the next commit, so that no clock and no restart makes a wave live again.
 */
import { STATE } from "../../../schemas/words.js";
import type { Clock } from "../../clock/clock.js";
import { doubt } from "../ledger/journal/journal.js";
import type { LiveWaves } from "../ledger/live-waves.js";
import type { Carriers } from "../plan/carriers.js";
import type { LiveWave } from "./wave.js";

export class Halting {
  readonly #deadlinesMs = new WeakMap<LiveWave, number>();
  readonly #carriers: Carriers;
  readonly #liveWaves: LiveWaves;
  readonly #clock: Clock;

  constructor(carriers: Carriers, liveWaves: LiveWaves, clock: Clock) {
    this.#carriers = carriers;
    this.#liveWaves = liveWaves;
    this.#clock = clock;
  }

  /** A wave is taken up: from here its time also runs by the clock that nobody can set. */
  begin(wave: LiveWave): void {
    this.#deadlinesMs.set(wave, this.#clock.steadyMs() + wave.record.expiresAtMs - this.#clock.now());
  }

  /**
   * Ends the waves whose time is over by either clock: a clock that is set back gives nobody more of it. While a wave is held
   * the wall clock alone does not end it, for it may be held because that clock can't be believed.
   */
  expire(nowMs: number, steadyMs: number): void {
    for (const wave of this.#liveWaves.waves) {
      if (wave.stoppedAtMs !== null) continue;
      const isOver = steadyMs >= this.#deadlinesMs.get(wave)!;
      if (isOver || (!wave.queue.isHeld && nowMs >= wave.record.expiresAtMs)) this.#end(wave, nowMs, STATE.expired);
    }
  }

  stop(wave: LiveWave, nowMs: number): void {
    if (wave.stoppedAtMs === null) this.#end(wave, nowMs, STATE.stopped);
  }

  hold(wave: LiveWave): void {
    wave.queue.isHeld = true;
    for (const { port } of this.#carriers.accounts) port.stopWave(wave.slot);
  }

  letGo(wave: LiveWave): void {
    wave.queue.isHeld = false;
    if (wave.stoppedAtMs !== null) return;
    for (const { port } of this.#carriers.accounts) port.runWave(wave.slot);
  }

  /** The ledger may lack what was sent of it: who is under way, or is sent to from now on, may get it twice. */
  doubt(wave: LiveWave): void {
    if (wave.queue.isDoubted) wave.flagIntended();
    else doubt(wave);
    this.#liveWaves.pageOf(wave).addDoubted();
  }

  #end(wave: LiveWave, nowMs: number, state: number): void {
    for (const { port } of this.#carriers.accounts) port.stopWave(wave.slot);
    wave.stop(nowMs, state);
    this.#liveWaves.pageOf(wave).addHalted(state);
  }
}
