import { expect, it } from "vitest";
import { Breaker } from "../../../../engine/dispatch/plan/breaker.js";
import { FAILOVER } from "../../../../schemas/limits.js";

const { nothingMs, rejections, rejectingFirstMs, rejectingLastMs } = FAILOVER;

function opened(breaker: Breaker, nowMs: number): void {
  for (let i = 0; i < rejections; i++) breaker.trouble(0x08, nowMs);
}

it("opens when most of the last answers were trouble and nothing was taken for a while, and not before", () => {
  const breaker = new Breaker();
  for (let i = 0; i < 1_000; i++) {
    // Half of them.
    breaker.trouble(0x08, 0);
    breaker.well(0);
  }
  for (let i = 0; i < 1_000; i++) breaker.trouble(0x08, nothingMs - 1);
  expect(breaker.isClosed).toBe(true);
  breaker.trouble(null, nothingMs);
  expect(breaker.isClosed).toBe(false);
  expect(breaker.isResting(nothingMs + rejectingFirstMs - 1)).toBe(true);
  expect(breaker.isResting(nothingMs + rejectingFirstMs)).toBe(false);
});

it("stays closed for a carrier that takes one in fifty, a second, whatever it says to the others", () => {
  const breaker = new Breaker();
  for (let nowMs = 0; nowMs < 600_000; nowMs += 20) {
    if (nowMs % 1_000 === 0) breaker.well(nowMs);
    else breaker.trouble(0x45, nowMs);
    expect(breaker.isClosed).toBe(true);
  }
});

it("opens at once for a carrier that never took anything", () => {
  const breaker = new Breaker();
  opened(breaker, 0);
  expect(breaker.isClosed).toBe(false);
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
  breaker.trouble(0x08, rejectingFirstMs + nothingMs);
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
  nowMs += nothingMs;
  opened(breaker, nowMs);
  expect(breaker.isResting(nowMs + rejectingLastMs - 1)).toBe(true);
  nowMs += rejectingLastMs;
  breaker.well(nowMs);
  opened(breaker, nowMs + rejectingLastMs);
  expect(breaker.isResting(nowMs + rejectingLastMs + rejectingFirstMs)).toBe(false);
});

it("takes no absence of the ledger for silence: what it says of a carrier after one may have good news behind it", () => {
  const breaker = new Breaker();
  breaker.well(0);
  // Nothing was taken from the ring for long; then trouble comes first, and an answer behind it.
  const back = 10 * nothingMs;
  for (let i = 0; i < rejections; i++) breaker.trouble(0x08, back, 0);
  breaker.trouble(null, back, 0);
  expect(breaker.isClosed).toBe(true);
  breaker.well(back);
  breaker.trouble(null, back + 1, back);
  expect(breaker.isClosed).toBe(true);
  // With nothing behind it, it is trouble that lasts.
  breaker.trouble(null, back + nothingMs, back + nothingMs - 1);
  expect(breaker.isClosed).toBe(true);
  breaker.trouble(null, back + nothingMs + 1, back + nothingMs);
  expect(breaker.isClosed).toBe(false);
});
