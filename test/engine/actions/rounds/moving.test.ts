/** When it is looked who has come: often enough as long as an action lives, and within as many waves as its record may have. */
import { expect, it } from "vitest";
import type { ActionRecord } from "../../../../engine/actions/record.js";
import { step } from "../../../../engine/actions/transitions/step.js";
import { ROUNDS } from "../../../../schemas/limits.js";
import { draftOf, NOW_MS } from "../transitions/action-events.js";

const HOUR_MS = 3_600_000;

/** The pauses between two looks for the whole life of an action, each of which finds somebody, as in the busiest of cities. */
function pausesOf(lifeMs: number): number[] {
  let record: ActionRecord = { ...draftOf(), status: "selecting", expiresAtMs: NOW_MS + lifeMs };
  record = { ...record, request: { ...record.request, arrivals: true } };
  let waveId = 1;
  const open = (kind: "first" | "arrivals", atMs: number): void => {
    const wave = { id: waveId++, kind, channel: "sms", ...(kind === "arrivals" && { round: 1 }) } as const;
    record = step(record, { type: "opened", wave, updates: 0, atMs }).record;
    record = step(record, { type: "concluded", waveId: wave.id }).record;
  };
  open("first", NOW_MS);
  const pauses: number[] = [];
  for (let last = NOW_MS; record.rounds?.[0]?.state === "waits"; ) {
    const atMs = record.rounds[0].nextAtMs!;
    pauses.push(atMs - last);
    last = atMs;
    record = step(record, { type: "moment", atMs }).record;
    open("arrivals", atMs);
  }
  expect(record.waves.length).toBeLessThanOrEqual(1 + ROUNDS.arrivalsWaves);
  expect(pauses.reduce((sum, pause) => sum + pause, 0)).toBeGreaterThan(lifeMs - pauses.at(-1)! - 1);
  return pauses;
}

it("is as often until the end in the four hours for which such an action lives by default", () => {
  expect(new Set(pausesOf(4 * HOUR_MS))).toEqual(new Set([ROUNDS.arrivalsMs]));
});

it("is as often for two hours of a longer life, and then so that the waves that are left last until its end", () => {
  const pauses = pausesOf(72 * HOUR_MS);
  const often = pauses.slice(0, ROUNDS.arrivalsWaves / 2);
  expect(new Set(often)).toEqual(new Set([ROUNDS.arrivalsMs]));
  expect(often.length * ROUNDS.arrivalsMs).toBeGreaterThan(2 * HOUR_MS);
  expect(Math.min(...pauses.slice(often.length + 1))).toBeGreaterThan(ROUNDS.arrivalsMs);
});
