/** The record of an action as it is asked for, with an area that was checked. INVALID_FIELD where it could not run until then. */
import { uuidv7 } from "uuidv7";
import type { ActionRequest } from "../../schemas/api/api.js";
import { fail, ok, type Result } from "../../schemas/errors.js";
import type { Actor } from "../audit/actor.js";
import { expiryOf } from "./query.js";
import type { ActionRecord } from "./record.js";

export function newRecord(request: ActionRequest, by: Actor, nowMs: number): Result<ActionRecord> {
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
    actors: { created: by, ...(request.dispatch && { dispatched: by }) },
  });
}

/** A draft that is to be sent, or an action that failed, from the step on at which it did; what was sent is not sent again. */
export function taken(record: ActionRecord, allowNobody: boolean, nowMs: number): Result<ActionRecord> {
  if (record.end !== null) return ok({ ...record, status: "ending", reason: null });
  if (record.waveIds.length > 0) return fail("WRONG_STATE", "the action was sent already", "id");
  if (record.expiresAtMs <= nowMs) return fail("WRONG_STATE", "the action has expired", "id");
  const request = allowNobody ? { ...record.request, allowNobody } : record.request;
  return ok({ ...record, request, status: "selecting", reason: null });
}
