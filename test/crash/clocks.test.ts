/**
 * Sets the service's wall clock in mid-dispatch, by hours and days to either side, and kills the service between. What must hold
 * whatever the clock says: nobody is sent to whose time is over, nobody is lost, nobody gets a message twice without a flag.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { expect, it } from "vitest";
import type { Action } from "../../schemas/api/api.js";
import { CLOCK } from "../../schemas/limits.js";
import { STATE, STATE_MASK } from "../../schemas/words.js";
import { running } from "../campaign/campaigns.js";
import { seeded } from "../random.js";
import { acceptedBy, EVERYWHERE, tagOf, Whole } from "../service/whole.js";
import { isFlagged, isReached, readLedger, type WaveLedger } from "./ledger.js";
import { expectFlagged } from "./verdict.js";

const { size: STEPS, seed, again, tell } = running("clocks");
const PARTICIPANTS = 2_000;
/** Of both carriers together: all of them take longer than a short action lasts. */
const RATE = 700;
const SHORT_MS = 1_500;
const HOUR_MS = 3_600_000;
const STEP_MS = [HOUR_MS, -HOUR_MS, 24 * HOUR_MS, -24 * HOUR_MS, 5_000, -5_000];
const SET_CLOCK = pathToFileURL(join(import.meta.dirname, "set-clock.js")).href;

it(
  `keeps to what it promises through ${STEPS} steps of the clock (${again})`,
  async () => {
    const run = await Run.start();
    while (run.steps < STEPS) await run.action();
    await run.check();
    tell(run.report());
  },
  STEPS * 60_000,
);

class Run {
  steps = 0;
  #actions = 0;
  #kills = 0;
  #held = 0;
  #expired = 0;
  #twice = 0;
  #setMs = 0;
  readonly #random = seeded(seed);
  readonly #short = new Set<string>();
  readonly #file: string;

  private constructor(readonly whole: Whole) {
    this.#file = join(whole.folder, "clock");
    this.#set(0);
    whole.environment = { NODE_OPTIONS: `--import ${SET_CLOCK}`, SEINPOST_TEST_CLOCK: this.#file };
  }

  static async start(): Promise<Run> {
    const carrier = (name: string) => ({ name, entry: { window: 48 }, simulator: { latencyMs: 20, rate: RATE / 2 } });
    const run = new Run(await Whole.prepare(PARTICIPANTS, [carrier("north"), carrier("south")]));
    await run.whole.startEngine();
    await run.whole.engine.untilBound();
    return run;
  }

  /** One action, with steps and kills in the middle of it; an operator lets it go on, or stops it. */
  async action(): Promise<void> {
    const text = `Burgernet. C${String(this.#actions++).padStart(3, "0")}`;
    const isShort = this.#random() < 0.5;
    if (isShort) this.#short.add(text);
    await this.#isSeen();
    const createdSetMs = this.#setMs;
    const { id } = await this.whole.engine.createAction({
      area: EVERYWHERE,
      text,
      onUnknown: this.#random() < 0.5 ? "resend" : "hold",
      expiresAt: new Date(Date.now() + this.#setMs + (isShort ? SHORT_MS : 40 * HOUR_MS)).toISOString(),
      dispatch: true,
    });
    const part = this.#random() * 0.2;
    const hasBegun = (action: Action): boolean => reached(action) > part * PARTICIPANTS || action.status === "held";
    const begun = await this.whole.engine.until(id, (action) => isOver(action) || hasBegun(action), 5);
    // Where the action before was over when the clock was set, nobody waited until that was noticed.
    if (begun.status === "held") await this.#decide(begun, false);
    for (let left = 1 + Math.floor(this.#random() * 3); left > 0; left--) {
      const ms = this.#step();
      await sleep(20 + this.#random() * 200);
      const isKilled = this.#random() < 0.4;
      if (isKilled) await this.#kill();
      // A clock behind by so little is none that was set, and after a restart nobody can tell how much time has passed: it has that much more.
      const behindMs = createdSetMs - this.#setMs;
      if (isKilled && behindMs > 0 && behindMs <= CLOCK.stepMs + CLOCK.noteMs) this.#short.delete(text);
      const action = await this.#look(id, !isKilled && ms > CLOCK.stepMs);
      if (action.status === "held") await this.#decide(action, isShort && isKilled);
    }
    const last = await this.whole.engine.until(id, (action) => isOver(action) || action.status === "held");
    if (last.status === "held") await this.#decide(last, true);
    const { status, reason } = await this.whole.engine.until(id, isOver);
    if (status !== "failed") return;
    // On a machine that is busy its time may be over before anybody was selected.
    expect([isShort, reason?.code]).toEqual([true, "EXPIRED"]);
    this.#short.delete(text);
  }

  /** Until then the service would judge the times of an action by the clock of before. */
  async #isSeen(): Promise<void> {
    while (Number(readFileSync(`${this.#file}.seen`, "utf8") || Number.NaN) !== this.#setMs) await sleep(5);
  }

  #step(): number {
    const fit = STEP_MS.filter((ms) => Math.abs(this.#setMs + ms) <= 48 * HOUR_MS);
    const ms = fit[Math.floor(this.#random() * fit.length)]!;
    this.steps++;
    this.#set(this.#setMs + ms);
    return ms;
  }

  #set(ms: number): void {
    this.#setMs = ms;
    writeFileSync(this.#file, String(ms));
  }

  async #kill(): Promise<void> {
    this.#kills++;
    await this.whole.restart();
  }

  /** The action, where a clock that got ahead must hold it, once it is held. */
  #look(id: string, isAhead: boolean): Promise<Action> {
    if (!isAhead) return this.whole.engine.action(id);
    return this.whole.engine.until(id, (action) => isOver(action) || action.status === "held", 5);
  }

  /** What the operator says. After a restart nobody but them can tell how long a short one has lasted. */
  async #decide({ id, reason }: Action, mustStop: boolean): Promise<void> {
    this.#held++;
    expect(reason?.code).toBe("CLOCK_STEPPED");
    const word = mustStop || this.#random() < 0.2 ? "stop" : "resume";
    // Its time may have come to an end meanwhile.
    expect([200, 409]).toContain((await this.whole.engine.request("POST", `/v1/actions/${id}/${word}`)).status);
  }

  async check(): Promise<void> {
    const { engine, carriers, folder, numbers } = this.whole;
    await engine.stop();
    const logs = carriers.map((carrier) => carrier.log());
    for (const wave of (await readLedger(folder, numbers)).waves)
      this.#judge(wave, acceptedBy(logs, tagOf(wave.stored.texts[0]!)));
  }

  #judge(wave: WaveLedger, accepted: ReadonlyMap<number, number>): void {
    this.#twice += expectFlagged(wave, accepted);
    const states = [...wave.states];
    const count = (what: (state: number, times: number) => boolean): number =>
      states.filter((state, position) => what(state, accepted.get(wave.numbers[position]!) ?? 0)).length;
    const is = (state: number, ...words: number[]): boolean => words.includes(state & STATE_MASK);
    const [text = ""] = wave.stored.texts;
    // Who was under way at a kill and is not sent to again is intended here still: no more is known of them.
    expect(
      count((state) => is(state, STATE.pending)),
      `left of "${text}"`,
    ).toBe(0);
    expect(
      count((state, times) => isReached(state) && times === 0),
      `reached by no carrier of "${text}"`,
    ).toBe(0);
    const ended = (state: number): boolean => is(state, STATE.expired, STATE.stopped);
    expect(
      count((state, times) => ended(state) && !isFlagged(state) && times > 0),
      `over, and yet sent: "${text}"`,
    ).toBe(0);
    const over = count(ended);
    this.#expired += over;
    if (this.#short.has(text)) expect(over, `more time than it had: "${text}"`).toBeGreaterThan(0);
  }

  report(): string {
    return `${this.steps} steps of up to a day and ${this.#kills} kills in ${this.#actions} actions, ${this.#held} times held; ${this.#expired} recipients expired or stopped and not sent to, ${this.#twice} messages came twice, 0 of them unflagged`;
  }
}

function isOver({ status }: Action): boolean {
  return status === "sent" || status === "stopped" || status === "failed";
}

function reached({ waves }: Action): number {
  return waves[0] ? waves[0].counts.acknowledged + waves[0].counts.delivered : 0;
}
