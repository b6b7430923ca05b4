/**
 * The hours of a week as a grid of seven days, and as the text of the API: "always", "never", or rules like "mo-fr 08-18; sa+su 10-12". Reads
 * what the service writes, which never goes over midnight, and writes what it reads.
 */

export const DAYS = ["mo", "tu", "we", "th", "fr", "sa", "su"] as const;
const HOURS = 24;

/** [day][hour]: whether messages may come. */
export type Week = readonly (readonly boolean[])[];

function filled(value: boolean): boolean[][] {
  return DAYS.map(() => new Array<boolean>(HOURS).fill(value));
}

/** Undefined for what is written in another way: such hours are shown as they are. */
export function weekOf(text: string): Week | undefined {
  if (text === "always" || text === "never") return filled(text === "always");
  const week = filled(false);
  for (const rule of text.split("; ")) {
    const [days = "", hours = ""] = rule.split(" ");
    const spans = hours.split("+").map((span) => /^(\d\d)-(\d\d)$/.exec(span));
    const named = days.split("+").map((part) => part.split("-").map((day) => (DAYS as readonly string[]).indexOf(day)));
    for (const [from = -1, to = from] of named) {
      for (const span of spans) {
        if (!span || from < 0 || to < from) return undefined;
        for (let day = from; day <= to; day++) week[day]!.fill(true, Number(span[1]), Number(span[2]));
      }
    }
  }
  return week;
}

export function textOf(week: Week): string {
  if (week.every((day) => day.every((isOn) => isOn))) return "always";
  const rules = new Map<string, string[]>();
  for (const [at, day] of week.entries()) {
    const spans = runs(day).map(([from, to]) => `${two(from)}-${two(to)}`);
    if (spans.length > 0) rules.set(spans.join("+"), [...(rules.get(spans.join("+")) ?? []), DAYS[at]!]);
  }
  return rules.size === 0 ? "never" : [...rules].map(([hours, days]) => `${days.join("+")} ${hours}`).join("; ");
}

const two = (hour: number): string => String(hour).padStart(2, "0");

/** The runs [from, to) of hours that are on. */
function runs(day: readonly boolean[]): [number, number][] {
  const found: [number, number][] = [];
  for (const [hour, isOn] of day.entries()) {
    const last = found.at(-1);
    if (isOn && last?.[1] === hour) last[1] = hour + 1;
    else if (isOn) found.push([hour, hour + 1]);
  }
  return found;
}

/** Whole blocks of a day, as a hand switches them on a telephone. */
export const BLOCKS = [
  [0, 7],
  [7, 12],
  [12, 18],
  [18, 23],
  [23, 24],
] as const;

export function isBlockOn(week: Week, day: number, [from, to]: readonly [number, number]): boolean {
  return week[day]!.slice(from, to).every((isOn) => isOn);
}

export function withHours(week: Week, day: number, [from, to]: readonly [number, number], isOn: boolean): Week {
  return week.map((hours, at) =>
    at === day ? hours.map((was, hour) => (hour >= from && hour < to ? isOn : was)) : hours,
  );
}
