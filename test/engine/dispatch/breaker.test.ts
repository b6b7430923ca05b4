import { expect, it } from "vitest";
import { Breaker } from "../../../engine/dispatch/breaker.js";
import { FAILOVER } from "../../../schemas/limits.js";

const { rejections, rejectingFirstMs, rejectingLastMs } = FAILOVER;

function opened(breaker: Breaker, nowMs: number): void {
  for (let i = 0; i < rejections; i++) breaker.trouble(0x08, nowMs);
}

it("opens when most of the last answers were trouble, and not before", () => {
  const breaker = new Breaker();
  for (let i = 0; i < 1_000; i++) {
    // Half of them.
    breaker.trouble(0x08, 0);
    breaker.well(0);
  }
  expect(breaker.isClosed).toBe(true);
  for (let i = 0; i < 8; i++) breaker.trouble(null, 0);
  expect(breaker.isClosed).toBe(false);
  expect(breaker.isResting(rejectingFirstMs - 1)).toBe(true);
  expect(breaker.isResting(rejectingFirstMs)).toBe(false);
});

it("is not moved by what was still under way, closes at the first good answer after the pause, and forgets", () => {
  const breaker = new Breaker();
  opened(breaker, 0);
  breaker.well(1);
  opened(breaker, 2);
  expect(breaker.isResting(rejectingFirstMs - 1)).toBe(true);
  expect(breaker.isResting(rejectingFirstMs)).toBe(false);
  breaker.well(rejectingFirstMs);
  expect(breaker.isClosed).toBe(true);
  breaker.trouble(0x08, rejectingFirstMs + 1);
  expect(breaker.isClosed).toBe(true);
});

it("rests twice as long each time that it is still in trouble, up to a bound, and begins anew when it was well for long", () => {
  const breaker = new Breaker();
  opened(breaker, 0);
  let nowMs = 0;
  for (let pauseMs: number = rejectingFirstMs; pauseMs < rejectingLastMs * 4; pauseMs *= 2) {
    expect(breaker.isResting(nowMs + Math.min(pauseMs, rejectingLastMs) - 1)).toBe(true);
    nowMs += Math.min(pauseMs, rejectingLastMs);
    expect(breaker.isResting(nowMs)).toBe(false);
    breaker.trouble(null, nowMs);
  }
  nowMs += rejectingLastMs;
  breaker.well(nowMs);
  opened(breaker, nowMs + 1);
  expect(breaker.isResting(nowMs + rejectingLastMs)).toBe(true);
  nowMs += rejectingLastMs + 1;
  breaker.well(nowMs);
  opened(breaker, nowMs + rejectingLastMs);
  expect(breaker.isResting(nowMs + rejectingLastMs + rejectingFirstMs)).toBe(false);
});
