/**
 * Kills the running service again and again, in every phase of an action and with both settings of `onUnknown`, and shows from
 * the carriers' own logs what the ledger promises: everybody was sent to or is shown as unknown, and everybody was sent to
 * after an operator's word; who may have got a message twice is flagged, and those are few; nobody got more copies than may be.
 */
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, it } from "vitest";
import type { ActionRecord } from "../../engine/actions/record.js";
import type { Action } from "../../schemas/api/api.js";
import { DISPATCH } from "../../schemas/limits.js";
import { STATE, STATE_MASK, type UnknownPolicy } from "../../schemas/words.js";
import { running } from "../campaign/campaigns.js";
import { seeded } from "../random.js";
import { acceptedBy, EVERYWHERE, tagsOf, Whole } from "../service/whole.js";
import { isFlagged, readLedger, type WaveLedger } from "./ledger.js";
import { expectIntents, expectNobodyLost, expectShown } from "./verdict.js";

const { size: KILLS, seed, again, tell } = running("kills");
const PARTICIPANTS = 5_000;
const WINDOW = 48;
/** Segments that a wave may expose with a carrier (engine/dispatch/plan/account.ts), and that all together may. */
const LIMIT = 2 * WINDOW;
const BOUND = 2 * LIMIT;
/** What a wave that holds who is unknown may. */
const HELD_LIMIT = WINDOW;

it(
  `loses nobody in ${KILLS} kills (${again})`,
  async () => {
    const run = await Run.start();
    let round = 0;
    while (run.kills < KILLS) await run.action(round++);
    await run.check();
    tell(run.report());
  },
  KILLS * 20_000,
);

class Run {
  kills = 0;
  /** The text of the action that the kills are meant for. */
  #text = "";
  /** What that action was doing when the service was killed, and how often. */
  readonly #phases = new Map<string, Record<UnknownPolicy, number>>();
  /** Operators' words by text of the action, and texts whose last word came when no kill could follow it. */
  readonly #words = new Map<string, number>();
  readonly #everybody = new Set<string>();
  /** Recipients flagged before, as wave and position. */
  readonly #flagged = new Set<string>();
  /** Segments of new possible duplicates of one kill with one carrier, the most. */
  #worst = 0;
  #killsInFlight = 0;
  #duplicates = 0;
  #mostCopies = 0;
  #resent = 0;
  readonly #random = seeded(seed);

  private constructor(readonly whole: Whole) {}

  static async start(): Promise<Run> {
    const entry = { window: WINDOW };
    return new Run(
      await Whole.start(PARTICIPANTS, [
        { name: "north", entry },
        { name: "south", entry, simulator: { seed: 2 } },
      ]),
    );
  }

  /** One action from its request to its archive, with a kill or two in each phase. */
  async action(round: number): Promise<void> {
    await this.#varyCarriers();
    const name = String(round).padStart(3, "0");
    const onUnknown = Math.floor(round / 2) % 2 === 0 ? "resend" : "hold";
    const create = this.#retriedCreate(name, { onUnknown });
    this.#text = textOf(name);
    void create().catch(() => undefined);
    await this.#killWithin(10);
    const { id } = await create();
    const urgent =
      this.#random() < 0.5
        ? this.#retriedCreate(`u${name.slice(1)}`, { area: { ...EVERYWHERE, radiusMeters: 15_000 } })
        : undefined;
    for (let kills = 2 + this.#below(2); kills > 0; kills--) {
      await this.#untilAbout(id, 0);
      if (kills === 1) await urgent?.();
      if (this.#random() < 0.3) await this.whole.carriers[this.#below(2)]!.simulator.set({ disconnect: true });
      await this.#killWithin(20);
    }
    await this.whole.engine.until(id, ({ status }) => status === "sent");
    await this.#killWithin(800);
    if (this.#random() < 0.7) await this.#resend(id);
    await this.#end(id, name);
    await this.whole.engine.until(id, ({ status }) => status === "ended");
    await this.#killWithin(1_500);
  }

  /** An operator's word with a kill in it, and then as many as it takes until nobody is unknown. */
  async #resend(id: string): Promise<void> {
    const path = `/v1/actions/${id}/resend`;
    const say = async (key: string): Promise<void> => {
      const { status } = await this.whole.engine.request("POST", path, undefined, key);
      expect(status).toBe(200);
    };
    this.#words.set(this.#text, 1);
    const first = randomUUID();
    void say(first).catch(() => undefined);
    await this.#killWithin(40);
    await say(first);
    for (;;) {
      const { waves } = await this.whole.engine.until(id, ({ status }) => status === "sent");
      const { unknown } = waves[0]!.counts;
      if (unknown === 0) break;
      this.#resent += unknown;
      this.#words.set(this.#text, this.#words.get(this.#text)! + 1);
      await say(randomUUID());
    }
    this.#everybody.add(this.#text);
  }

  async #end(id: string, name: string): Promise<void> {
    const key = randomUUID();
    const end = () =>
      this.whole.engine.request<Action>("POST", `/v1/actions/${id}/end`, { text: `Dank. T${name}` }, key);
    void end().catch(() => undefined);
    await this.#killWithin(10);
    expect((await end()).status).toBe(200);
    await this.#untilAbout(id, 1);
    await this.#killWithin(20);
  }

  /** The same request each time, as from a client that got no answer. */
  #retriedCreate(name: string, fields: object): () => Promise<Action> {
    const key = randomUUID();
    const request = { area: EVERYWHERE, text: textOf(name), dispatch: true, ...fields };
    return async () => {
      const { status, body } = await this.whole.engine.request<Action>("POST", "/v1/actions", request, key);
      expect(status).toBe(201);
      return body;
    };
  }

  async #varyCarriers(): Promise<void> {
    for (const { simulator } of this.whole.carriers) {
      await simulator.set({
        // A window an answer: slow enough for a kill to find a part of the roster done.
        latencyMs: 20 + this.#below(40),
        rate: this.#random() < 0.5 ? 0 : 800 + this.#below(2_000),
        receiptDelayMs: this.#below(800),
        throttleAbove: this.#random() < 0.3 ? 600 + this.#below(1_000) : 0,
      });
    }
  }

  /** Until some part of the wave, drawn by chance, has been acknowledged, or it is done. */
  async #untilAbout(id: string, wave: number): Promise<void> {
    const part = this.#random();
    const done = ({ waves, status }: Action): boolean => {
      const counts = waves[wave]?.counts;
      if (status === "sent" || status === "ended") return true;
      return counts !== undefined && counts.acknowledged + counts.delivered >= part * waves[wave]!.recipients;
    };
    await this.whole.engine.until(id, done, 5);
  }

  async #killWithin(ms: number): Promise<void> {
    await sleep(this.#random() * ms);
    await this.whole.kill();
    this.kills++;
    await this.#look();
    await this.whole.startEngine();
  }

  /** What the kill left: each message at a carrier had a durable intent, and new possible duplicates are within the bound. */
  async #look(): Promise<void> {
    const logs = this.whole.carriers.map((carrier) => carrier.log());
    const { actions, waves } = await readLedger(this.whole.folder, this.whole.numbers);
    this.#note(phaseOf(actions, waves, this.#text), actions);
    const uncertain = new Map<number, number>();
    for (const wave of waves) {
      for (const tag of tagsOf(wave.stored.texts[0]!)) expectIntents(wave, acceptedBy(logs, tag));
      this.#countUncertain(wave, uncertain);
    }
    if (uncertain.size > 0) this.#killsInFlight++;
    for (const count of uncertain.values()) {
      this.#worst = Math.max(this.#worst, count);
      expect(count, `possible duplicates of kill ${this.kills} with one carrier`).toBeLessThanOrEqual(BOUND);
    }
  }

  #countUncertain({ stored, states, grantedTo }: WaveLedger, uncertain: Map<number, number>): void {
    const held = new Map<number, number>();
    states.forEach((state, position) => {
      const place = `${stored.waveId}:${position}`;
      if ((state & STATE_MASK) !== STATE.intended || isFlagged(state) || this.#flagged.has(place)) return;
      this.#flagged.add(place);
      const carrier = grantedTo[position]!;
      uncertain.set(carrier, (uncertain.get(carrier) ?? 0) + stored.segments);
      if (stored.onUnknown === "hold") held.set(carrier, (held.get(carrier) ?? 0) + stored.segments);
    });
    for (const count of held.values()) expect(count, "unknown that are held").toBeLessThanOrEqual(HELD_LIMIT);
  }

  /** The whole, when all is done. */
  async check(): Promise<void> {
    const { engine, carriers, folder, numbers } = this.whole;
    const { actions } = (await engine.request<{ actions: Action[] }>("GET", "/v1/actions")).body;
    for (const { id } of actions) {
      await engine.until(
        id,
        ({ status, waves }) =>
          (status === "sent" || status === "ended") &&
          waves.every(({ recipients, counts }) => counts.delivered + counts.unknown === recipients),
      );
    }
    await engine.stop();
    const logs = carriers.map((carrier) => carrier.log());
    const { waves } = await readLedger(folder, numbers);
    for (const wave of waves) {
      const [text = ""] = wave.stored.texts;
      const judge = this.#everybody.has(text) ? expectNobodyLost : expectShown;
      for (const tag of tagsOf(text)) {
        const accepted = acceptedBy(logs, tag);
        this.#duplicates += judge(wave, accepted);
        const most = Math.max(...accepted.values());
        expect(most, `copies of "${text}"`).toBeLessThanOrEqual(DISPATCH.copies + (this.#words.get(text) ?? 0));
        this.#mostCopies = Math.max(this.#mostCopies, most);
      }
    }
    expect(new Set(waves.map(({ stored }) => stored.texts[0]!)).size, "each request made one wave").toBe(waves.length);
    expect(this.#killsInFlight, "kills that found messages in flight").toBeGreaterThan(KILLS / 10);
  }

  report(): string {
    const phases = [...this.#phases].map(([phase, { resend, hold }]) => `${phase}: ${resend} + ${hold}`).join("; ");
    return `${this.kills} kills, resend + hold (${phases}), ${this.#killsInFlight} with messages in flight; 0 lost, 0 unflagged; ${this.#duplicates} messages came twice, ${this.#flagged.size} were possible duplicates by kills, at most ${this.#worst} of one kill and carrier (bound ${BOUND}); ${this.#resent} unknown resent by a word; at most ${this.#mostCopies} copies`;
  }

  #note(phase: string, actions: readonly ActionRecord[]): void {
    const counts = this.#phases.get(phase) ?? { resend: 0, hold: 0 };
    this.#phases.set(phase, counts);
    counts[actions.find(({ request }) => request.text === this.#text)?.request.onUnknown ?? "resend"]++;
  }

  #below(n: number): number {
    return Math.floor(this.#random() * n);
  }
}

/** Each part ends in a tag by which the carriers' logs tell messages apart; every second action has two parts. */
function textOf(name: string): string {
  if (Number(name.at(-1)) % 2 === 0) return `Burgernet. A${name}`;
  return `${"Burgernet. ".padEnd(149, "-")}P${name}${"-".repeat(20)}A${name}`;
}

/** What an action was doing, as the ledger has it. */
function phaseOf(actions: readonly ActionRecord[], waves: readonly WaveLedger[], text: string): string {
  const action = actions.find(({ request }) => request.text === text);
  if (!action) return "request not stored";
  const wave = waves.find(({ stored }) => stored.waveId === action.waves.at(-1)?.id);
  if (!wave) return action.status;
  if (wave.stored.kind === "first" && action.status === "ending") return "ending, no wave yet";
  if (wave.stored.archive) return `${wave.stored.kind} wave, archived`;
  const has = (state: number): boolean => wave.states.some((each) => (each & STATE_MASK) === state);
  if (has(STATE.pending) || has(STATE.intended)) return `${wave.stored.kind} wave, sending`;
  return `${wave.stored.kind} wave, ${has(STATE.acknowledged) ? "receipts" : "receipts all in"}`;
}
