/** The record of an action as it is asked for, a draft, with an area that was checked. INVALID_FIELD where it could not run until then. */
import { uuidv7 } from "uuidv7";
import type { ActionRequest } from "../../../schemas/api/api.js";
import { ok, type Result } from "../../../schemas/errors.js";
import type { Actor } from "../../audit/actor.js";
import { expiryOf } from "../query.js";
import type { ActionRecord } from "../record.js";

export function newRecord(request: ActionRequest, by: Actor, nowMs: number): Result<ActionRecord> {
  const expiresAtMs = expiryOf(request, nowMs);
  if (!expiresAtMs.ok) return expiresAtMs;
  return ok({
    id: uuidv7(),
    request,
    createdAtMs: nowMs,
    expiresAtMs: expiresAtMs.value,
    status: "draft",
    stoppedAtMs: null,
    endedAtMs: null,
    end: null,
    selectMs: null,
    reason: null,
    waves: [],
    actors: { created: by },
  });
}
