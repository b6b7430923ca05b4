/** A client that nobody can tell from others: no bound of a client falls on it, and those of a contact do. */
import { expect, test } from "vitest";
import { Gate } from "../../../engine/self/codes/gate.js";
import { CRYPTO_RANDOM, Secrets } from "../../../engine/self/secrets.js";
import { SELF } from "../../../schemas/limits.js";

const contact = (number: number) => ({ kind: "number", number }) as never;

test("whoever comes through a proxy that names nobody shuts nobody else out", () => {
  const gate = new Gate(new Secrets(CRYPTO_RANDOM));
  let asked = 0;
  for (let number = 31_600_000_000; asked < 1_000; asked++) {
    expect(gate.takeCode(contact(number++), "", 0)).toMatchObject({ ok: true });
  }
  for (let tries = 0; tries < 1_000; tries++) gate.wrongCode("", false, 0);
  expect(gate.mayTry("", 0)).toMatchObject({ ok: true });
  // To one contact there are as many as ever.
  const codes = Array.from({ length: 50 }, () => gate.takeCode(contact(31_699_999_999), "", 0).ok);
  expect(codes.filter(Boolean)).toHaveLength(SELF.codesPerContact[0].count);
  expect(gate.takeCode(contact(31_611_111_111), "9.9.9.9", 0)).toMatchObject({ ok: true });
});
