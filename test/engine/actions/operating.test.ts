/** What is told as long as carriers are off: of whom a channel without a carrier keeps waiting. */
import { expect, test } from "vitest";
import { Operating, type OperatingParts } from "../../../engine/actions/operating.js";
import { CarrierAccount } from "../../../engine/dispatch/plan/account.js";
import { AS_CONFIGURED, type CarrierControl } from "../../../schemas/words.js";
import { carrierPort } from "../dispatch/bare-fixtures.js";

test("where all carriers of a channel are off, those who wait for another one are not told to wait for it", () => {
  const paused: CarrierControl = { ...AS_CONFIGURED, state: "paused", by: "operations" };
  const voice = new CarrierAccount({ ...carrierPort("calls"), channel: "voice" }, 0, paused);
  const sms = new CarrierAccount(carrierPort("north"), 1);
  const waves = [{ record: {}, queue: { unserved: 7 } }];
  const parts = { dispatcher: { accounts: [voice, sms], waves } } as unknown as OperatingParts;
  const [all] = new Operating(parts).alarms();
  expect([all?.code, all?.detail]).toEqual(["CARRIERS_ALL_OFF", expect.stringContaining("nobody waits yet")]);
  sms.control = paused;
  const details = new Operating(parts).alarms().map(({ detail }) => detail);
  expect(details.filter((detail) => detail.includes("7 people wait"))).toHaveLength(1);
});
