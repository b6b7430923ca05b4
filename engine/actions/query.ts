/** What the pool is asked, and until when an action may run, from what the API was asked. SMS is the channel that carriers serve. */
import type { ActionRequest } from "../../schemas/api/api.js";
import { fail, ok, type Result } from "../../schemas/errors.js";
import { API } from "../../schemas/limits.js";
import { areaOf } from "../geo/check.js";
import type { SelectionQuery } from "../selection/selector.js";

/** What of a request decides who is asked. */
type Asked = Pick<ActionRequest, "area" | "domain" | "kind" | "urgency">;

/** Assumes that the area was checked (area-check.ts): nothing is stored, and nobody counted, before it was. */
export function queryOf({ area, domain, kind, urgency }: Asked, nowMs: number): SelectionQuery {
  return { area: areaOf(area), channel: "sms", domain, kind, urgency, atMs: nowMs };
}

/** Until when a new action may run; INVALID_FIELD where that is not ahead, or too far. */
export function expiryOf({ expiresAt }: Pick<ActionRequest, "expiresAt">, nowMs: number): Result<number> {
  const expiresAtMs = expiresAt ? Date.parse(expiresAt) : nowMs + API.expiresHoursDefault * 3_600_000;
  if (expiresAtMs <= nowMs) return fail("INVALID_FIELD", "lies in the past", "/expiresAt");
  if (expiresAtMs <= nowMs + API.expiresHoursMax * 3_600_000) return ok(expiresAtMs);
  return fail("INVALID_FIELD", `lies more than ${API.expiresHoursMax} hours ahead`, "/expiresAt");
}
