import { expect, it } from "vitest";
import { CarrierAccount } from "../../../../engine/dispatch/plan/account.js";
import { Division } from "../../../../engine/dispatch/plan/division.js";
import { LiveWave } from "../../../../engine/dispatch/wave/wave.js";
import type { WaveForCarrier } from "../../../../schemas/link.js";
import { GAUGE } from "../../../../schemas/link.js";
import { carrierPort, rosterOf, waveRecord } from "../bare-fixtures.js";

it("divides by share to the grant between carriers that always have room", () => {
  const accounts = [carrierPort("a", 70), carrierPort("b", 30)].map((port, place) => new CarrierAccount(port, place));
  for (const { port } of accounts) {
    port.gauges[GAUGE.bound] = 1;
    port.gauges[GAUGE.window] = 1_024;
  }
  const division = new Division(accounts);
  const granted = new Map(accounts.map((account) => [account, 0]));
  for (let grant = 0; grant < 1_000; grant++) {
    const next = division.next(
      ({ limit }) => limit,
      ({ limit }) => limit,
      () => 1,
      0,
    );
    if (next === null) throw new Error("one of them has room");
    granted.set(next.account, granted.get(next.account)! + 256);
    next.charge(256);
  }
  expect(Math.abs(granted.get(accounts[0]!)! - 0.7 * 256_000)).toBeLessThanOrEqual(256);
});

it("gives every carrier the same reference for a wave, and another one for each of 65,536 waves", () => {
  const opened: WaveForCarrier[] = [];
  const accounts = ["a", "b"].map((name, place) => {
    const port = carrierPort(name);
    port.openWave = (wave) => void opened.push(wave);
    return new CarrierAccount(port, place);
  });
  for (const waveId of [7, 8, 8 + 65_535]) {
    for (const account of accounts) account.open(new LiveWave(waveRecord({ waveId }), 0, rosterOf(10)));
  }
  expect(opened.map(({ reference }) => reference)).toEqual([7, 7, 8, 8, 7, 7]);
});
