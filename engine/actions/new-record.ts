/** The record of an action as it is asked for, with an area that was checked. INVALID_FIELD where it could not run until then. */
import { uuidv7 } from "uuidv7";
import type { ActionRequest } from "../../schemas/api.js";
import { ok, type Result } from "../../schemas/errors.js";
import { expiryOf } from "./query.js";
import type { ActionRecord } from "./record.js";

export function newRecord(request: ActionRequest, nowMs: number): Result<ActionRecord> {
  const expiresAtMs = expiryOf(request, nowMs);
  if (!expiresAtMs.ok) return expiresAtMs;
  return ok({
    id: uuidv7(),
    request,
    createdAtMs: nowMs,
    expiresAtMs: expiresAtMs.value,
    status: request.dispatch ? "selecting" : "draft",
    stoppedAtMs: null,
    endedAtMs: null,
    end: null,
    selectMs: null,
    reason: null,
    waveIds: [],
  });
}
