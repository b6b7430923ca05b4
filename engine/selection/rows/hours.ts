/**
 * The hour of the week in every time zone of the registry, for the weekly hours of terms: 0 is Monday 00:00, 167 Sunday 23:00.
 * A day on which the clocks change has an hour twice, or lacks one; the hours of a week are by the clock on the wall.
 *
 * Assumes that every offset from UTC is a multiple of a quarter of an hour, as all of them are now, and that clocks change at
 * such times too: the answer is then the same for a whole quarter, and one is remembered.
 */

import { TIME_ZONES } from "../../../schemas/words.js";

const DAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const QUARTER_MS = 900_000;

let formats: readonly Intl.DateTimeFormat[] | undefined;
let remembered: { readonly quarter: number; readonly hours: Uint8Array } | undefined;

/** By number of the time zone (TIME_ZONES); not to be written to. */
export function hoursOfWeek(atMs: number): Uint8Array {
  const quarter = Math.floor(atMs / QUARTER_MS);
  if (remembered?.quarter !== quarter) {
    formats ??= TIME_ZONES.map(formatOf);
    remembered = { quarter, hours: Uint8Array.from(formats, (format) => hourIn(format, quarter * QUARTER_MS)) };
  }
  return remembered.hours;
}

function formatOf(timeZone: string): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat("en-GB", { timeZone, weekday: "short", hour: "2-digit", hourCycle: "h23" });
}

function hourIn(format: Intl.DateTimeFormat, atMs: number): number {
  let day = 0;
  let hour = 0;
  for (const part of format.formatToParts(atMs)) {
    if (part.type === "weekday") day = DAYS.indexOf(part.value);
    if (part.type === "hour") hour = Number(part.value);
  }
  return day * 24 + hour;
}
