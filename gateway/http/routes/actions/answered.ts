/** How what was asked of an action is answered, as every route of an action has it. */
import type { Answer } from "../../../../engine/actions/service.js";
import { Action } from "../../../../schemas/api/api.js";
import { ok, type Result } from "../../../../schemas/errors.js";
import { versionTag } from "../../changes/version.js";
import type { HttpResponse } from "../../request/response.js";

export const ACTION = { status: 200, description: "The action as it is now", schema: Action, versioned: true };

/** Why what is sent with a key with a budget is refused. */
export const SPENT = ["BUDGET_EXCEEDED", "PRICE_UNKNOWN"] as const;

/** Why a text that is written out, or that its kind makes, is refused. */
export const OF_TEXT = ["KIND_UNKNOWN", "MAIL_ONLY", "TEXT_MISLEADS"] as const;

/** To who asks again the action as it is now; the answer says so. */
export function answered(result: Result<Answer>): Result<HttpResponse> {
  if (!result.ok) return result;
  const { action, replayed } = result.value;
  const headers = { ETag: versionTag(action.version), ...(replayed && { "Idempotency-Replayed": "true" }) };
  return ok({ status: 200, body: action, headers });
}
