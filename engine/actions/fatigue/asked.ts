/**
 * Who was asked how often: in the last hour, day and month, and by actions that run. Counts by participant number, in the columns that
 * selections read (engine/selection/query/asked-columns.ts); the main thread alone writes them.
 *
 * Nothing of it is stored: it is what the rosters say, which are stored before anybody is sent to (recall.ts). A roster counts from the
 * moment it is made and, in each window, until that is over; it is then read again and taken off. So it is right to the second, and a
 * kill forgets nobody. What can't be read again then counts until the next start.
 *
 * Assumes that rosters are not removed before the month is over without a word (`forget`).
 */
import { setImmediate as nextTurn } from "node:timers/promises";
import { ASKING } from "../../../schemas/limits.js";
import type { StoredWave } from "../../dispatch/ledger/wave-record.js";
import type { WaveStore } from "../../dispatch/ledger/wave-store.js";
import {
  ASKED_COUNTS,
  type AskedCount,
  askedCounts,
  IN_DAY,
  IN_HOUR,
  IN_MONTH,
  RUNNING,
} from "../../selection/query/asked-columns.js";

export type AskedWave = Pick<StoredWave, "waveId" | "actionId" | "count" | "startedAtMs" | "expiresAtMs">;
/** A time in which it counts how often somebody was asked. */
type Window = AskedCount;

interface Counted {
  readonly wave: AskedWave;
  /** The windows that it still is in. */
  readonly windows: Set<Window>;
}

/** What is to be taken off. */
interface Due {
  readonly counted: Counted;
  readonly window: Window;
}

export class Asked {
  /** How often everybody was asked in the last month, all together. */
  timesInMonth = 0;
  /** The rosters of the last month have all been counted. */
  isWhole = false;
  /** The store is about to close. */
  isClosing = false;
  readonly #counts: Uint16Array;
  readonly #waves: Pick<WaveStore, "rosterPieces">;
  readonly #counted = new Map<number, Counted>();
  /** Those that count as running, by action. */
  readonly #running = new Map<string, Counted[]>();
  /** By the second at the end of which it is over, in which no more waves are opened than an engine can. */
  readonly #due = new Map<number, Due[]>();
  #sweeping: Promise<void> = Promise.resolve();
  /** Who is to be counted in the next turn. */
  readonly #soon: Uint32Array[] = [];

  constructor(counts: SharedArrayBuffer, waves: Pick<WaveStore, "rosterPieces">) {
    this.#counts = askedCounts(counts);
    this.#waves = waves;
  }

  /** Those are on a roster that is being made. */
  count(people: Uint32Array): void {
    this.#add(people, WINDOWS, 1);
  }

  /** The same once this turn is over, for a commit waits for its end; or where somebody is looked at before. They stay as they are. */
  countSoon(people: Uint32Array): void {
    this.#soon.push(people);
    setImmediate(() => this.settle());
  }

  /** To be called before it is decided by the counts who is asked. */
  settle(): void {
    for (const people of this.#soon.splice(0)) this.count(people);
  }

  /** Those were on a roster of which nothing came. */
  giveBack(people: Uint32Array): void {
    this.settle();
    this.#add(people, WINDOWS, -1);
  }

  /** The roster of those who were counted is that of this wave. */
  note({ waveId, actionId, count, startedAtMs, expiresAtMs }: AskedWave): void {
    // Kept for a month, so without all else that there is of it.
    this.#keep({ waveId, actionId, count, startedAtMs, expiresAtMs }, WINDOWS);
  }

  /** A wave of before the start, read from the store: it counts in the windows in which it still is. */
  async recall(wave: AskedWave, isRunning: boolean, nowMs: number): Promise<void> {
    const windows = WINDOWS.filter((window) => endOf(wave, window) > nowMs && (window !== RUNNING || isRunning));
    await this.#addRoster(wave, windows, 1);
    this.#keep(wave, windows);
  }

  /** An action asks nobody any more. */
  over(actionId: string): void {
    for (const counted of this.#running.get(actionId) ?? []) this.#plan({ counted, window: RUNNING }, 0);
    this.#running.delete(actionId);
  }

  /** The roster of a wave is about to be removed. */
  async forget(waveId: number): Promise<void> {
    const counted = this.#counted.get(waveId);
    if (counted === undefined) return;
    const windows = [...counted.windows];
    counted.windows.clear();
    this.#counted.delete(waveId);
    await this.#addRoster(counted.wave, windows, -1);
  }

  /** To be called about once a second: takes off what is over. */
  sweep(nowMs: number): Promise<void> {
    this.#sweeping = this.#sweeping.then(() => this.#sweep(nowMs));
    return this.#sweeping;
  }

  async #sweep(nowMs: number): Promise<void> {
    for (const [second, due] of [...this.#due]) {
      if (second * SECOND_MS > nowMs) continue;
      this.#due.delete(second);
      for (const { counted, window } of due) await this.#takeOff(counted, window);
    }
  }

  async #takeOff({ wave, windows }: Counted, window: Window): Promise<void> {
    if (!windows.delete(window)) return;
    if (windows.size === 0) this.#counted.delete(wave.waveId);
    if (window === RUNNING) this.#running.delete(wave.actionId);
    await this.#addRoster(wave, [window], -1);
  }

  #keep(wave: AskedWave, windows: readonly Window[]): void {
    if (windows.length === 0) return;
    const counted = { wave, windows: new Set(windows) };
    this.#counted.set(wave.waveId, counted);
    for (const window of windows) this.#plan({ counted, window }, endOf(wave, window));
    if (!windows.includes(RUNNING)) return;
    this.#running.set(wave.actionId, [...(this.#running.get(wave.actionId) ?? []), counted]);
  }

  #plan(due: Due, atMs: number): void {
    const second = Math.ceil(atMs / SECOND_MS);
    const planned = this.#due.get(second);
    if (planned) planned.push(due);
    else this.#due.set(second, [due]);
  }

  /** Piece by piece, with a turn for everybody else between two; up to where it can't be read, then as now. */
  async #addRoster({ waveId, count }: AskedWave, windows: readonly Window[], times: 1 | -1): Promise<void> {
    if (windows.length === 0) return;
    for (const piece of this.#waves.rosterPieces(waveId, count)) {
      if (!piece.ok) return;
      this.settle();
      this.#add(piece.value, windows, times);
      await nextTurn();
    }
  }

  /** A short loop for each window: what is counted lies in no order, and so many looks at memory wait at a time. */
  #add(people: Uint32Array, windows: readonly Window[], times: 1 | -1): void {
    const counts = this.#counts;
    for (const window of windows) {
      for (let index = 0; index < people.length; index += 1) {
        const at = people[index]! * ASKED_COUNTS + window;
        const count = counts[at]! + times;
        // Nobody is asked 65,535 times; were it so, whoever is at the end stays there.
        if (count >= 0 && count <= 0xffff) counts[at] = count;
      }
      if (window === IN_MONTH) this.timesInMonth += times * people.length;
    }
  }
}

const SECOND_MS = 1_000;
const WINDOWS: readonly Window[] = [IN_HOUR, IN_DAY, IN_MONTH, RUNNING];

function endOf({ startedAtMs, expiresAtMs }: AskedWave, window: Window): number {
  switch (window) {
    case IN_HOUR:
      return startedAtMs + ASKING.hourMs;
    case IN_DAY:
      return startedAtMs + ASKING.dayMs;
    case IN_MONTH:
      return startedAtMs + ASKING.monthMs;
    case RUNNING:
      return expiresAtMs;
  }
}
