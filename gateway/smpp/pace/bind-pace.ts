/**
 * How fast one bind may send: the configured rate, and, once the carrier has throttled, what was learnt of its limit. Time
 * comes in as an argument, in milliseconds of any one clock; everything else it knows from what became of submissions.
 *
 * Limiters count by the second (fixed or sliding), or by tokens that are earned, or have a queue that drains. What holds for
 * all: sent to at a constant rate above the limit, they take exactly the limit in each whole second that begins with a
 * throttled submission. So the rate is
 *
 * - `free` until something is throttled: nothing is limited but by configuration;
 * - `blocked` then: single segments with pauses, until one is taken;
 * - `ramp`: up by steps until something is throttled (ramp.ts);
 * - `measure`: constant while the share that is taken is counted;
 * - `hold`: just below the measured limit. If it is throttled there, it is measured again;
 * - `probe`: a step above what holds, for a second, now and then. What goes well holds from then on, and the next step is
 *   larger; otherwise it goes back at once.
 *
 * A limit may be one bind's or all binds' together: each bind learns for itself, which settles in both cases, for what is
 * throttled of a common limit hits the binds in proportion to what they send.
 *
 * Promises: no time passes and nothing is allocated for a bind that was never throttled; a bind that connects again goes on
 * where it was.
 */
import { PACE, SMPP } from "../../../schemas/limits.js";
import { faster, slower } from "./congestion.js";
import { Rate } from "./pace.js";
import { Probing } from "./probing.js";
import { Ramp } from "./ramp.js";
import { Seen } from "./seen.js";
import { Trial } from "./trial.js";

type Phase = "free" | "blocked" | "ramp" | "measure" | "hold" | "probe";

export class BindPace {
  #phase: Phase = "free";
  /** Null where nothing limits. */
  #rate: Rate | null;
  /** What is sent at the present rate. */
  readonly #trial = new Trial();
  readonly #probing: Probing;
  /** What is known to hold; while `blocked`, what to try first. */
  #learnt = 0;
  readonly #seen = new Seen();
  /** While `blocked`: when the next segment may go, and the pause after it. */
  #untilMs = 0;
  #pauseMs = 0;
  readonly #ramp = new Ramp();
  /** In `measure`: true if the rate had held before. */
  #held = false;
  /** The limit was not measured yet. */
  #isNew = true;
  /** What held did not, at a limiter that takes one at a time, or perhaps is one: how often it was only stepped back from. */
  #stepsBack = 0;
  /** The carrier has throttled, so a low congestion_state means little. */
  #everThrottled = false;

  /** Something was throttled in so many words, or is otherwise known to be limited. */
  #isSure = false;
  readonly #capPerSecond: number;

  constructor(capPerSecond: number, nowMs: number, random: () => number = Math.random) {
    this.#capPerSecond = capPerSecond;
    this.#probing = new Probing(random);
    this.#trial.begin(capPerSecond, nowMs, nowMs);
    this.#seen.begin(nowMs);
    this.#rate = this.#configured(nowMs);
  }

  /** What is known to hold, segments a second; 0 where nothing limits. */
  get learntPerSecond(): number {
    return this.#phase === "free" ? 0 : this.#learnt;
  }

  /** Such a rate held before this start: it is gone on with, and tried to be exceeded as ever. */
  trust(perSecond: number, nowMs: number): void {
    if (perSecond <= 0) return;
    this.#isSure = true;
    this.#hold(perSecond, nowMs);
  }

  /** Whether segments go one by one, each at its moment. */
  get isSmooth(): boolean {
    return this.#rate?.isSmooth ?? false;
  }

  /** Segments a second that the bind allows itself. */
  get perSecond(): number {
    return this.#phase === "blocked" ? Math.min(1_000 / this.#pauseMs, this.#learnt) : this.#trial.perSecond;
  }

  /** True while hardly anything goes, because the carrier has just throttled. */
  get backingOff(): boolean {
    return this.#phase === "blocked";
  }

  /** How many messages of `segments` segments may go now. */
  messages(segments: number, nowMs: number): number {
    if (this.#rate === null) return Number.POSITIVE_INFINITY;
    if (this.#phase === "blocked") return nowMs >= this.#untilMs ? 1 : 0;
    return this.#rate.messages(segments, nowMs);
  }

  /** How long until a segment may go, 0 if one may go now. */
  waitMs(nowMs: number): number {
    if (this.#rate === null) return 0;
    return this.#phase === "blocked" ? Math.max(0, this.#untilMs - nowMs) : this.#rate.waitMs(nowMs);
  }

  /** False if a message of so many segments is to go part by part, for the carrier would throttle some of them. */
  takesWhole(segments: number): boolean {
    return this.#phase === "free" || (this.#phase !== "blocked" && this.#rate!.holds(segments));
  }

  spend(segments: number, nowMs: number): void {
    if (this.#rate === null) return;
    this.#rate.spend(segments);
    this.#trial.sent(segments);
    if (this.#phase === "blocked") this.#untilMs = nowMs + this.#pauseMs;
  }

  /** The carrier took a segment that was sent at `sentAtMs`, or refused it for another reason than that it was too much. */
  accepted(sentAtMs: number, nowMs: number): void {
    const trial = this.#trial;
    if (this.#phase === "free") this.#seen.took(nowMs);
    else if (sentAtMs < trial.fromMs) return;
    else if (this.#phase === "blocked") this.#unblock(nowMs);
    else if (this.#phase === "ramp") this.#stepUp(sentAtMs, nowMs);
    else if (this.#phase === "hold") this.#probeIfDue(sentAtMs, nowMs);
    else if (this.#phase === "probe" && this.#hasLasted(sentAtMs)) this.#probed(nowMs);
    else if (this.#phase === "measure" && trial.measured(sentAtMs)) this.#measured(nowMs);
    else trial.took();
  }

  /** The carrier throttled one, or seems to have, which `forgive` takes back. */
  throttled(sentAtMs: number, nowMs: number, isSure = true): void {
    const trial = this.#trial;
    this.#isSure ||= isSure;
    if (this.#phase !== "free" && sentAtMs < trial.fromMs) return;
    this.#everThrottled = true;
    trial.refused(sentAtMs);
    switch (this.#phase) {
      case "free":
        this.#limitMet(nowMs);
        return;
      case "blocked":
        this.#pauseMs = Math.min(this.#pauseMs * 2, PACE.throttleLastMs);
        return;
      case "ramp":
      case "hold":
        this.#held = this.#phase === "hold";
        this.#enter("measure", trial.perSecond, sentAtMs, nowMs);
        trial.refused(sentAtMs);
        return;
      case "measure":
        if (this.#held && trial.fallen) this.#block(trial.perSecond / 4, nowMs, trial.perSecond);
        else if (trial.measured(sentAtMs) || (this.#isNew && trial.isMixed) || trial.isAlternating)
          this.#measured(nowMs);
        return;
      case "probe":
        if (trial.tooMany) this.#probeFailed(nowMs);
        else if (this.#hasLasted(sentAtMs)) this.#probed(nowMs);
    }
  }

  /** What seemed to be throttled was refused for other reasons: where nothing else limits, nothing does. */
  forgive(nowMs: number): void {
    if (this.#phase !== "free" && !this.#isSure) this.#free(nowMs);
  }

  /** The carrier said how loaded it is (SMPP 5.0, congestion_state) when it answered what was sent at `sentAtMs`. */
  congestion(state: number, sentAtMs: number, nowMs: number): void {
    const phase = this.#phase;
    const { perSecond, fromMs } = this.#trial;
    if (phase === "blocked" || phase === "measure") return;
    if (phase !== "free" && sentAtMs < fromMs + PACE.congestionMs) return;
    if (state > PACE.congestionOptimumLast) {
      const taken = phase === "free" ? Math.max(PACE.learnFirstPerSecond, this.#seen.perSecond) : perSecond;
      this.#hold(slower(state, taken, perSecond), nowMs);
    } else if (state >= PACE.congestionOptimumFirst) {
      if (phase === "probe" || phase === "ramp") this.#hold(perSecond, nowMs);
    } else if (phase === "hold" && !this.#everThrottled && this.#trial.used(nowMs)) {
      this.#hold(faster(state, perSecond), nowMs);
    } else return;
    this.#probing.later(nowMs);
  }

  #configured(nowMs: number): Rate | null {
    return this.#capPerSecond < SMPP.ratePerSecondMax ? new Rate(this.#capPerSecond, nowMs) : null;
  }

  /** The first time, or after nothing limited for long. */
  #limitMet(nowMs: number): void {
    const { perSecond } = this.#seen;
    this.#trial.takesOne = perSecond === PACE.seenAlone;
    this.#block(Math.max(PACE.learnFirstPerSecond, perSecond), nowMs);
    if (this.#trial.takesOne) this.#ramp.quick();
    else if (perSecond >= PACE.seenAnswers) this.#ramp.careful();
  }

  #block(tryPerSecond: number, nowMs: number, upToPerSecond = this.#capPerSecond): void {
    this.#ramp.begin(upToPerSecond);
    this.#enter("blocked", tryPerSecond, nowMs, nowMs);
    this.#learnt = this.#trial.perSecond;
    this.#pauseMs = PACE.throttleFirstMs;
    this.#untilMs = nowMs + this.#pauseMs;
  }

  /** The one that was just taken counts for the rate with which it goes on. */
  #unblock(nowMs: number): void {
    this.#enter("ramp", this.#learnt, nowMs, nowMs);
    this.#rate?.spend(1);
  }

  #stepUp(sentAtMs: number, nowMs: number): void {
    const { perSecond, fromMs } = this.#trial;
    if (sentAtMs - fromMs < this.#ramp.stepMs(perSecond)) return;
    if (!this.#trial.used(nowMs)) this.#enter("ramp", perSecond, nowMs, nowMs);
    else if (this.#ramp.isLast(perSecond)) this.#hold(perSecond, nowMs);
    else this.#enter("ramp", this.#ramp.next(perSecond), nowMs, nowMs);
  }

  #measured(nowMs: number): void {
    const { perSecond, accepted, part, enough, tooMany, isMixed, isAlternating, takesOne } = this.#trial;
    const isDoubtful = this.#held && enough && part < PACE.doubtfulPart && this.#stepsBack < (takesOne ? 2 : 1);
    this.#stepsBack = isDoubtful ? this.#stepsBack + 1 : 0;
    if (!enough || (this.#held && !tooMany && !isAlternating)) this.#hold(perSecond, nowMs);
    else if (isDoubtful) this.#hold(perSecond * PACE.stepBack ** this.#stepsBack, nowMs);
    else if (accepted === 0) this.#block(perSecond / 2, nowMs);
    else {
      this.#probing.measured(perSecond * part, this.#held, nowMs);
      this.#hold(perSecond * part * PACE.learntPart, nowMs);
      if (isMixed && (this.#isNew || takesOne)) this.#probing.perhapsMore(nowMs, takesOne);
      this.#rate?.spend((1 - part) * this.#learnt);
      this.#isNew = false;
    }
  }

  #hold(perSecond: number, nowMs: number): void {
    this.#enter("hold", perSecond, nowMs, nowMs);
    this.#learnt = this.#trial.perSecond;
    if (this.#learnt >= SMPP.ratePerSecondMax) this.#free(nowMs);
  }

  #free(nowMs: number): void {
    this.#enter("free", this.#capPerSecond, nowMs, nowMs);
    this.#seen.begin(nowMs);
    this.#rate = this.#configured(nowMs);
  }

  #probeIfDue(sentAtMs: number, nowMs: number): void {
    if (sentAtMs < this.#probing.atMs || this.#learnt >= this.#capPerSecond) return;
    const used = this.#trial.used(nowMs);
    const ms = this.#trial.sentForMs(nowMs);
    this.#probing.took(this.#trial.countSent(nowMs), ms);
    const next = this.#probing.next(this.#learnt);
    if (used && next > this.#learnt) this.#enter("probe", next, nowMs, nowMs);
    else this.#probing.soon(nowMs);
  }

  /** A probe, by what was sent at `sentAtMs`. */
  #hasLasted(sentAtMs: number): boolean {
    return sentAtMs - this.#trial.fromMs >= this.#probing.lastsMs(this.#trial.perSecond);
  }

  #probed(nowMs: number): void {
    const { perSecond } = this.#trial;
    if (this.#trial.used(nowMs)) {
      const ms = this.#trial.sentForMs(nowMs);
      this.#probing.took(this.#trial.countSent(nowMs), ms);
      this.#hold(perSecond, nowMs);
      this.#probing.worked(nowMs);
    } else {
      this.#hold(this.#learnt, nowMs);
      this.#probing.soon(nowMs);
    }
  }

  #probeFailed(nowMs: number): void {
    const seconds = Math.min(PACE.learnMs, this.#trial.sentForMs(nowMs)) / 1_000;
    const excess = (this.#trial.perSecond - this.#learnt) * seconds;
    this.#hold(this.#learnt, nowMs);
    // What was too much in this second is made up for by a pause, lest the rest of the second be throttled.
    this.#rate?.spend(excess);
    this.#probing.failed(nowMs);
  }

  #enter(phase: Phase, perSecond: number, fromMs: number, nowMs: number): void {
    const allowed = Math.min(this.#capPerSecond, Math.max(PACE.learntLeastPerSecond, perSecond));
    this.#phase = phase;
    this.#trial.begin(allowed, fromMs, nowMs);
    const burst = Math.max(PACE.learntBurstSegments, allowed * PACE.learntBurst);
    // No second may go beyond what is configured, while the limit of a carrier is found by what it takes on the mean.
    this.#rate ??= new Rate(allowed, nowMs);
    const mean = Math.min(allowed, this.#capPerSecond * (1 - PACE.learntBurst));
    const { perSecond: upTo, peak } = this.#trial.takesOne ? PACE.smoothOne : PACE.smooth;
    this.#rate.change(mean, burst, allowed <= upTo ? peak : 0, nowMs);
  }
}
