/**
 * A simulated answering desk and the people who phone it: who was asked reacts or not, by how near they are and by the kind, after a while;
 * who phones waits, and hangs up when it takes too long; a few have seen something. With pacing who is asked follows what the engine
 * works out (engine/pacing/pace.ts); without it messages leave as fast as the carrier takes them.
 *
 * What people do is assumed, not measured: near a place 2 % of those who are asked for a missing child phone, farther away a tenth of that;
 * so many that in about half of the actions at least one does when a neighbourhood is asked (Burgernet: 48 %).
 */
import { mayAsk, Response } from "../../engine/pacing/pace.js";
import { DESK } from "../../schemas/limits.js";

export interface Situation {
  readonly name: string;
  /** Everybody who is to be asked, within a circle of that radius, spread evenly. */
  readonly people: number;
  readonly radiusMeters: number;
  /** Part of those who are right there that react, of those who are far, and how far half of the difference reaches. */
  readonly near: number;
  readonly far: number;
  readonly reachMeters: number;
  /** Part of the callers who are right there that know what is sought. */
  readonly knows: number;
  /** People at the desk. */
  readonly agents: number;
  /** Messages a second that leave without pacing. */
  readonly carrierRate: number;
}

/** A call takes so long in the mean, and half of those who wait have hung up after two minutes. */
const CALL_MS = 90_000;
const PATIENCE_MS = 120_000 / Math.LN2;
/** After this nobody phones any more. */
const ENDS_MS = 60 * 60_000;
/** How often the desk says how it does. */
const REPORT_MS = 5_000;

export interface Told {
  readonly callers: number;
  readonly gaveUp: number;
  /** Of those who were answered, in the mean. */
  readonly waitMs: number;
  /** When the first who knew something was answered, and how many had been asked by then; undefined where nobody was. */
  readonly tipAtMs: number | undefined;
  readonly askedAtTip: number;
  readonly asked: number;
}

interface Caller {
  readonly atMs: number;
  readonly hangsUpAtMs: number;
  readonly knows: boolean;
}

/** One action, second by second. `random`: numbers in [0, 1). */
export function play(situation: Situation, isPaced: boolean, random: () => number): Told {
  const after = (meanMs: number): number => -meanMs * Math.log(1 - random());
  const waiting: Caller[] = [];
  /** Who is still to phone, by the second in which they do. */
  const coming = new Map<number, Caller[]>();
  const busyUntilMs = new Array<number>(situation.agents).fill(0);
  const pacing = new Paced(situation);
  let [asked, callers, gaveUp, answered, waitedMs] = [0, 0, 0, 0, 0];
  let tip: Pick<Told, "tipAtMs" | "askedAtTip"> = { tipAtMs: undefined, askedAtTip: 0 };
  for (let nowMs = 0; nowMs < ENDS_MS; nowMs += DESK.everyMs) {
    const carried = Math.min(situation.people - asked, (situation.carrierRate * DESK.everyMs) / 1_000);
    const may = isPaced ? Math.min(carried, pacing.may(asked, callers, nowMs)) : carried;
    for (const to = asked + may; asked < to; asked++) {
      const meters = situation.radiusMeters * Math.sqrt(asked / situation.people);
      if (random() >= situation.far + (situation.near - situation.far) * 0.5 ** (meters / situation.reachMeters))
        continue;
      const atMs = nowMs + after(DESK.reactMs);
      const knows = random() < situation.knows * 0.5 ** (meters / situation.reachMeters);
      const second = Math.floor(atMs / DESK.everyMs);
      coming.set(second, [...(coming.get(second) ?? []), { atMs, hangsUpAtMs: atMs + after(PATIENCE_MS), knows }]);
    }
    const now = coming.get(nowMs / DESK.everyMs) ?? [];
    callers += now.length;
    waiting.push(...now);
    for (let at = waiting.length - 1; at >= 0; at--) {
      if (waiting[at]!.hangsUpAtMs > nowMs) continue;
      waiting.splice(at, 1);
      gaveUp++;
    }
    for (let agent = 0; agent < busyUntilMs.length && waiting.length > 0; agent++) {
      if (busyUntilMs[agent]! > nowMs) continue;
      const caller = waiting.shift()!;
      busyUntilMs[agent] = nowMs + after(CALL_MS);
      answered++;
      waitedMs += Math.max(0, nowMs - caller.atMs);
      if (caller.knows && tip.tipAtMs === undefined) tip = { tipAtMs: nowMs, askedAtTip: asked };
    }
    if (nowMs % REPORT_MS === 0) pacing.waiting = waiting.length;
  }
  return { callers, gaveUp, waitMs: answered === 0 ? 0 : waitedMs / answered, ...tip, asked };
}

/** What the service would let leave, for one action alone at its desk. */
class Paced {
  /** As the desk said last. */
  waiting = 0;
  readonly #response = new Response();
  #asked = 0;
  #callers = 0;
  readonly #answersPerMinute: number;

  constructor({ agents }: Situation) {
    this.#answersPerMinute = (agents * 60_000) / CALL_MS;
  }

  may(asked: number, callers: number, nowMs: number): number {
    this.#response.note(asked - this.#asked, callers - this.#callers, nowMs === 0 ? 0 : DESK.everyMs);
    [this.#asked, this.#callers] = [asked, callers];
    const { expected, perPerson } = this.#response;
    const desk = { answersPerMinute: this.#answersPerMinute, waiting: this.waiting, expected };
    return Math.max(1, Math.floor(mayAsk(desk, perPerson, 1, DESK.everyMs)));
  }
}

const CHILD = { near: 0.02, far: 0.002, reachMeters: 700, knows: 0.08 };
const BURGLARY = { near: 0.0012, far: 0.0001, reachMeters: 400, knows: 0.1 };

export const SITUATIONS: readonly Situation[] = [
  {
    name: "burglary, 2,000 people, 2 at the desk",
    people: 2_000,
    radiusMeters: 1_500,
    ...BURGLARY,
    agents: 2,
    carrierRate: 200,
  },
  {
    name: "missing child, 20,000 people, 4 at the desk",
    people: 20_000,
    radiusMeters: 5_000,
    ...CHILD,
    agents: 4,
    carrierRate: 200,
  },
  {
    name: "missing child, 100,000 people, 12 at the desk",
    people: 100_000,
    radiusMeters: 15_000,
    ...CHILD,
    agents: 12,
    carrierRate: 1_000,
  },
];
