/** Days and moments as text, to the numbers that are stored. */

const MS_PER_DAY = 86_400_000;
const DAY = /^\d{4}-\d{2}-\d{2}$/;
const MOMENT = /^(\d{4}-\d{2}-\d{2})T([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})$/i;
/** Moments are stored in 32 bits. */
const LAST_SECOND = 0xffff_ffff;

export function dayOf(ms: number): number {
  return Math.floor(ms / MS_PER_DAY);
}

/** Days since 1970 as 2026-11-24. */
export function formatDay(day: number): string {
  return new Date(day * MS_PER_DAY).toISOString().slice(0, 10);
}

/** Days since 1970, or undefined when the text is no day that there was or will be. */
export function parseDay(text: string): number | undefined {
  if (!DAY.test(text)) return undefined;
  const day = Date.parse(text) / MS_PER_DAY;
  // The 30th of February is taken for the 2nd of March.
  return Number.isInteger(day) && formatDay(day) === text ? day : undefined;
}

export function formatMoment(seconds: number): string {
  return new Date(seconds * 1_000).toISOString();
}

/**
 * Seconds since 1970 of a date-time with its zone (RFC 3339), rounded up so that nothing is over before it was to be; or
 * undefined when the text is none, or one that can't be stored.
 */
export function parseMoment(text: string): number | undefined {
  const match = MOMENT.exec(text);
  if (match === null || parseDay(match[1]!) === undefined) return undefined;
  const seconds = Math.ceil(Date.parse(text) / 1_000);
  return seconds > 0 && seconds <= LAST_SECOND ? seconds : undefined;
}
