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
 * - `ramp`: doubles until something is throttled;
 * - `measure`: constant while what is taken is counted, as a share of what is sent so that it counts for little when there is
 *   not enough to send;
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
import { PACE, SMPP } from "../../schemas/limits.js";
import { Rate } from "./pace.js";

type Phase = "free" | "blocked" | "ramp" | "measure" | "hold" | "probe";

export class BindPace {
  #phase: Phase = "free";
  /** Null where nothing limits. */
  #rate: Rate | null;
  /** What `#rate` goes by. */
  #perSecond: number;
  /** What is known to hold; while `blocked`, what to try first. */
  #learnt = 0;
  /** Submissions from before this moment tell nothing about the present rate. */
  #fromMs = 0;
  /** What became of submissions from then on; in `free`, those of this second and of the one before. */
  #accepted = 0;
  #acceptedBefore = 0;
  #throttled = 0;
  #throttledInRow = 0;
  /** Segments sent since `#sentFromMs`. */
  #sent = 0;
  #sentFromMs = 0;
  /** While `blocked`: when the next segment may go, and the pause after it. */
  #untilMs = 0;
  #pauseMs = 0;
  /** In `measure`: true if the rate had held before. */
  #held = false;
  #probeAtMs = 0;
  #probeStep: number = PACE.probeStepLeast;
  #probePauseMs: number = PACE.probeFirstMs;
  /** The carrier has throttled, so a low congestion_state means little. */
  #everThrottled = false;

  constructor(
    private readonly capPerSecond: number,
    nowMs: number,
    private readonly random: () => number = Math.random,
  ) {
    this.#perSecond = capPerSecond;
    this.#rate = this.#configured(nowMs);
  }

  /** Segments a second that the bind allows itself. */
  get perSecond(): number {
    return this.#phase === "blocked" ? Math.min(1_000 / this.#pauseMs, this.#learnt) : this.#perSecond;
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
    this.#sent += segments;
    if (this.#phase === "blocked") this.#untilMs = nowMs + this.#pauseMs;
  }

  /** The carrier took a segment that was sent at `sentAtMs`. */
  accepted(sentAtMs: number, nowMs: number): void {
    if (this.#phase === "free") this.#count(nowMs);
    else if (sentAtMs < this.#fromMs) return;
    else if (this.#phase === "blocked") this.#ramp(this.#learnt, nowMs);
    else if (this.#phase === "ramp") this.#stepUp(sentAtMs, nowMs);
    else if (this.#phase === "hold") this.#probeIfDue(sentAtMs, nowMs);
    else if (sentAtMs - this.#fromMs >= this.#learnMs()) this.#conclude(nowMs);
    else {
      this.#accepted++;
      this.#throttledInRow = 0;
    }
  }

  /** The carrier throttled one. */
  throttled(sentAtMs: number, nowMs: number): void {
    if (this.#phase !== "free" && sentAtMs < this.#fromMs) return;
    this.#everThrottled = true;
    switch (this.#phase) {
      case "free":
        this.#block(this.#seen(), nowMs);
        return;
      case "blocked":
        this.#pauseMs = Math.min(this.#pauseMs * 2, PACE.throttleLastMs);
        return;
      case "ramp":
      case "hold":
        this.#measure(sentAtMs, nowMs);
        return;
      case "measure":
      case "probe":
        this.#throttled++;
        this.#throttledInRow++;
        if (sentAtMs - this.#fromMs >= this.#learnMs() || this.#tooMany()) this.#conclude(nowMs);
    }
  }

  /** The carrier said how loaded it is (SMPP 5.0, congestion_state) when it answered what was sent at `sentAtMs`. */
  congestion(state: number, sentAtMs: number, nowMs: number): void {
    const phase = this.#phase;
    if (phase !== "free" && sentAtMs < this.#fromMs + PACE.congestionMs) return;
    if (state > PACE.congestionOptimumLast) {
      if (phase === "blocked" || phase === "measure") return;
      const part = state >= PACE.congestionMost ? 0.5 : PACE.congestionOptimum / state;
      this.#hold((phase === "free" ? this.#seen() : this.#perSecond) * part, nowMs);
    } else if (state >= PACE.congestionOptimumFirst) {
      if (phase === "probe" || phase === "ramp") this.#hold(this.#perSecond, nowMs);
      this.#probeAtMs = nowMs + PACE.probeFirstMs;
    } else if (phase === "hold" && !this.#everThrottled) {
      const step = (PACE.congestionOptimum / Math.max(1, state) - 1) / 2;
      this.#probeStep = Math.min(PACE.probeStepMost, Math.max(PACE.probeStepLeast, step));
      this.#probeAtMs = Math.min(this.#probeAtMs, sentAtMs);
    }
  }

  #configured(nowMs: number): Rate | null {
    return this.capPerSecond < SMPP.ratePerSecondMax ? new Rate(this.capPerSecond, nowMs) : null;
  }

  #count(nowMs: number): void {
    if (nowMs - this.#fromMs >= PACE.learnMs) {
      this.#acceptedBefore = nowMs - this.#fromMs < 2 * PACE.learnMs ? this.#accepted : 0;
      this.#accepted = 0;
      this.#fromMs = nowMs;
    }
    this.#accepted++;
  }

  /** What the carrier was seen to take in a second while nothing was limited. */
  #seen(): number {
    return Math.max(PACE.learnFirstPerSecond, this.#accepted, this.#acceptedBefore);
  }

  /** How long what is taken is counted at the present rate: whole seconds. */
  #learnMs(): number {
    const seconds = Math.ceil(PACE.learnAnswers / this.#perSecond);
    return PACE.learnMs * Math.min(PACE.learnSeconds, Math.max(1, seconds));
  }

  /** Whether there was enough to send to judge the present rate by. */
  #used(nowMs: number): boolean {
    return this.#sent * 1_000 >= this.#perSecond * (nowMs - this.#sentFromMs) * PACE.probeUse;
  }

  #block(tryPerSecond: number, nowMs: number): void {
    this.#enter("blocked", tryPerSecond, nowMs, nowMs);
    this.#learnt = this.#perSecond;
    this.#pauseMs = PACE.throttleFirstMs;
    this.#untilMs = nowMs + this.#pauseMs;
  }

  #ramp(perSecond: number, nowMs: number): void {
    this.#enter("ramp", perSecond, nowMs, nowMs);
  }

  #stepUp(sentAtMs: number, nowMs: number): void {
    const atCap = this.#perSecond >= this.capPerSecond;
    const stepMs = Math.max(atCap ? PACE.learnMs : PACE.learnDoubleMs, 2_000 / this.#perSecond);
    if (sentAtMs - this.#fromMs < stepMs) return;
    if (!this.#used(nowMs)) this.#ramp(this.#perSecond, nowMs);
    else if (atCap) this.#hold(this.#perSecond, nowMs);
    else this.#ramp(this.#perSecond * 2, nowMs);
  }

  /** From the first submission that was throttled. */
  #measure(sentAtMs: number, nowMs: number): void {
    this.#held = this.#phase === "hold";
    this.#enter("measure", this.#perSecond, sentAtMs, nowMs);
    this.#throttled = 1;
  }

  /** True when there is no need to look further. */
  #tooMany(): boolean {
    if (this.#phase === "probe") return this.#throttled > this.#tolerated();
    const fallen = Math.max(PACE.learntFallenSegments, this.#perSecond * PACE.learntFallen);
    return this.#held && this.#throttledInRow > fallen;
  }

  #tolerated(): number {
    return (this.#perSecond * this.#learnMs() * PACE.learntTolerance) / 1_000;
  }

  #conclude(nowMs: number): void {
    if (this.#phase === "probe") this.#probed(nowMs);
    else this.#measured(nowMs);
  }

  #measured(nowMs: number): void {
    const perSecond = this.#perSecond;
    const answers = this.#accepted + this.#throttled;
    const enough = answers * 1_000 >= perSecond * this.#learnMs() * 0.5;
    if (this.#tooMany()) this.#block(perSecond / 4, nowMs);
    else if (!enough || (this.#held && this.#throttled <= this.#tolerated())) this.#hold(perSecond, nowMs);
    else if (this.#accepted === 0) this.#block(perSecond / 2, nowMs);
    else {
      const part = this.#accepted / answers;
      this.#probeStep = PACE.probeStepLeast;
      this.#probePauseMs = PACE.probeFirstMs;
      this.#hold(perSecond * part * PACE.learntPart, nowMs);
      this.#rate!.spend((1 - part) * this.#perSecond);
    }
  }

  #hold(perSecond: number, nowMs: number): void {
    if (this.#phase !== "measure" || !this.#held || perSecond !== this.#learnt)
      this.#probeAtMs = nowMs + this.#probePauseMs;
    this.#enter("hold", perSecond, nowMs, nowMs);
    this.#learnt = this.#perSecond;
    if (this.#perSecond >= SMPP.ratePerSecondMax) this.#free(nowMs);
  }

  #free(nowMs: number): void {
    this.#enter("free", this.capPerSecond, nowMs, nowMs);
    this.#acceptedBefore = 0;
    this.#rate = this.#configured(nowMs);
  }

  #probeIfDue(sentAtMs: number, nowMs: number): void {
    if (sentAtMs < this.#probeAtMs || this.#learnt >= this.capPerSecond) return;
    if (this.#used(nowMs)) this.#enter("probe", this.#learnt * (1 + this.#probeStep), nowMs, nowMs);
    else {
      this.#sent = 0;
      this.#sentFromMs = nowMs;
      this.#probeAtMs = nowMs + PACE.probeSoonMs;
    }
  }

  #probed(nowMs: number): void {
    const { learnMs, probeFirstMs, probeLastMs, probeSoonMs, probeStepLeast, probeStepMost } = PACE;
    const failed = this.#tooMany();
    const excess = (Math.min(learnMs, nowMs - this.#fromMs) / 1_000) * (this.#perSecond - this.#learnt);
    const used = this.#used(nowMs);
    this.#hold(failed || !used ? this.#learnt : this.#perSecond, nowMs);
    this.#probeAtMs = nowMs + probeSoonMs;
    if (!failed) {
      if (used) this.#probeStep = Math.min(probeStepMost, this.#probeStep * 2);
      this.#probePauseMs = probeFirstMs;
    } else {
      this.#rate?.spend(excess);
      if (this.#probeStep <= probeStepLeast) {
        this.#probeAtMs = nowMs + this.#probePauseMs * (0.75 + this.random() / 2);
        this.#probePauseMs = Math.min(this.#probePauseMs * 2, probeLastMs);
      }
      this.#probeStep = Math.max(probeStepLeast, this.#probeStep / 4);
    }
  }

  #enter(phase: Phase, perSecond: number, fromMs: number, nowMs: number): void {
    if (this.#phase === "free") this.#rate = new Rate(PACE.learntLeastPerSecond, nowMs, PACE.learntBurst, 1);
    this.#phase = phase;
    this.#perSecond = Math.min(this.capPerSecond, Math.max(PACE.learntLeastPerSecond, perSecond));
    this.#rate!.change(this.#perSecond, nowMs);
    this.#fromMs = fromMs;
    this.#accepted = 0;
    this.#throttled = 0;
    this.#throttledInRow = 0;
    this.#sent = 0;
    this.#sentFromMs = nowMs;
  }
}
