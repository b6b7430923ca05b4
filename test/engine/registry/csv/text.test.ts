import fc from "fast-check";
import { expect, test } from "vitest";
import { splitLine } from "../../../../engine/files/csv-records.js";
import { formatChannels, parseChannels } from "../../../../engine/registry/csv/channels.js";
import { formatSchedule, parseSchedule, SCHEDULE_WORDS } from "../../../../engine/registry/record/profile/schedule.js";
import {
  ALWAYS_EVERYTHING,
  kindBit,
  TERMS_WORDS,
  type Terms,
  TermsTable,
  termsAt,
} from "../../../../engine/registry/record/terms.js";
import { channelBit } from "../../../../schemas/words.js";

/** Hours of the week as people have them, in runs, and as chance has them. */
const hours = fc.oneof(
  fc.array(fc.boolean(), { minLength: 168, maxLength: 168 }),
  fc
    .array(fc.tuple(fc.nat(167), fc.integer({ min: 1, max: 60 })), { maxLength: 6 })
    .map((runs) => Array.from({ length: 168 }, (_, hour) => runs.some(([from, n]) => hour >= from && hour < from + n))),
);

function wordsOf(bits: readonly boolean[]): Uint32Array {
  const words = new Uint32Array(SCHEDULE_WORDS);
  bits.forEach((bit, hour) => {
    if (bit) words[hour >>> 5]! |= 1 << (hour & 31);
  });
  return words;
}

const hourSet = (text: string) => {
  const words = parseSchedule(text);
  return (
    words && Array.from({ length: 168 }, (_, hour) => hour).filter((hour) => words[hour >>> 5]! & (1 << (hour & 31)))
  );
};

test("every schedule is read back from its text", () => {
  fc.assert(
    fc.property(hours, (bits) => {
      const words = wordsOf(bits);
      expect(parseSchedule(formatSchedule(words))).toEqual(words);
    }),
    { numRuns: 500 },
  );
});

test("a schedule's text means the hours it says", () => {
  const office = hourSet("mo-fr 08-18; sa 10-12");
  expect(office?.length).toBe(52);
  expect(office?.slice(0, 10)).toEqual([8, 9, 10, 11, 12, 13, 14, 15, 16, 17]);
  expect(office?.slice(-2)).toEqual([130, 131]);
  expect(hourSet("su 23-24")).toEqual([167]);
  expect(hourSet("MO+we 00-01+03-04")).toEqual([0, 3, 48, 51]);
  expect(hourSet("always")?.length).toBe(168);
  expect(hourSet("never")).toEqual([]);
  expect(formatSchedule(parseSchedule("mo 08-18; tu-fr 08-18; sa 10-12")!)).toBe("mo-fr 08-18; sa 10-12");
});

test("hours that end before they begin go on into the next day, and days over the end of the week", () => {
  expect(hourSet("mo-fr 22:00-06:00")).toEqual(hourSet("mo-fr 22-24; tu-sa 00-06"));
  expect(hourSet("su 23:00-01:00")).toEqual([0, 167]);
  expect(hourSet("sa-mo 08:00-09:00")).toEqual([8, 128, 152]);
  expect(formatSchedule(parseSchedule("fr 22-6+8-9")!)).toBe("fr 08-09+22-24; sa 00-06");
});

test("what is no schedule is not taken for one", () => {
  const wrong = [
    "",
    "mo",
    "08-18",
    "mo 18-18",
    "mo 24-08",
    "mo 22:30-06:00",
    "mo 08-25",
    "mo 8",
    "mo-we-fr 08-18",
    "xx 08-18",
    "mo 08-18 x",
    "mo 08-18;",
  ];
  for (const text of wrong) expect(parseSchedule(text), text).toBeUndefined();
});

test("the table numbers the same terms once, and always, everything is row 0", () => {
  const table = new TermsTable();
  const at = (text: string, rest: Partial<Terms> = {}) =>
    table.add({ ...ALWAYS_EVERYTHING, hours: parseSchedule(text)!, ...rest });
  expect(at("mo-fr 08-18")).toBe(1);
  expect(at("mo-su 00-24")).toBe(0);
  expect(at("mo-we 08-18; th+fr 08-18")).toBe(1);
  const special = { except: kindBit("voice", "other") | kindBit("sms", "burglary"), zone: 25, inDanger: 1 };
  expect(at("mo-fr 08-18", special)).toBe(2);
  expect(table.words().length).toBe(3 * TERMS_WORDS);
  expect(termsAt(table.words(), 2)).toEqual({ hours: parseSchedule("mo-fr 08-18"), ...special });
  expect(new TermsTable(table.words()).words()).toEqual(table.words());
  const before = table.words();
  const copy = before.slice();
  const rows = Array.from({ length: 200 }, (_, kinds) => table.add({ ...ALWAYS_EVERYTHING, except: 1_000 + kinds }));
  expect([before, rows[0], rows[199]]).toEqual([copy, 3, 202]);
  expect(termsAt(table.words(), 202)).toEqual({ ...ALWAYS_EVERYTHING, except: 1_199 });
});

test("every one of the 65,536 channel masks is read back from its text", () => {
  for (let mask = 0; mask < 65_536; mask++) {
    if (parseChannels(formatChannels(mask)) !== mask) expect.fail(`mask ${mask}: ${formatChannels(mask)}`);
  }
  expect(formatChannels(channelBit("sms", "alarm") | channelBit("sms", "trace") | channelBit("push", "alarm"))).toBe(
    "sms:alarm+trace push:alarm",
  );
});

test("what are no channels are not taken for some", () => {
  for (const text of ["sms", "sms:", "sms:alarm+", "fax:alarm", "sms:alarm:trace", "sms;alarm"]) {
    expect(parseChannels(text), text).toBeUndefined();
  }
});

test("a line is split into the fields that were joined, whatever stands in them", () => {
  const field = fc.string({ unit: fc.constantFrom('"', ",", "a", " ", ";"), maxLength: 8 });
  fc.assert(
    fc.property(fc.array(fc.tuple(field, fc.boolean()), { minLength: 1, maxLength: 8 }), (fields) => {
      const line = fields.map(([text, always]) =>
        always || /[",]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text,
      );
      expect(splitLine(line.join(","))).toEqual(fields.map(([text]) => text));
    }),
    { numRuns: 500 },
  );
  for (const line of ['a,"b', 'a,"b"c,d', 'a,b"c"', '"', 'a,"b""']) expect(splitLine(line), line).toBeUndefined();
});
