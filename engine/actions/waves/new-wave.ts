/** A wave as the record of its action has it be: the question, or the thank-you, which is neither urgent nor ever held back. */
import { assert } from "../../../schemas/errors.js";
import { API } from "../../../schemas/limits.js";
import type { ActionWaveKind } from "../../../schemas/words.js";
import type { NewWave } from "../../dispatch/ledger/opening.js";
import { ACTION_CHANNEL, type ActionRecord, policyOf } from "../record.js";

/** `registry`: the generation that its roster is of. */
export function newWave(record: ActionRecord, kind: ActionWaveKind, registry: number, nowMs: number): NewWave {
  const { request, end, expiresAtMs } = record;
  const isFirst = kind === "first";
  const text = isFirst ? request.text : end?.text;
  assert(text !== undefined, "an action that ends has its last text");
  return {
    actionId: record.id,
    registry,
    kind,
    channel: ACTION_CHANNEL,
    texts: [text],
    timeCritical: request.timeCritical && isFirst,
    domain: request.domain,
    extreme: request.urgency === "extreme" && isFirst,
    onUnknown: isFirst ? policyOf(request) : "resend",
    expiresAtMs: isFirst ? expiresAtMs : nowMs + API.expiresHoursDefault * 3_600_000,
    startedAtMs: nowMs,
  };
}
