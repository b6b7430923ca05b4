import { expect, it } from "vitest";
import { CarrierAccount, nextCarrier } from "../../../engine/dispatch/account.js";
import { GAUGE } from "../../../schemas/link.js";
import { carrierPort } from "./fixtures.js";

it("divides by share to the grant between carriers that always have room", () => {
  const accounts = [carrierPort("a", 70), carrierPort("b", 30)].map((port) => new CarrierAccount(port));
  for (const { port } of accounts) {
    port.gauges[GAUGE.bound] = 1;
    port.gauges[GAUGE.window] = 1_024;
  }
  const granted = new Map(accounts.map((account) => [account, 0]));
  for (let grant = 0; grant < 1_000; grant++) {
    const next = nextCarrier(accounts, ({ limit }) => limit, 1, 0);
    if (next === null) throw new Error("one of them has room");
    granted.set(next, granted.get(next)! + 256);
    next.expose(0, 256);
    next.settle(0, 256);
  }
  expect(Math.abs(granted.get(accounts[0])! - 0.7 * 256_000)).toBeLessThanOrEqual(256);
});
