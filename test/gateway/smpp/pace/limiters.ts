/**
 * Models of how carriers limit, and a model of a sender with one bind for each of some paces, on a clock of its own: what
 * the controller is judged by, with no real time in it.
 */

import { Outstanding } from "../../../../gateway/smpp/bind/outstanding/outstanding.js";
import type { BindPace } from "../../../../gateway/smpp/pace/bind-pace.js";
import { SMPP } from "../../../../schemas/limits.js";

/** What the carrier makes of a segment that arrives: taken or throttled, and its congestion_state, -1 if it says none. */
export interface Limiter {
  take(nowMs: number): boolean;
  congestion(nowMs: number): number;
}

/** Seconds that begin with the first segment after the one before. */
export function fixedWindow(limit: (nowMs: number) => number, windowMs = 1_000): Limiter {
  let fromMs = Number.NEGATIVE_INFINITY;
  let count = 0;
  return {
    take(nowMs) {
      if (nowMs - fromMs >= windowMs) {
        fromMs = nowMs;
        count = 0;
      }
      if (count >= (limit(nowMs) * windowMs) / 1_000) return false;
      count++;
      return true;
    },
    congestion: () => -1,
  };
}

export function slidingWindow(limit: (nowMs: number) => number): Limiter {
  const taken: number[] = [];
  let first = 0;
  return {
    take(nowMs) {
      while (first < taken.length && taken[first]! <= nowMs - 1_000) first++;
      if (taken.length - first >= limit(nowMs)) return false;
      taken.push(nowMs);
      return true;
    },
    congestion: () => -1,
  };
}

/** Tokens earned at the limit; also a queue of `burst` places that drains at the limit. */
export function tokenBucket(limit: (nowMs: number) => number, burst: number): Limiter {
  let tokens = burst;
  let filledMs = 0;
  return {
    take(nowMs) {
      tokens = Math.min(burst, tokens + ((nowMs - filledMs) * limit(nowMs)) / 1_000);
      filledMs = nowMs;
      // What a sum of fractions lacks is not held against the sender.
      if (tokens < 1 - 1e-9) return false;
      tokens--;
      return true;
    },
    congestion: () => -1,
  };
}

/** Throttles nothing, and says how loaded it is: 85 at the limit. */
export function congested(limit: (nowMs: number) => number): Limiter {
  let load = 0;
  let atMs = 0;
  return {
    take(nowMs) {
      load = load * Math.exp((atMs - nowMs) / 1_000) + 1;
      atMs = nowMs;
      return true;
    },
    congestion: (nowMs) => Math.min(100, Math.round((85 * load) / limit(nowMs))),
  };
}

export interface Scenario {
  readonly limiters: readonly Limiter[];
  readonly latencyMs: number;
  readonly untilMs: number;
  readonly window?: number;
  /** The carrier is new: little is outstanding at first. */
  readonly isNew?: boolean;
  /** How many segments there are in all. */
  readonly total?: number;
  /** Segments that may be sent a second; endless without. */
  readonly demand?: (nowMs: number) => number;
  /** Deterministic, from 0 to 1. */
  readonly random: () => number;
  readonly parts?: number;
}

export interface Second {
  sent: number;
  taken: number;
  throttled: number;
  perSecond: number;
}

interface Answer {
  atMs: number;
  sentAtMs: number;
  taken: boolean;
  state: number;
}

/** What is read is read in lumps of that. */
const READ_MS = 0.25;
/** Late is a timer by a millisecond at most, who sleeps until the very moment by a tenth, and any thread now and then by much more. */
const TIMER_LATE_MS = 1;
const SLEEPER_LATE_MS = 0.1;

/** Runs it, and returns what was sent in each second. Limiter i is that of bind i; one alone is that of all `binds`. */
export function run(course: Scenario, paces: BindPace[]): Second[] {
  const { limiters, latencyMs, untilMs, random, window = 16_384 } = course;
  const outstandings = paces.map(() => new Outstanding(window));
  if (!course.isNew) for (const outstanding of outstandings) outstanding.trust(window);
  let left = course.total ?? Number.POSITIVE_INFINITY;
  const seconds: Second[] = [];
  const flights: { queue: Answer[]; head: number }[] = paces.map(() => ({ queue: [], head: 0 }));
  let pumpAtMs = 0;
  let tokens = 0;
  let lastMs = 0;
  for (let nowMs = 0; nowMs < untilMs; nowMs = nextMs(nowMs, pumpAtMs, flights)) {
    const at = Math.floor(nowMs / 1_000);
    seconds[at] ??= { sent: 0, taken: 0, throttled: 0, perSecond: 0 };
    const second = seconds[at]!;
    const passedMs = nowMs - lastMs;
    lastMs = nowMs;
    tokens = course.demand ? Math.min(course.demand(nowMs), tokens + (course.demand(nowMs) * passedMs) / 1_000) : 1e9;
    let read = false;
    paces.forEach((pace, bind) => {
      const flight = flights[bind]!;
      while (flight.head < flight.queue.length && flight.queue[flight.head]!.atMs <= nowMs) {
        const answer = flight.queue[flight.head++]!;
        if (answer.taken) pace.accepted(answer.sentAtMs, nowMs);
        else pace.throttled(answer.sentAtMs, nowMs);
        outstandings[bind]!.answered(!answer.taken, answer.sentAtMs, nowMs, SMPP.responseTimeoutMs);
        if (!answer.taken) left++;
        if (answer.state >= 0) pace.congestion(answer.state, answer.sentAtMs, nowMs);
        read = true;
      }
      if (flight.head > 65_536) {
        flight.queue.splice(0, flight.head);
        flight.head = 0;
      }
    });
    if (!read && nowMs < pumpAtMs) continue;
    let waitMs = 10;
    paces.forEach((pace, bind) => {
      const flight = flights[bind]!;
      const limiter = limiters[bind] ?? limiters[0]!;
      const room = outstandings[bind]!.limit - (flight.queue.length - flight.head);
      const count = Math.max(0, Math.min(room, pace.messages(1, nowMs), Math.floor(tokens), 4_096, left));
      for (let i = 0; i < count; i++) {
        const arrivesMs = nowMs + latencyMs / 2;
        const taken = limiter.take(arrivesMs);
        const state = limiter.congestion(arrivesMs);
        flight.queue.push({ atMs: nowMs + latencyMs, sentAtMs: nowMs, taken, state });
        second.sent++;
        if (taken) second.taken++;
        else second.throttled++;
      }
      tokens -= count;
      left -= count;
      outstandings[bind]!.sent(flight.queue.length - flight.head);
      if (count > 0) pace.spend(count, nowMs);
      if (room > count) waitMs = Math.min(waitMs, pace.waitMs(nowMs));
    });
    second.perSecond = paces.reduce((sum, pace) => sum + pace.perSecond, 0);
    const isExact = paces.some((pace) => pace.isSmooth);
    const lateMs = random() * (isExact ? SLEEPER_LATE_MS : TIMER_LATE_MS) + (random() < 0.002 ? 15 * random() : 0);
    pumpAtMs = nowMs + (isExact ? waitMs : Math.max(1, waitMs)) + lateMs;
  }
  return seconds;
}

/** When something happens next: answers are read, or more may be sent. */
function nextMs(
  nowMs: number,
  pumpAtMs: number,
  flights: readonly { queue: readonly Answer[]; head: number }[],
): number {
  let next = pumpAtMs;
  for (const { queue, head } of flights) {
    if (head < queue.length) next = Math.min(next, Math.ceil(queue[head]!.atMs / READ_MS) * READ_MS);
  }
  return Math.max(nowMs + 0.01, next);
}

/** Part of the sent that was throttled, and segments taken a second, from a moment on. */
export function settled(
  seconds: readonly Second[],
  from: number,
  to = seconds.length,
): { throttled: number; perSecond: number } {
  const sum = { sent: 0, taken: 0, throttled: 0 };
  for (const second of seconds.slice(from, to)) {
    sum.sent += second.sent;
    sum.taken += second.taken;
    sum.throttled += second.throttled;
  }
  return { throttled: sum.throttled / Math.max(1, sum.sent), perSecond: sum.taken / (to - from) };
}

/** A small generator, for the same course each time. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}
