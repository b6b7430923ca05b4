/** What the pool is asked, and until when an action may run, from what the API was asked. */
import { fail, ok, type Result } from "../../schemas/errors.js";
import { API } from "../../schemas/limits.js";
import { areaOf } from "../geo/check.js";
import type { SelectionQuery } from "../selection/selector.js";
import type { FilledAbout, FilledRequest } from "./kinds/filled.js";
import type { Held } from "./modes/groups.js";
import { ACTION_CHANNEL, type ActionRecord } from "./record.js";

/** What of a request decides who is asked. */
type Asked = Pick<FilledAbout, "area" | "domain" | "like" | "urgency"> & Held;

/** What is selected, and whom that is held to (modes/held-selector.ts). */
export interface AskedQuery extends SelectionQuery {
  readonly held?: Held;
}

/** Assumes that the area was checked (area-check.ts): nothing is stored, and nobody counted, before it was. */
export function queryOf({ area, domain, like: kind, urgency, mode, testGroup }: Asked, nowMs: number): AskedQuery {
  const held = mode === "actual" ? {} : { held: { mode, testGroup } };
  return { area: areaOf(area), channel: ACTION_CHANNEL, domain, kind, urgency, atMs: nowMs, ...held };
}

const HOUR_MS = 3_600_000;

/** When an action is to start, null: at once, and until when it may run. INVALID_FIELD where that is not ahead, or too far. */
export function lifeOf(
  { startAt, expiresAt, lifeMinutes }: Pick<FilledRequest, "startAt" | "expiresAt" | "lifeMinutes">,
  nowMs: number,
): Result<Pick<ActionRecord, "startAtMs" | "expiresAtMs">> {
  const startAtMs = startAt ? Date.parse(startAt) : null;
  if (startAtMs !== null && startAtMs <= nowMs) return fail("INVALID_FIELD", "lies in the past", "/startAt");
  if (startAtMs !== null && startAtMs > nowMs + API.startDaysMax * 24 * HOUR_MS) {
    return fail("INVALID_FIELD", `lies more than ${API.startDaysMax} days ahead`, "/startAt");
  }
  const beginsMs = startAtMs ?? nowMs;
  const expiresAtMs = expiresAt ? Date.parse(expiresAt) : beginsMs + lifeMinutes * 60_000;
  if (expiresAtMs <= nowMs) return fail("INVALID_FIELD", "lies in the past", "/expiresAt");
  if (expiresAtMs <= beginsMs) return fail("INVALID_FIELD", "lies before the start", "/expiresAt");
  if (expiresAtMs <= beginsMs + API.expiresHoursMax * HOUR_MS) return ok({ startAtMs, expiresAtMs });
  const from = startAtMs === null ? "ahead" : "after the start";
  return fail("INVALID_FIELD", `lies more than ${API.expiresHoursMax} hours ${from}`, "/expiresAt");
}

/** LIFE_TOO_SHORT where nobody could have it before it is over. */
export function longEnough({ startAtMs, expiresAtMs }: ActionRecord, nowMs: number): Result<void> {
  const leftMs = expiresAtMs - Math.max(nowMs, startAtMs ?? 0);
  if (leftMs >= API.lifeMsMin) return ok(undefined);
  return fail("LIFE_TOO_SHORT", `${leftMs} ms are left of it; at least ${API.lifeMsMin}`, "/expiresAt");
}
