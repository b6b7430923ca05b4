/** Date-times as RFC 3339 has them, with their zone; from outside also two forms that others write, made into that one. */
import { z } from "zod";

const WITHOUT_SECONDS = /^(\d{4}-\d\d-\d\dT\d\d:\d\d)(?=Z|[+-])/;

/** Seconds may be left out, as ISO 8601 allows, and T and Z may be small letters (RFC 3339, 5.6). */
export const DateTimeInput = z
  .string()
  .overwrite((text) => text.toUpperCase().replace(WITHOUT_SECONDS, "$1:00"))
  .check(z.iso.datetime({ offset: true }));

export function dateTime(atMs: number): string;
export function dateTime(atMs: number | null): string | null;
export function dateTime(atMs: number | null): string | null {
  return atMs === null ? null : new Date(atMs).toISOString();
}
