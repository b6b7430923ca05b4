import { expect, test } from "vitest";
import { Pauses } from "../../../../engine/dispatch/wave/pauses.js";
import { FAILOVER } from "../../../../schemas/limits.js";

const WAVE = 5_000;

/** When each of a wave is due whose attempt failed at 0, by the millisecond. */
function due(seed: number, attempt: number): number[] {
  const pauses = new Pauses(seed);
  for (let position = 0; position < WAVE; position++) pauses.add(position, attempt, 0);
  const atMs = new Array<number>(WAVE).fill(-1);
  for (let nowMs = 0; atMs.includes(-1); nowMs += 10) {
    for (let position = pauses.due(nowMs); position >= 0; position = pauses.due(nowMs)) atMs[position] = nowMs;
  }
  return atMs;
}

test("each waits for its pause at least and twice that at most, and never a wave comes again together", () => {
  for (let attempt = 1; attempt <= FAILOVER.retryPausesMs.length + 1; attempt++) {
    const pauseMs = FAILOVER.retryPausesMs[Math.min(attempt, FAILOVER.retryPausesMs.length) - 1]!;
    const moments = due(attempt, attempt);
    const tenths = new Array<number>(10).fill(0);
    for (const atMs of moments) {
      expect(atMs).toBeGreaterThanOrEqual(pauseMs);
      expect(atMs).toBeLessThanOrEqual(2 * pauseMs + 10);
      tenths[Math.min(9, Math.floor(((atMs - pauseMs) / pauseMs) * 10))]!++;
    }
    for (const count of tenths) expect(Math.abs(count - WAVE / 10)).toBeLessThan(WAVE / 20);
  }
});

test("the same wave does the same again, another one something else", () => {
  expect(due(7, 1)).toEqual(due(7, 1));
  expect(due(7, 1)).not.toEqual(due(8, 1));
  expect(due(7, 1)).not.toEqual(due(7, 2).map((atMs) => atMs / 5));
});

test("what is cleared is not due", () => {
  const pauses = new Pauses(1);
  pauses.add(1, 1, 0);
  pauses.clear();
  expect(pauses.due(1e9)).toBe(-1);
});
