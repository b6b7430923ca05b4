/** Days as budgets count them: of Europe/Amsterdam, where those who give them live. */

const FORM = new Intl.DateTimeFormat("en-CA", {
  timeZone: "Europe/Amsterdam",
  ...{ year: "numeric", month: "2-digit", day: "2-digit" },
  ...{ hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" },
});
const HOUR_S = 3_600;

/** "2026-11-30". */
export function dayOf(atMs: number): string {
  const { year, month, day } = partsOf(atMs);
  return `${year}-${month}-${day}`;
}

/** Until the next day begins, also where the clock is put forward or back before. */
export function secondsToNextDay(atMs: number): number {
  const { hour, minute, second } = partsOf(atMs);
  const whole = 24 * HOUR_S - (Number(hour) * HOUR_S + Number(minute) * 60 + Number(second));
  const today = dayOf(atMs);
  const isNext = (seconds: number): boolean => dayOf(atMs + seconds * 1_000) !== today;
  return [whole - HOUR_S, whole, whole + HOUR_S].find((seconds) => seconds > 0 && isNext(seconds)) ?? whole;
}

function partsOf(atMs: number): Record<string, string> {
  return Object.fromEntries(FORM.formatToParts(atMs).map(({ type, value }) => [type, value]));
}
