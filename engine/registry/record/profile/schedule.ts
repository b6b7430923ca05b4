/**
 * Weekly schedules: the hours at which a participant wants to be reached at a location, in the time zone of its terms. In
 * memory 168 bits in six words (terms.ts numbers them, with what belongs to them); in text compact enough for one CSV field.
 *
 * Text: "always", "never", or rules separated by ";". A rule is days, a space and hours: "mo-fr 08-18; sa+su 10-12+14-16".
 * Days are mo tu we th fr sa su; "-" is from-to, also over the end of the week, "+" joins. Hours are from-to, 00 to 24, the last
 * exclusive, with or without ":00". Hours that end before they begin go on into the next day: "mo-fr 22:00-06:00" is from
 * Monday 22:00 to Saturday 06:00 by night, "mo-fr 22-24; tu-sa 00-06".
 */

import { assert } from "../../../../schemas/errors.js";

/** Words of 32 bits in one weekly schedule: 168 hours from Monday 00:00, in the time zone of the terms. */
export const SCHEDULE_WORDS = 6;

const DAYS = ["mo", "tu", "we", "th", "fr", "sa", "su"] as const;
const HOURS = 24;
const ALL_DAY = 2 ** HOURS - 1;
/** Of the sixth word only the hours 160 to 167 exist. */
export const ALWAYS = [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff, 0xff];

/** A schedule as the set of its hours in each of the seven days, 24 bits a day. */
type Week = number[];

/** The six words of a schedule, or undefined when the text is not one. */
export function parseSchedule(text: string): Uint32Array | undefined {
  const plain = text.trim().toLowerCase();
  if (plain === "always") return Uint32Array.from(ALWAYS);
  if (plain === "never") return new Uint32Array(SCHEDULE_WORDS);
  const week: Week = [0, 0, 0, 0, 0, 0, 0];
  for (const rule of plain.split(";")) {
    const [days, hours, ...rest] = rule.trim().split(/\s+/);
    if (days === undefined || hours === undefined || rest.length > 0) return undefined;
    const inDays = parseDays(days);
    const inHours = parseHours(hours);
    if (inDays === undefined || inHours === undefined) return undefined;
    for (const day of inDays) {
      week[day]! |= inHours & ALL_DAY;
      week[(day + 1) % DAYS.length]! |= Math.floor(inHours / 2 ** HOURS);
    }
  }
  return toWords(week);
}

function parseDays(text: string): number[] | undefined {
  const days: number[] = [];
  for (const part of text.split("+")) {
    const [from, to = from, ...rest] = part.split("-").map((name) => DAYS.indexOf(name as (typeof DAYS)[number]));
    if (from === undefined || to === undefined || from < 0 || to < 0 || rest.length > 0) return undefined;
    const last = to < from ? to + DAYS.length : to;
    for (let day = from; day <= last; day++) days.push(day % DAYS.length);
  }
  return days;
}

const SPAN = /^(\d{1,2})(?::00)?-(\d{1,2})(?::00)?$/;

/** The hours of a day in the 24 lower bits, and above them those that fall into the next; a number, for bits end at 32. */
function parseHours(text: string): number | undefined {
  let [today, tomorrow] = [0, 0];
  for (const part of text.split("+")) {
    const match = SPAN.exec(part);
    if (!match) return undefined;
    const from = Number(match[1]);
    const to = Number(match[2]);
    if (from === to || from >= HOURS || to > HOURS) return undefined;
    for (let hour = from; hour < (to < from ? HOURS : to); hour++) today |= 1 << hour;
    for (let hour = 0; to < from && hour < to; hour++) tomorrow |= 1 << hour;
  }
  return today + tomorrow * 2 ** HOURS;
}

function toWords(week: Week): Uint32Array {
  const words = new Uint32Array(SCHEDULE_WORDS);
  week.forEach((hours, day) => {
    for (let hour = 0; hour < HOURS; hour++) {
      const at = day * HOURS + hour;
      if (hours & (1 << hour)) words[at >>> 5]! |= 1 << (at & 31);
    }
  });
  return words;
}

/** The text that parseSchedule reads back to the same hours. */
export function formatSchedule(words: Uint32Array): string {
  assert(words.length === SCHEDULE_WORDS, "a schedule has six words");
  const week = DAYS.map((_, day) => {
    let hours = 0;
    for (let hour = 0; hour < HOURS; hour++) {
      const at = day * HOURS + hour;
      if (words[at >>> 5]! & (1 << (at & 31))) hours |= 1 << hour;
    }
    return hours;
  });
  if (week.every((hours) => hours === 0)) return "never";
  if (week.every((hours) => hours === ALL_DAY)) return "always";
  const distinct = [...new Set(week)].filter((hours) => hours !== 0);
  return distinct.map((hours) => `${daysWith(week, hours)} ${hoursText(hours)}`).join("; ");
}

function daysWith(week: Week, hours: number): string {
  const at = runs(DAYS.length, (day) => week[day] === hours);
  return at.map(([from, to]) => (to === from + 1 ? DAYS[from] : `${DAYS[from]}-${DAYS[to - 1]}`)).join("+");
}

function hoursText(hours: number): string {
  const two = (hour: number) => String(hour).padStart(2, "0");
  return runs(HOURS, (hour) => (hours & (1 << hour)) !== 0)
    .map(([from, to]) => `${two(from)}-${two(to)}`)
    .join("+");
}

/** The runs [from, to) of numbers below `count` that are wanted. */
function runs(count: number, wanted: (index: number) => boolean): [number, number][] {
  const found: [number, number][] = [];
  for (let index = 0; index < count; index++) {
    if (!wanted(index)) continue;
    const last = found.at(-1);
    if (last && last[1] === index) last[1] = index + 1;
    else found.push([index, index + 1]);
  }
  return found;
}
