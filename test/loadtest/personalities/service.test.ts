/** Carriers that do one message after the other: when each is done, at given moments and on the wire. */
import { expect, test } from "vitest";
import { makeService, type ServiceSettings } from "../../../loadtest/personalities/service.js";
import type { PersonalityName } from "../../../loadtest/personalities/table.js";
import { bound, deviatingCarrier, submitMany } from "./deviations.js";

const SETTINGS: ServiceSettings = {
  serviceMs: 10,
  queuePlaces: 3,
  deviationSwingMs: 1_000,
  deviationPeriodMs: 500,
  deviationPauseMs: 2_000,
};

function serviceOf(...names: PersonalityName[]) {
  let pauses = 0;
  const service = makeService(new Set(names), () => pauses++)!;
  return { service, take: (nowMs: number) => service.take(nowMs, SETTINGS), pauses: () => pauses };
}

test("one after the other, and what it worked is counted without the time in which it had nothing to do", () => {
  const { service, take } = serviceOf("serial");
  expect([take(100), take(100), take(105), take(500)]).toEqual([110, 120, 130, 510]);
  expect([service.workedMs, service.turn(505), service.turn(600)]).toEqual([40, 510, 600]);
  expect(makeService(new Set(["late"]), () => {})).toBeNull();
});

test("with places in a queue it is full while they wait, and no longer", () => {
  const { service, take } = serviceOf("queue-places");
  for (const nowMs of [100, 100, 100]) take(nowMs);
  expect([100, 109, 110, 130].map((nowMs) => service.isFull(nowMs, SETTINGS))).toEqual([true, true, false, false]);
});

test("ten times slower and back, within a swing each", () => {
  const { take } = serviceOf("uneven");
  const lasts = (nowMs: number) => Math.round(take(nowMs) - nowMs);
  expect([lasts(1_000), lasts(1_500), lasts(2_000), lasts(2_500), lasts(3_000)]).toEqual([10, 32, 100, 32, 10]);
});

test("a pause is as long as it is set to, whether there is work in it or not", () => {
  const { service, take, pauses } = serviceOf("pauses");
  take(100);
  expect([take(600), take(600), pauses()]).toEqual([2_610, 2_620, 1]);
  expect(service.workedMs).toBe(10 + 2_010 + 10);
});

test("on the wire: in order, not faster than it works, and full queues throttle", async () => {
  const simulator = await deviatingCarrier(["queue-places"], { serviceMs: 5, queuePlaces: 10, receipts: 0 });
  const client = await bound(simulator);
  const answers = await submitMany(client, 30);
  const statuses = answers.map(({ command_status }) => command_status);
  expect(statuses.filter((status) => status === 0).length).toBeGreaterThanOrEqual(10);
  expect(statuses.filter((status) => status === 0x58).length).toBeGreaterThan(0);
  expect(simulator.counters().workedMs).toBe(5 * statuses.filter((status) => status === 0).length);
});
