/**
 * A service with one to three carriers of its own that meets some draws (drawn-carriers.ts) one after the other, and what the carriers' logs
 * say of it in the end.
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { Action } from "../../../schemas/api/api.js";
import { DISPATCH, FAILOVER } from "../../../schemas/limits.js";
import { STATE, STATE_MASK } from "../../../schemas/words.js";
import { seeded } from "../../random.js";
import { acceptedBy, EVERYWHERE, refusedBy, tagsOf, Whole } from "../../service/whole.js";
import { readLedger, type WaveLedger } from "../ledger.js";
import { faultsOf } from "../verdict.js";
import { type DrawnRun, drawRun, ENTRY, isOfBinds, PLAIN, type Trouble } from "./drawn-carriers.js";

export const PEOPLE = 200;
export const RUNS_OF_WORLD = 6;
/** Longer than a carrier that was in trouble is left alone, and shorter than the pause after the third attempt. */
const QUIET_MS = FAILOVER.rejectingLastMs + 2_000;

/** Of all worlds together. */
export interface Figures {
  runs: number;
  kills: number;
  carriersKilled: number;
  twice: number;
  unknown: number;
  resent: number;
  stopped: number;
  harmless: number;
  most: number;
}

export class World {
  readonly problems: string[] = [];
  /** By the text of the action: what was drawn, and how many words an operator gave. */
  readonly #runs = new Map<string, { readonly drawn: DrawnRun; words: number }>();
  readonly #random: () => number;

  private constructor(
    readonly seed: number,
    readonly figures: Figures,
    readonly whole: Whole,
    random: () => number,
  ) {
    this.#random = random;
  }

  static async #start(seed: number, figures: Figures): Promise<World> {
    const random = seeded(seed);
    const names = ["north", "south", "west"].slice(0, 1 + Math.floor(random() * 3));
    const carriers = names.map((name, index) => ({ name, entry: ENTRY, simulator: { seed: seed + index } }));
    return new World(seed, figures, await Whole.start(PEOPLE, carriers), random);
  }

  /** A whole life and the verdict; returns what was wrong. */
  static async live(seed: number, figures: Figures): Promise<readonly string[]> {
    const told = (problem: string): string => `--size ${RUNS_OF_WORLD} --seed ${seed}: ${problem}`;
    try {
      const world = await World.#start(seed, figures);
      await world.#live();
      return world.problems.map(told);
    } catch (error) {
      return [told(String(error))];
    }
  }

  async #live(): Promise<void> {
    const { whole } = this;
    try {
      for (let i = 0; i < RUNS_OF_WORLD; i++) await this.#run(i);
      await this.#judge();
    } catch (error) {
      this.problems.push(String(error));
    }
    await whole.engine.stop("SIGKILL");
    await Promise.all(whole.carriers.map(({ simulator }) => simulator.stop()));
  }

  async #run(index: number): Promise<void> {
    const drawn = drawRun(this.#random, this.whole.carriers.length);
    const text = textOf(index, drawn.isLong);
    this.#runs.set(text, { drawn, words: 0 });
    await this.#setAll((carrier) => ({ ...drawn.carriers[carrier]!, disconnect: isOfBinds(drawn.carriers[carrier]!) }));
    const { onUnknown } = drawn;
    const { id } = await this.whole.engine.createAction({ area: EVERYWHERE, text, onUnknown, dispatch: true });
    await this.#trouble(drawn);
    if (!(await this.#sentWithin(id, drawn.strangeMs))) await this.#recover(drawn);
    const isSent = await this.#untilSent(id, text);
    await this.#recover(drawn);
    if (isSent && drawn.hasWord) await this.#resend(id, text);
    this.#countFailures(await this.whole.engine.action(id), text);
    await this.whole.engine.untilBound();
    this.figures.runs++;
  }

  async #trouble({ troubles, carriers }: DrawnRun): Promise<void> {
    for (const { what, which, afterMs, awayMs } of troubles) {
      await sleep(afterMs);
      const carrier = this.whole.carriers[which]!;
      if (what === "disconnect") await carrier.simulator.set({ disconnect: true });
      else if (what === "carrier killed") {
        await carrier.restart(awayMs);
        await carrier.simulator.set(carriers[which]!);
        this.figures.carriersKilled++;
      } else await this.#kill();
    }
  }

  /** What a kill leaves: nothing is at a carrier of which the ledger does not know that it may be. */
  async #kill(): Promise<void> {
    await this.whole.kill();
    this.figures.kills++;
    await this.whole.startEngine();
  }

  async #sentWithin(id: string, ms: number): Promise<boolean> {
    for (const end = performance.now() + ms; performance.now() < end; ) {
      if ((await this.whole.engine.action(id)).status === "sent") return true;
      await sleep(20);
    }
    return false;
  }

  /**
   * Until all was sent, or whoever is left waits for a carrier's trouble to pass, which may take minutes: then it is stopped. False
   * then: no word of an operator counts any more.
   */
  async #untilSent(id: string, text: string): Promise<boolean> {
    let last = "";
    for (let quietSince = performance.now(); performance.now() - quietSince < QUIET_MS; await sleep(50)) {
      const action = await this.whole.engine.action(id);
      if (action.status === "sent") return true;
      const now = JSON.stringify(action);
      if (now !== last) quietSince = performance.now();
      last = now;
    }
    const { status } = await this.whole.engine.request("POST", `/v1/actions/${id}/stop`);
    if (status !== 200) throw new Error(`${this.#told(text)}: stop was answered ${status}`);
    await this.whole.engine.until(id, ({ waves }) => waves[0]!.counts.intended === 0);
    this.figures.stopped++;
    return false;
  }

  /** Now they do as SMPP says. */
  async #recover(drawn: DrawnRun): Promise<void> {
    await this.#setAll((carrier) => ({ ...PLAIN, disconnect: isOfBinds(drawn.carriers[carrier]!) }));
  }

  async #setAll(change: (carrier: number) => object): Promise<void> {
    await Promise.all(this.whole.carriers.map(({ simulator }, index) => simulator.set(change(index))));
  }

  /** An operator's word, until nobody is unknown. */
  async #resend(id: string, text: string): Promise<void> {
    const run = this.#runs.get(text)!;
    while (await this.#untilSent(id, text)) {
      const { unknown } = (await this.whole.engine.action(id)).waves[0]!.counts;
      if (unknown === 0) return;
      const { status } = await this.whole.engine.request("POST", `/v1/actions/${id}/resend`);
      if (status !== 200) throw new Error(`${this.#told(text)}: the word was answered ${status}`);
      run.words++;
      this.figures.resent += unknown;
    }
  }

  #countFailures({ waves }: Action, text: string): void {
    const { counts, failures } = waves[0]!;
    const told = failures.reduce((sum, { times }) => sum + times, 0);
    if (told > counts.failed) this.problems.push(`${this.#told(text)}: ${told} failures of ${counts.failed} failed`);
  }

  async #judge(): Promise<void> {
    const { engine, folder, numbers, carriers } = this.whole;
    await engine.stop();
    const { waves } = await readLedger(folder, numbers);
    const logs = carriers.map((carrier) => carrier.log());
    for (const wave of waves) {
      const [text = ""] = wave.stored.texts;
      const { drawn, words } = this.#runs.get(text)!;
      const tags = tagsOf(text);
      const accepted = tags.map((tag) => acceptedBy(logs, tag));
      const refused = new Set(tags.flatMap((tag) => [...refusedBy(logs, tag)]));
      // Whoever got a part and was surely refused another is sent to again, whatever is held.
      const isHeld = drawn.onUnknown === "hold" && !drawn.isLong;
      const copies = (isHeld ? 1 : DISPATCH.copies) + words;
      const faults = faultsOf(wave, { accepted, refused, copies });
      faults.push(...this.#count(wave, accepted, drawn));
      if (faults.length > 0) this.problems.push(`${this.#told(text)}: ${faults.join(", ")}`);
    }
    if (waves.length !== RUNS_OF_WORLD) this.problems.push(`${waves.length} waves of ${RUNS_OF_WORLD}`);
  }

  /** Adds to the figures; returns what must not be at carriers that only take their time. */
  #count({ states }: WaveLedger, accepted: readonly ReadonlyMap<number, number>[], { isHarmless }: DrawnRun): string[] {
    const most = Math.max(...accepted.flatMap((part) => [...part.values()]));
    const twice = new Set(
      accepted.flatMap((part) => [...part].filter(([, times]) => times > 1).map(([number]) => number)),
    );
    const unknown = states.filter((state) => (state & STATE_MASK) === STATE.unknown).length;
    this.figures.most = Math.max(this.figures.most, most);
    this.figures.twice += twice.size;
    this.figures.unknown += unknown;
    if (!isHarmless) return [];
    this.figures.harmless++;
    return twice.size + unknown === 0
      ? []
      : [`${twice.size} twice and ${unknown} unknown at carriers that only take their time`];
  }

  #told(text: string): string {
    const { drawn } = this.#runs.get(text)!;
    const names = drawn.carriers.map(({ personalities }) => personalities.join("+") || "plain").join(" | ");
    const troubles = drawn.troubles.map(({ what, which }: Trouble) => `${what} ${which}`).join(", ");
    return `"${text.slice(-4)}" (${drawn.isLong ? "long" : "short"}, ${drawn.onUnknown}; ${names}; ${troubles || "no trouble"})`;
  }
}

/** Each part ends in a tag by which the carriers' logs tell messages apart. */
function textOf(index: number, isLong: boolean): string {
  const name = String(index).padStart(3, "0");
  if (!isLong) return `Burgernet. A${name}`;
  return `${"Burgernet. ".padEnd(149, "-")}P${name}${"-".repeat(20)}A${name}`;
}
