/** Numbers, shares, times and durations as people of the page's language write them. */
import { language } from "./language.js";

const made = new Map<string, Intl.NumberFormat | Intl.DateTimeFormat>();

/** Making one costs a hundred times what using it does. */
function numbers(name: string, options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const key = `${language.value} ${name}`;
  const known = made.get(key) ?? new Intl.NumberFormat(language.value, options);
  made.set(key, known);
  return known as Intl.NumberFormat;
}

function times(name: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${language.value} ${name}`;
  const known = made.get(key) ?? new Intl.DateTimeFormat(language.value, options);
  made.set(key, known);
  return known as Intl.DateTimeFormat;
}

export function count(value: number): string {
  return numbers("count", { maximumFractionDigits: 0 }).format(value);
}

/** 0.123 as 12.3 %. */
export function share(value: number): string {
  return numbers("share", { style: "percent", maximumFractionDigits: 1 }).format(value);
}

export function clockTime(at: string | number | Date): string {
  return times("clock", { hour: "2-digit", minute: "2-digit", second: "2-digit" }).format(new Date(at));
}

export function dayAndTime(at: string | number | Date): string {
  return times("day", { day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit" }).format(
    new Date(at),
  );
}

/** 75 as 1:15. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const parts = [Math.floor(whole / 3_600), Math.floor(whole / 60) % 60, whole % 60];
  const shown = parts[0] === 0 ? parts.slice(1) : parts;
  return shown.map((part, at) => (at === 0 ? String(part) : String(part).padStart(2, "0"))).join(":");
}
