/**
 * Models of how carriers limit, and a model of a sender with one bind for each of some paces, on a clock of its own: what
 * the controller is judged by, with no real time in it.
 */
import type { BindPace } from "../../../gateway/smpp/bind-pace.js";

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

export interface Course {
  readonly limiters: readonly Limiter[];
  readonly latencyMs: number;
  readonly untilMs: number;
  readonly window?: number;
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

const STEP_MS = 0.25;

/** Runs it, and returns what was sent in each second. Limiter i is that of bind i; one alone is that of all `binds`. */
export function run(course: Course, paces: BindPace[]): Second[] {
  const { limiters, latencyMs, untilMs, random, window = 16_384 } = course;
  const seconds: Second[] = [];
  const flights: { queue: Answer[]; head: number }[] = paces.map(() => ({ queue: [], head: 0 }));
  let pumpAtMs = 0;
  let tokens = 0;
  for (let nowMs = 0; nowMs < untilMs; nowMs += STEP_MS) {
    const at = Math.floor(nowMs / 1_000);
    seconds[at] ??= { sent: 0, taken: 0, throttled: 0, perSecond: 0 };
    const second = seconds[at]!;
    tokens = course.demand ? Math.min(course.demand(nowMs), tokens + (course.demand(nowMs) * STEP_MS) / 1_000) : 1e9;
    let read = false;
    paces.forEach((pace, bind) => {
      const flight = flights[bind]!;
      while (flight.head < flight.queue.length && flight.queue[flight.head]!.atMs <= nowMs) {
        const answer = flight.queue[flight.head++]!;
        if (answer.taken) pace.accepted(answer.sentAtMs, nowMs);
        else pace.throttled(answer.sentAtMs, nowMs);
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
      const room = window - (flight.queue.length - flight.head);
      const count = Math.min(room, pace.messages(1, nowMs), Math.floor(tokens), 4_096);
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
      if (count > 0) pace.spend(count, nowMs);
      if (room > count) waitMs = Math.min(waitMs, pace.waitMs(nowMs));
    });
    second.perSecond = paces.reduce((sum, pace) => sum + pace.perSecond, 0);
    // A timer of Node.js comes a millisecond late at most, and now and then much later.
    pumpAtMs = nowMs + Math.max(1, waitMs) + random() + (random() < 0.002 ? 15 * random() : 0);
  }
  return seconds;
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
