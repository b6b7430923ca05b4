import { describe, expect, it } from "vitest";
import { hoursOfWeek } from "../../../../engine/selection/rows/hours.js";
import { TIME_ZONES, type TimeZone } from "../../../../schemas/words.js";
import { hourOnTheWall } from "../../../property/world.js";

const hour = (zone: TimeZone, at: string): number => hoursOfWeek(Date.parse(at))[TIME_ZONES.indexOf(zone)]!;
const [MONDAY, SATURDAY, SUNDAY] = [0, 5 * 24, 6 * 24];

describe("the hour of the week", () => {
  it.each<[string, TimeZone, string, number]>([
    ["the first of a week", "UTC", "2026-01-05T00:00:00Z", MONDAY],
    ["the last of a week", "UTC", "2026-01-04T23:59:59.999Z", SUNDAY + 23],
    ["before the clocks go forward", "Europe/Amsterdam", "2026-03-29T00:59:59Z", SUNDAY + 1],
    ["after it: an hour is left out", "Europe/Amsterdam", "2026-03-29T01:00:00Z", SUNDAY + 3],
    ["before the clocks go back", "Europe/Amsterdam", "2026-10-25T00:59:59Z", SUNDAY + 2],
    ["after it: an hour comes twice", "Europe/Amsterdam", "2026-10-25T01:00:00Z", SUNDAY + 2],
    ["and then goes on", "Europe/Amsterdam", "2026-10-25T02:00:00Z", SUNDAY + 3],
    ["the same moment, an hour earlier on the clock", "Europe/London", "2026-03-29T01:00:00Z", SUNDAY + 2],
    ["before midnight is left out", "Atlantic/Azores", "2026-03-29T00:59:59Z", SATURDAY + 23],
    ["midnight left out", "Atlantic/Azores", "2026-03-29T01:00:00Z", SUNDAY + 1],
    ["another date of the change", "America/New_York", "2026-03-08T07:00:00Z", SUNDAY + 3],
    ["no summer time", "America/Curacao", "2026-07-01T12:00:00Z", 2 * 24 + 8],
    ["east", "Asia/Jakarta", "2026-01-04T18:00:00Z", MONDAY + 1],
  ])("%s", (_, zone, at, expected) => {
    expect(hour(zone, at)).toBe(expected);
  });

  it("is that on the wall in every zone, whichever quarter was asked for before", () => {
    const starts = ["2026-02-14", "2026-03-08", "2026-03-22", "2026-03-29", "2026-10-25", "2026-11-01", "2026-12-31"];
    for (const start of starts) {
      for (let minutes = -300; minutes < 1_800; minutes += 73) {
        const atMs = Date.parse(`${start}T00:00:00Z`) + minutes * 60_000;
        const expected = TIME_ZONES.map((zone) => hourOnTheWall(zone, atMs));
        expect([...hoursOfWeek(atMs)], new Date(atMs).toISOString()).toEqual(expected);
      }
    }
  });
});
