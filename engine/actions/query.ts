/** What the pool is asked, from what the API was asked. SMS is the channel that carriers serve. */
import type { ActionRequest } from "../../schemas/api.js";
import { ok, type Result } from "../../schemas/errors.js";
import type { ActionKind, Domain, Urgency } from "../../schemas/words.js";
import { checkArea } from "../geo/check.js";
import type { SelectionQuery } from "../selection/selector.js";

/** What of a request decides who is asked; without a kind it is about "other", without an urgency "normal". */
interface Asked {
  readonly area: ActionRequest["area"];
  readonly domain: Domain;
  readonly kind?: ActionKind;
  readonly urgency?: Urgency;
}

export function queryOf({ area, domain, kind, urgency }: Asked, nowMs: number): Result<SelectionQuery> {
  const checked = checkArea(area);
  if (!checked.ok) return checked;
  return ok({
    area: checked.value,
    channel: "sms",
    domain,
    kind: kind ?? "other",
    urgency: urgency ?? "normal",
    atMs: nowMs,
  });
}
