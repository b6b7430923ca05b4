/**
 * Kills the running service in every wave that an action may have, and between two of them: updates, widenings by hand, in rings and
 * until enough were asked, late arrivals, repeats, corrections and thanks. From the carriers' own logs and the rosters it shows that nobody is lost,
 * whoever got a text more often than the waves say is flagged, and nobody is in two waves that exclude each other.
 */
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, it } from "vitest";
import type { Action } from "../../../schemas/api/api.js";
import { running } from "../../campaign/campaigns.js";
import { seeded } from "../../random.js";
import { Whole } from "../../service/whole.js";
import { readLedger } from "../ledger.js";
import { judgeAction } from "./judge.js";
import { arrivalsIn, nextLookOf, Phones, untilAlmost } from "./phones.js";

const { size: KILLS, seed, again, tell } = running("waves");
const PARTICIPANTS = 3_000;
const PHONES = 1_500;
const WINDOW = 32;
const CENTER: [number, number] = [5.1, 52.1];
/** Around the middle of the country: some hundreds of the participants, and all of them. */
const NEAR_METERS = 25_000;
const FAR_METERS = 70_000;

it(
  `loses nobody in any kind of wave, in ${KILLS} kills (${again})`,
  async () => {
    const run = await Run.start();
    let round = 0;
    while (run.kills < KILLS) await run.action(round++);
    await run.check();
    tell(run.report());
  },
  KILLS * 20_000,
);

const FOLLOWING = ["update", "area", "rings", "enough", "repeat"] as const;
type Following = (typeof FOLLOWING)[number];

function isOver({ counts: { intended, pending } }: Action["waves"][number]): boolean {
  return intended + pending === 0;
}

/** True of one that is sent, but for what waits for its moment. */
function isQuiet({ waves, rounds }: Action): boolean {
  const isAllOver = waves.length > 0 && waves.every(isOver);
  return isAllOver && !rounds.some(({ state }) => state === "due" || state === "follows");
}

class Run {
  kills = 0;
  /** Of which wave, or of what before it, the kills were. */
  readonly #phases = new Map<string, number>();
  #tags = 0;
  readonly #random = seeded(seed);

  private constructor(
    readonly whole: Whole,
    readonly phones: Phones,
  ) {}

  static async start(): Promise<Run> {
    const entry = { window: WINDOW };
    const carriers = [
      { name: "north", entry },
      { name: "south", entry, simulator: { seed: 2 } },
    ];
    const whole = await Whole.prepare(PARTICIPANTS, carriers, PHONES);
    const phones = await Phones.of(whole.folder, CENTER, NEAR_METERS);
    await whole.startEngine();
    await whole.engine.untilBound();
    return new Run(whole, phones);
  }

  /** One action with some rounds, one after the other or at once, and its end. */
  async action(round: number): Promise<void> {
    await this.#varyCarriers();
    const onUnknown = round % 2 === 0 ? "resend" : "hold";
    const area = { type: "Circle", center: CENTER, radiusMeters: NEAR_METERS };
    const arrivals = this.#random() < 0.6;
    await this.phones.tell(this.whole.engine, this.phones.goHome());
    const asked = { area, text: this.#text("A"), dispatch: true, onUnknown, arrivals };
    const { id } = await this.#killed(201, "/v1/actions", asked);
    await this.#untilAbout(id);
    for (let rounds = 2 + this.#below(2), number = 0; number < rounds; number++) {
      if (arrivals && this.#random() < 0.6) {
        await this.#arrive(id);
        // A wave to few is over soon.
        if (this.#random() < 0.8) await this.#killWithin(15, id);
      } else {
        const { path, body } = this.#following(FOLLOWING[this.#below(FOLLOWING.length)]!, number);
        await this.#killed(200, `/v1/actions/${id}/${path}`, body);
        if (this.#random() < 0.3) await this.whole.carriers[this.#below(2)]!.simulator.set({ disconnect: true });
        await this.#untilAbout(id);
        if (this.#random() < 0.8) await this.#killWithin(30, id);
      }
    }
    // A ring that waits for its moment ends with the action.
    if (this.#random() < 0.5) await this.whole.engine.until(id, isQuiet, 20);
    const isFalse = this.#random() < 0.4;
    await this.#killed(200, `/v1/actions/${id}/${isFalse ? "correction" : "end"}`, { text: this.#text("E") });
    await this.#untilAbout(id);
    if (this.#random() < 0.8) await this.#killWithin(30, id);
    await this.whole.engine.until(id, ({ status }) => status === "ended", 20);
  }

  #following(what: Following, number: number): { path: string; body?: object } {
    const farther = NEAR_METERS + ((number + this.#random()) * (FAR_METERS - NEAR_METERS)) / 3;
    switch (what) {
      case "update":
        return { path: "updates", body: { text: this.#text("U") } };
      case "repeat":
        return { path: "repeat" };
      case "enough":
        return { path: "widenings", body: { enough: 800 + this.#below(2_000) } };
      case "area":
        return { path: "widenings", body: { area: { type: "Circle", center: CENTER, radiusMeters: farther } } };
      case "rings":
        return { path: "widenings", body: { rings: { radiiMeters: [farther, farther + 9_000], everySeconds: 10 } } };
    }
  }

  /** Some come into its area: a kill while that is told, or when it is looked who has come, and then the wave to them. */
  async #arrive(id: string): Promise<void> {
    const before = arrivalsIn(await this.whole.engine.action(id));
    const positions = this.phones.come(id, 10 + this.#below(60));
    await this.#insisted(() => this.phones.tell(this.whole.engine, positions), id);
    if (this.#random() < 0.5) {
      await untilAlmost(nextLookOf(await this.whole.engine.action(id)));
      await this.#killWithin(60, id);
    }
    let [looks, last] = [0, nextLookOf(await this.whole.engine.action(id))];
    await this.whole.engine.until(
      id,
      (action) => {
        const next = nextLookOf(action);
        // While it is being looked there is no next time yet.
        if (next !== undefined && next !== last) [looks, last] = [looks + 1, next];
        // One look may have begun before they came; and whoever was asked by a widening is not asked again.
        return arrivalsIn(action) - before >= positions.length || looks > 1;
      },
      3,
    );
  }

  async #killed(status: number, path: string, body?: object): Promise<Action> {
    const key = randomUUID();
    const answer = await this.#insisted(() => {
      return this.whole.engine.request<Action>("POST", path, body, key);
    }, path.split("/")[3]);
    expect(answer.status, JSON.stringify(answer.body)).toBe(status);
    return answer.body;
  }

  /** A request, a kill while it is under way or soon after, and the same request until it is answered. */
  async #insisted<T>(ask: () => Promise<T>, id: string | undefined): Promise<T> {
    if (this.#random() < 0.85) {
      void ask().catch(() => undefined);
      await this.#killWithin(60, id);
    }
    return ask();
  }

  async #varyCarriers(): Promise<void> {
    for (const { simulator } of this.whole.carriers) {
      await simulator.set({
        latencyMs: 20 + this.#below(40),
        rate: 800 + this.#below(2_500),
        // A receipt that comes late makes somebody reached who was unknown when the thanks were given; without them it is exact who was.
        receipts: 0,
      });
    }
  }

  /** Until some part of its newest wave, drawn by chance, has been answered, or it is done. */
  async #untilAbout(id: string): Promise<void> {
    const part = this.#random();
    await this.whole.engine.until(
      id,
      ({ waves, status }) => {
        const wave = waves.at(-1);
        if (status === "sent" || status === "ended" || wave === undefined) return status !== "selecting";
        const { counts, recipients } = wave;
        return counts.acknowledged + counts.delivered >= part * recipients || isOver(wave);
      },
      5,
    );
  }

  /** `id`: of the action that it is meant for. */
  async #killWithin(ms: number, id: string | undefined): Promise<void> {
    await sleep(this.#random() * ms);
    await this.whole.kill();
    this.kills++;
    const { actions } = await readLedger(this.whole.folder, this.whole.numbers);
    const action = actions.find((each) => each.id === id) ?? actions[0];
    const kind = action?.waves.at(-1)?.kind ?? "before the first";
    const isOpen = action?.waves.some(({ state }) => state !== "concluded") === true;
    const phase = isOpen ? kind : `after ${kind}`;
    this.#phases.set(phase, (this.#phases.get(phase) ?? 0) + 1);
    await this.whole.startEngine();
  }

  /** The whole, when all is done. */
  async check(): Promise<void> {
    const { engine, carriers, folder, numbers } = this.whole;
    const { actions } = (await engine.request<{ actions: Action[] }>("GET", "/v1/actions")).body;
    for (const { id } of actions) {
      await engine.until(id, ({ waves }) => waves.every(isOver), 20);
    }
    await engine.stop();
    const logs = carriers.map((carrier) => carrier.log());
    const ledger = await readLedger(folder, numbers);
    for (const action of ledger.actions) judgeAction(action, ledger.waves, logs, this.phones.came.get(action.id));
    expect(ledger.waves.length).toBeGreaterThan(actions.length);
  }

  report(): string {
    const phases = [...this.#phases].sort(([a], [b]) => (a < b ? -1 : 1)).map(([phase, times]) => `${phase} ${times}`);
    return `${this.kills} kills (${phases.join(", ")}); 0 lost, 0 unflagged, nobody in two waves that exclude each other`;
  }

  /** Ends in a tag by which the carriers' logs tell texts apart. */
  #text(letter: string): string {
    return `Burgernet. ${letter}${String(this.#tags++).padStart(3, "0")}`;
  }

  #below(n: number): number {
    return Math.floor(this.#random() * n);
  }
}
