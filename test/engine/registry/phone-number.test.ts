import { expect, test } from "vitest";
import { parsePhoneNumber, readPhoneNumber } from "../../../engine/registry/phone-number.js";

function parsed(text: string): number | string {
  const result = parsePhoneNumber(text);
  return result.ok ? result.value : result.problem.detail.slice(0, 9);
}

test("numbers as people write them", () => {
  for (const text of [
    "+31612345678",
    "06 12345678",
    "06-12 34 56 78",
    "0031612345678",
    "+31 (0)6 12345678",
    " 0612345678 ",
  ]) {
    expect(parsed(text), text).toBe(31_612_345_678);
  }
  expect(parsed("020 123 4567")).toBe(31_201_234_567);
  expect(parsed("+49 151 12345678")).toBe(4_915_112_345_678);
  expect(parsed("+32 470 12 34 56")).toBe(32_470_123_456);
});

test("what is no number, no country's number or no person's number is refused, and not repeated", () => {
  for (const text of ["", "abc", "+31", "+999123456789", "call 0612345678", "0612345678 ext 5", "06".repeat(30)]) {
    expect(parsed(text), text).toBe("a phone n");
  }
  // 069 is in no plan; that is why generated people have it.
  for (const text of ["112", "+31690000001", "+316123456789", "+32400000001"])
    expect(parsed(text), text).toBe("no countr");
  for (const text of ["0900 1234567", "0800 1234", "+31660000000"]) expect(parsed(text), text).toBe("no person");
});

test("who is looked up may have a number that is in no plan", () => {
  expect(readPhoneNumber("069 0000001")).toEqual({ ok: true, value: 31_690_000_001 });
  expect(readPhoneNumber("112").ok).toBe(false);
  expect(readPhoneNumber("nobody").ok).toBe(false);
});
