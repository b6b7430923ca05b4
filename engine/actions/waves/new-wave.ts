/**
 * A wave as the record of its action has it be: the question and what goes with it; or its last word, which is never held back, and
 * urgent only where it takes back what was.
 */
import { assert } from "../../../schemas/errors.js";
import { API } from "../../../schemas/limits.js";
import type { ActionWaveKind } from "../../../schemas/words.js";
import type { NewWave } from "../../dispatch/ledger/opening.js";
import { markedText } from "../modes/marked.js";
import { ACTION_CHANNEL, type ActionRecord, policyOf } from "../record.js";
import { textOf } from "../rounds/ready.js";

/** `registry`: the generation that its roster is of. */
export function newWave(record: ActionRecord, kind: ActionWaveKind, registry: number, nowMs: number): NewWave {
  const { request, end, expiresAtMs } = record;
  const isLast = kind === "ending" || kind === "correction";
  const text = isLast ? end?.text : textOf(record);
  assert(text !== undefined, "an action that ends has its last text");
  const isThanks = kind === "ending";
  return {
    actionId: record.id,
    registry,
    kind,
    channel: ACTION_CHANNEL,
    texts: [markedText(request.mode, text)],
    ...(request.mode !== "actual" && { mode: request.mode }),
    timeCritical: request.timeCritical && request.mode === "actual" && !isThanks,
    domain: request.domain,
    extreme: request.urgency === "extreme" && !isThanks,
    onUnknown: isThanks ? "resend" : policyOf(request),
    expiresAtMs: isLast ? nowMs + API.expiresHoursDefault * 3_600_000 : expiresAtMs,
    startedAtMs: nowMs,
  };
}
