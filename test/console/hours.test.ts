/** The week grid of the citizen's page says what the service reads, and reads what the service writes. */
import fc from "fast-check";
import { expect, it } from "vitest";
import { formatSchedule, parseSchedule } from "../../engine/registry/record/profile/schedule.js";
import { textOf, type Week, weekOf } from "../../gateway/console/app/citizen/hours.js";

const hour = fc.boolean();
const week = fc.array(fc.array(hour, { minLength: 24, maxLength: 24 }), { minLength: 7, maxLength: 7 });

it("any week goes through the service and comes back", () => {
  fc.assert(
    fc.property(week, (drawn: Week) => {
      const parsed = parseSchedule(textOf(drawn));
      expect(parsed).toBeDefined();
      expect(weekOf(formatSchedule(parsed!))).toEqual(drawn);
    }),
  );
});

it.each(["always", "never", "mo-fr 08-18; sa-su 10-12+14-16"])("%s is read as it is meant", (text) => {
  expect(formatSchedule(parseSchedule(textOf(weekOf(text)!))!)).toBe(text);
});
