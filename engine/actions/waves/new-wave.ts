/**
 * A wave as the record of its action has it be: the question and what goes with it; or its last word, which is never held back, and
 * urgent only where it takes back what was.
 */
import { assert } from "../../../schemas/errors.js";
import { API } from "../../../schemas/limits.js";
import type { ActionWaveKind } from "../../../schemas/words.js";
import type { NewWave } from "../../dispatch/ledger/opening.js";
import { marked } from "../modes/marked.js";
import { ACTION_CHANNEL, type ActionRecord, policyOf } from "../record.js";
import { saidBy } from "../rounds/ready.js";
import { textsOf } from "../texts/choice.js";
import type { NumberOf } from "../texts/readers.js";

/** A wave, and who gets which of its texts. */
interface WorkedOut {
  readonly made: NewWave;
  readonly numberOf: NumberOf;
}

/** `registry`: the generation that its roster is of. */
export function newWave(record: ActionRecord, kind: ActionWaveKind, registry: number, nowMs: number): WorkedOut {
  const { request, end, expiresAtMs } = record;
  const isLast = kind === "ending" || kind === "correction";
  const said = isLast ? end : saidBy(record);
  assert(said !== null, "an action that ends has its last text");
  // Before they are told apart: each is marked in its own language.
  const { texts, numberOf } = textsOf(marked(request.mode, said));
  const isThanks = kind === "ending";
  const made: NewWave = {
    actionId: record.id,
    registry,
    kind,
    channel: ACTION_CHANNEL,
    texts,
    ...(request.mode !== "actual" && { mode: request.mode }),
    timeCritical: request.timeCritical && request.mode === "actual" && !isThanks,
    domain: request.domain,
    extreme: request.urgency === "extreme" && !isThanks,
    onUnknown: isThanks ? "resend" : policyOf(request),
    expiresAtMs: isLast ? nowMs + API.expiresHoursDefault * 3_600_000 : expiresAtMs,
    startedAtMs: nowMs,
  };
  return { made, numberOf };
}
