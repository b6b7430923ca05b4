import { expect, test } from "vitest";
import { registeredDelivery, senderAddress, validityPeriod } from "../../../../gateway/smpp/messages/fields.js";

test("senders: a name, a short code, a number, digits as dialled; what is configured goes before", () => {
  const looks = (sender: string) => senderAddress({ sender, senderTon: null, senderNpi: null });
  expect(looks("Burgernet")).toEqual({ ton: 5, npi: 0, address: "Burgernet" });
  expect(looks("0800-0011")).toEqual({ ton: 5, npi: 0, address: "0800-0011" });
  expect(looks("1600")).toEqual({ ton: 3, npi: 0, address: "1600" });
  expect(looks("09008844")).toEqual({ ton: 3, npi: 0, address: "09008844" });
  expect(looks("+1600")).toEqual({ ton: 1, npi: 1, address: "1600" });
  expect(looks("+31612345678")).toEqual({ ton: 1, npi: 1, address: "31612345678" });
  expect(looks("31612345678")).toEqual({ ton: 1, npi: 1, address: "31612345678" });
  expect(looks("0612345678")).toEqual({ ton: 0, npi: 1, address: "0612345678" });
  const configured = senderAddress({ sender: "1600", senderTon: 6, senderNpi: 9 });
  expect(configured).toEqual({ ton: 6, npi: 9, address: "1600" });
  expect(senderAddress({ sender: "1600", senderTon: 0, senderNpi: null })).toEqual({ ton: 0, npi: 0, address: "1600" });
});

test("registered_delivery: which receipts, and intermediate notifications in bit 4", () => {
  const asked = (["none", "final", "failure", "success"] as const).map((receipts) =>
    registeredDelivery({ receipts, intermediate: false }),
  );
  expect(asked).toEqual([0, 1, 2, 3]);
  expect(registeredDelivery({ receipts: "final", intermediate: true })).toBe(0x11);
});

test("validity periods are an absolute time in UTC, a time from now, or none", () => {
  const atMs = Date.UTC(2026, 2, 9, 7, 5, 3, 250);
  expect(validityPeriod("absolute", atMs, 0)).toBe("260309070503200+");
  expect(validityPeriod("relative", atMs + 4 * 3_600_000, atMs)).toBe("000000040000000R");
  expect(validityPeriod("relative", atMs + 72 * 3_600_000, atMs)).toBe("000003000000000R");
  expect(validityPeriod("relative", atMs, atMs + 5_000)).toBe("000000000001000R");
  expect(validityPeriod("none", atMs, 0)).toBe("");
});
