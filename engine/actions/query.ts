/** What the pool is asked, from what the API was asked. SMS is the channel that carriers serve. */
import type { ActionRequest } from "../../schemas/api.js";
import { ok, type Result } from "../../schemas/errors.js";
import { checkArea } from "../geo/check.js";
import type { SelectionQuery } from "../selection/selector.js";

/** What of a request decides who is asked. */
type Asked = Pick<ActionRequest, "area" | "domain" | "kind" | "urgency">;

export function queryOf({ area, domain, kind, urgency }: Asked, nowMs: number): Result<SelectionQuery> {
  const checked = checkArea(area);
  if (!checked.ok) return checked;
  return ok({ area: checked.value, channel: "sms", domain, kind, urgency, atMs: nowMs });
}
