import { expect, test } from "vitest";
import { MailRegister, NumberRegister } from "../../../../engine/registry/csv/numbers.js";

const COUNT = 200_000;
const indexes = Array.from({ length: COUNT }, (_, index) => index);

test("every number is found with its line, neighbours and the largest too, and no other", () => {
  const register = new NumberRegister();
  const number = (index: number) => (index % 2 === 0 ? 31_600_000_000 + index : 999_999_999_999_999 - index * 977);
  for (const index of indexes) register.take(number(index), index);
  expect(indexes.filter((index) => register.lineOf(number(index)) !== index)).toEqual([]);
  expect(register.lineOf(31_600_000_001)).toBeUndefined();
  expect(register.lineOf(1)).toBeUndefined();
});

test("every mail address is found with its line, and no other", () => {
  const register = new MailRegister();
  for (const index of indexes) register.take(`anna.${index}@example.org`, index);
  expect(indexes.filter((index) => register.lineOf(`anna.${index}@example.org`) !== index)).toEqual([]);
  expect(indexes.filter((index) => register.lineOf(`ana.${index}@example.org`) !== undefined)).toEqual([]);
});
