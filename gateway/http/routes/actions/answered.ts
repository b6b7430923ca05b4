/** How what was asked of an action is answered. */
import type { Answer } from "../../../../engine/actions/service.js";
import { ok, type Result } from "../../../../schemas/errors.js";
import { versionTag } from "../../changes/version.js";
import type { HttpResponse } from "../../request/response.js";

/** To who asks again the action as it is now; the answer says so. */
export function answered(result: Result<Answer>): Result<HttpResponse> {
  if (!result.ok) return result;
  const { action, replayed } = result.value;
  const headers = { ETag: versionTag(action.version), ...(replayed && { "Idempotency-Replayed": "true" }) };
  return ok({ status: 200, body: action, headers });
}
