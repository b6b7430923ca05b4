/** Phone numbers in every spelling that is taken, and what is no number: by examples, and by property against libphonenumber. */
import fc from "fast-check";
import { getCountries, getCountryCallingCode, parsePhoneNumberFromString } from "libphonenumber-js/max";
import { expect, test } from "vitest";
import {
  NUMBER_FAULTS,
  numberMisfit,
  numberResult,
  readNumber,
  readSoughtNumber,
} from "../../../engine/registry/phone-number.js";
import { numberOf } from "../../../gateway/smpp/messages/address.js";
import { NUMBER_CODES } from "../../../schemas/errors.js";

const SEED = Number(process.env.FC_SEED ?? 7);

/** Digits behind the country's code, by their form: each "#" any digit. */
const FORMS: readonly (readonly [code: string, national: string])[] = [
  ["31", "61#######"],
  ["31", "65#######"],
  ["31", "68#######"],
  ["31", "9701#######"],
  ["31", "20#######"],
  ["31", "88#######"],
  ["32", "47#######"],
  ["49", "151########"],
  ["44", "7400######"],
  ["1", "212555####"],
  ["39", "06########"],
];

const valid = fc
  .constantFrom(...FORMS)
  .chain(([code, form]) =>
    fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 9, maxLength: 9 }).map((digits) => {
      const left = [...digits];
      return { code, national: form.replaceAll("#", () => String(left.shift())) };
    }),
  )
  .filter(({ code, national }) => parsePhoneNumberFromString(`+${code}${national}`)?.isValid() === true);

/** What may stand anywhere between the digits, and what is not seen. */
const BETWEEN = [
  "",
  "",
  "",
  " ",
  "-",
  ".",
  "\u00a0",
  "\u2009",
  "\u202f",
  "\u00ad",
  "\u200e",
  "\u202c",
  "\ufeff",
  "\u2011",
];

/** Spellings that say of which country the number is. */
const spelling = valid.chain(({ code, national }) =>
  fc
    .record({
      start: fc.constantFrom(...(code === "31" ? ["+", "00", "+(0)", "00(0)", "0"] : ["+", "00"])),
      before: fc.constantFrom("", "", "tel:", " ", "\ufeff", "\u202a", "'"),
      after: fc.constantFrom("", " ", "\u202c"),
      between: fc.array(fc.constantFrom(...BETWEEN), { minLength: 16, maxLength: 16 }),
    })
    .map(({ start, before, after, between }) => {
      const inside = start.endsWith("(0)") ? `${code} (0)` : start === "0" ? "" : code;
      const plain = `${start.replace("(0)", "")}${inside}`;
      const text = before + plain + [...national].map((digit, at) => between[at]! + digit).join("") + after;
      return { text, number: Number(code + national) };
    }),
);

test("any accepted spelling of a number is that number, wherever it is read", () => {
  fc.assert(
    fc.property(spelling, ({ text, number }) => {
      fc.pre(text.length <= 60);
      expect(readNumber(text), JSON.stringify(text)).toBe(number);
      expect(readSoughtNumber(text)).toBe(number);
    }),
    { numRuns: 3_000, seed: SEED },
  );
});

test("digits alone are the number that they can only be, and never somebody else's", () => {
  fc.assert(
    fc.property(valid, fc.boolean(), ({ code, national }, withCode) => {
      fc.pre(withCode || code === "31");
      const read = readNumber(withCode ? code + national : national);
      if (read !== "NUMBER_UNCLEAR") expect(read).toBe(Number(code + national));
    }),
    { numRuns: 3_000, seed: SEED },
  );
  // 0493 is in Brabant, and 493012345 with a plus is in Berlin.
  expect(readNumber("493012345")).toBe("NUMBER_UNCLEAR");
});

test("what is no possible number is refused, and what is taken exists", () => {
  const digits = fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 17 }).map((all) => all.join(""));
  fc.assert(
    fc.property(fc.constantFrom("+", "00", "0", "", "+31", "+316", "06"), digits, (start, rest) => {
      const read = readNumber(start + rest);
      const sought = readSoughtNumber(start + rest);
      if (typeof read === "string") expect(NUMBER_CODES).toContain(read);
      else expect(parsePhoneNumberFromString(`+${read}`)?.isValid()).toBe(true);
      if (typeof sought === "number") expect(parsePhoneNumberFromString(`+${sought}`)?.isPossible()).toBe(true);
      if (typeof read === "number") expect(sought).toBe(read);
      // A space takes the way that is longer for a Dutch mobile number.
      expect(readNumber(` ${start}${rest}`)).toBe(read);
    }),
    { numRuns: 3_000, seed: SEED },
  );
});

test("an address from a carrier is the same number as in a file", () => {
  fc.assert(
    fc.property(valid, ({ code, national }) => {
      const texts = [`+${code}${national}`, `00${code}${national}`];
      if (code === "31" && national.length === 9) texts.push(`0${national}`);
      for (const text of texts) {
        const bytes = Buffer.from(text);
        expect(numberOf(bytes, 0, bytes.length, 0, 31), text).toBe(readNumber(text));
      }
    }),
    { numRuns: 500, seed: SEED },
  );
});

test("numbers as people write them", () => {
  for (const text of [
    "06 12345678",
    "06-12 34 56 78",
    "(06) 12345678",
    "06/12345678",
    "+31 (0)6 12345678",
    "0031 (0)6 12345678",
    "+31 06 12345678",
    "tel:+31-6-12345678",
    "\ufeff\u202a+31\u00a06\u20091234\u00ad5678\u202c",
    "612345678",
    "31612345678",
    '="0612345678"',
    "\uff10\uff16\uff11\uff12\uff13\uff14\uff15\uff16\uff17\uff18",
    "\u0660\u0666\u0661\u0662\u0663\u0664\u0665\u0666\u0667\u0668",
  ]) {
    expect(readNumber(text), text).toBe(31_612_345_678);
  }
  expect(readNumber("020 123 4567")).toBe(31_201_234_567);
  expect(readNumber("0881234567")).toBe(31_881_234_567);
  expect(readNumber("+39 (0)6 12345678")).toBe(390_612_345_678);
});

test("what is no number, nobody's or guessed is refused by its reason, and not repeated", () => {
  const refused = {
    NUMBER_INVALID: [
      "",
      "abc",
      "call 0612345678",
      "0612345678 ext 5",
      "++31612345678",
      "06".repeat(31),
      "0612345678;0",
    ],
    NUMBER_ROUNDED: ["3,16123E+10", "3.16123e10", "612345678.0", "4915112345678,00"],
    NUMBER_IMPOSSIBLE: ["112", "+31", "+31690000001", "+316123456789", "061234567", "+32400000001", "+999123456789"],
    NUMBER_NOT_PERSONAL: ["0900 1234567", "0800 1234", "+31660000000"],
  };
  for (const [code, texts] of Object.entries(refused)) {
    for (const text of texts) {
      const result = numberResult(readNumber(text), "/number");
      expect(result, text).toEqual({ ok: false, problem: { code, detail: expect.any(String), field: "/number" } });
    }
  }
  expect(Object.keys(NUMBER_FAULTS)).toEqual([...NUMBER_CODES]);
});

test("who is looked up may have a number that is in no plan, as generated people do", () => {
  expect(readSoughtNumber("069 0000001")).toBe(31_690_000_001);
  expect(readSoughtNumber("+31 66 0000000")).toBe(31_660_000_000);
  for (const text of ["112", "690000001", "nobody"]) expect(typeof readSoughtNumber(text), text).toBe("string");
});

test("SMS needs a mobile number, and 088 an organisation", () => {
  const [mobile, fixed, company, unknown] = [31_612_345_678, 31_201_234_567, 31_881_234_567, 31_690_000_001];
  for (const number of [0, mobile, unknown, 12_125_551_234]) {
    for (const isPerson of [true, false]) expect(numberMisfit(number, isPerson, true)).toBeUndefined();
  }
  expect(numberMisfit(fixed, true, true)).toBe("NUMBER_NOT_MOBILE");
  expect(numberMisfit(fixed, true, false)).toBeUndefined();
  expect(numberMisfit(company, true, false)).toBe("NUMBER_OF_ORGANISATION");
  expect(numberMisfit(company, false, false)).toBeUndefined();
  expect(numberMisfit(company, false, true)).toBe("NUMBER_NOT_MOBILE");
});

/** Of every country and length, also of plans that leave room for more digits than E.164 has. */
const inAnyPlan = fc
  .tuple(
    fc.constantFrom(...new Set(getCountries().map((country) => getCountryCallingCode(country)))),
    fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 8, maxLength: 17 }),
  )
  .map(([code, digits]) => `+${`${code}${digits.join("")}`.slice(0, 18)}`);

test("no number has more digits than E.164, and none that is too long throws", () => {
  fc.assert(
    fc.property(inAnyPlan, fc.constantFrom(readNumber, readSoughtNumber), (text, read) => {
      const found = read(text);
      expect(typeof found === "string" ? NUMBER_CODES.includes(found) : found < 1e15).toBe(true);
    }),
    {
      seed: SEED,
      numRuns: 3_000,
      examples: [
        ["+49390699032021818", readNumber],
        ["+4966908685933837", readNumber],
      ],
    },
  );
});
