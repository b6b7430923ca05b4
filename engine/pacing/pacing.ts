/**
 * Slows what asks people to what the answering desk can deal with (pace.ts): each second every wave that asks is told how many more may be
 * granted. Danger to life is never slowed, and counts for the others; an update, a thank-you and a code ask nobody, and wait for nobody.
 *
 * What the desk says lives in memory, for DESK.validMs: a desk that is silent, and a service that was just started, slow nothing.
 */
import { dateTime } from "../../schemas/api/date-time.js";
import type { Desk, DeskReport } from "../../schemas/desk/desk.js";
import { DESK } from "../../schemas/limits.js";
import { STATE, type WaveKind } from "../../schemas/words.js";
import type { Clock } from "../clock/clock.js";
import type { LiveWave } from "../dispatch/wave/wave.js";
import { askingMs, mayAsk, Response, stillWaiting } from "./pace.js";

const ASKING: readonly WaveKind[] = ["first", "widening", "arrivals", "repeat"];
/** In these somebody has the message, or may have it soon. */
const ASKED = [STATE.intended, STATE.unknown, STATE.acknowledged, STATE.delivered];

/** Whether a wave asks somebody, so that a full desk slows it. */
export function isPaced(kind: WaveKind): boolean {
  return ASKING.includes(kind);
}

export interface PacingParts {
  readonly clock: Clock;
  /** Those that live. */
  waves(): readonly LiveWave[];
  /** Reactions to an action so far. */
  reactions(actionId: string): number;
}

interface Said {
  readonly answersPerMinute: number;
  /** Whether it says itself who waits. */
  readonly saysWaiting: boolean;
  readonly atMs: number;
  readonly steadyMs: number;
}

export class Pacing {
  #said: Said | undefined;
  #waiting = 0;
  #lastMs: number;
  /** By action, with how many reactions it had the last time. */
  readonly #responses = new Map<string, { readonly response: Response; came: number }>();
  /** How many a wave had asked the last time; a wave that is done is not among those that live, and what it asked still counts. */
  readonly #askedBy = new WeakMap<LiveWave, number>();
  readonly #parts: PacingParts;

  constructor(parts: PacingParts) {
    this.#parts = parts;
    this.#lastMs = parts.clock.steadyMs();
  }

  /** The desk says how it does, and what may leave follows from it at once. */
  report({ answersPerMinute, waiting }: DeskReport): void {
    const { clock } = this.#parts;
    const steadyMs = clock.steadyMs();
    // Who has been silent for long begins anew.
    if (!this.#isKnown(steadyMs)) this.#waiting = 0;
    if (waiting !== undefined) this.#waiting = waiting;
    this.#said = { answersPerMinute, saysWaiting: waiting !== undefined, atMs: clock.now(), steadyMs };
    this.tick();
  }

  /** To be called about once in DESK.everyMs. */
  tick(): void {
    const nowMs = this.#parts.clock.steadyMs();
    const passedMs = nowMs - this.#lastMs;
    this.#lastMs = nowMs;
    const waves = this.#parts.waves().filter(({ record }) => isPaced(record.kind));
    this.#observe(waves, passedMs);
    const said = this.#isKnown(nowMs) ? this.#said : undefined;
    if (said === undefined) {
      for (const wave of waves) wave.queue.allowed = Number.POSITIVE_INFINITY;
      return;
    }
    const paced = waves.filter((wave) => wave.hasWork && !wave.isExtreme);
    for (const wave of paced) wave.queue.allowed = this.#allowed(wave, said, paced.length, passedMs);
  }

  /** A wave that opens waits for no tick, and leaves before none. */
  opened(wave: LiveWave): void {
    if (this.#isKnown(this.#parts.clock.steadyMs()) && isPaced(wave.record.kind) && !wave.isExtreme) this.tick();
  }

  /** How long the desk holds up so many more who are asked, not in danger to life; 0 while it slows nothing. */
  askingMs(persons: number): number {
    const said = this.#isKnown(this.#parts.clock.steadyMs()) ? this.#said : undefined;
    if (said === undefined) return 0;
    const desk = { answersPerMinute: said.answersPerMinute, waiting: this.#waiting, expected: this.#expected };
    return askingMs(desk, this.#slowed.length + 1, persons);
  }

  show(): Desk {
    const said = this.#isKnown(this.#parts.clock.steadyMs()) ? this.#said : undefined;
    const paced = this.#slowed.map(({ record, queue, left }) => {
      return { action: record.actionId, mayAskNow: queue.allowed, left };
    });
    return {
      answersPerMinute: said?.answersPerMinute ?? null,
      waiting: said ? Math.round(this.#waiting) : null,
      expected: Math.round(this.#expected),
      reportedAt: dateTime(said?.atMs ?? null),
      paced,
    };
  }

  /** Waves that have more people to ask than they may. */
  get #slowed(): LiveWave[] {
    return this.#parts.waves().filter((wave) => wave.hasWork && wave.queue.allowed < wave.left);
  }

  get #expected(): number {
    let sum = 0;
    for (const { response } of this.#responses.values()) sum += response.expected;
    return sum;
  }

  #isKnown(steadyMs: number): boolean {
    return this.#said !== undefined && steadyMs - this.#said.steadyMs < DESK.validMs;
  }

  /**
   * What was asked and came since the last time. Who was asked by an action that is done may still react for a while; what came before an
   * action is looked at is nothing that waits.
   */
  #observe(waves: readonly LiveWave[], passedMs: number): void {
    const asked = new Map<string, number>();
    for (const wave of waves) {
      const so = ASKED.reduce<number>((sum, state) => sum + wave.counts[state]!, 0);
      const { actionId } = wave.record;
      asked.set(actionId, (asked.get(actionId) ?? 0) + so - (this.#askedBy.get(wave) ?? 0));
      this.#askedBy.set(wave, so);
      if (this.#responses.has(actionId)) continue;
      this.#responses.set(actionId, { response: new Response(), came: this.#parts.reactions(actionId) });
    }
    let came = 0;
    for (const [actionId, one] of this.#responses) {
      const reactions = this.#parts.reactions(actionId) - one.came;
      one.came += reactions;
      came += Math.max(0, reactions);
      one.response.note(asked.get(actionId) ?? 0, reactions, passedMs);
      if (!asked.has(actionId) && one.response.expected < 1) this.#responses.delete(actionId);
    }
    const { answersPerMinute = 0, saysWaiting = true } = this.#said ?? {};
    if (!saysWaiting) this.#waiting = stillWaiting(this.#waiting, came, answersPerMinute, passedMs);
  }

  #allowed({ record }: LiveWave, { answersPerMinute }: Said, sharing: number, passedMs: number): number {
    const desk = { answersPerMinute, waiting: this.#waiting, expected: this.#expected };
    const { response } = this.#responses.get(record.actionId)!;
    return Math.max(1, Math.floor(mayAsk(desk, response.perPerson, sharing, passedMs)));
  }
}
