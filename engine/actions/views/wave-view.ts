/** How the API shows a wave of an action, and what became of its recipients: from the ledger, live or archived. */
import type { Counts, Failure, Wave } from "../../../schemas/api/api.js";
import { dateTime } from "../../../schemas/api/date-time.js";
import { assert } from "../../../schemas/errors.js";
import { NOT_SENT, RECEIPT_REASON } from "../../../schemas/link.js";
import { isActionWave, RECIPIENT_STATES } from "../../../schemas/words.js";
import type { StoredWave } from "../../dispatch/ledger/wave-record.js";
import { summaryOf } from "../../dispatch/ledger/wave-store.js";
import type { LiveWave } from "../../dispatch/wave/wave.js";
import type { ActionWave } from "../record.js";
import { showForecast } from "./forecast-view.js";

export function showWave({ round }: Pick<ActionWave, "round">, stored: StoredWave, live: LiveWave | undefined): Wave {
  const summary = live ? summaryOf(live) : stored.archive;
  const { kind, texts, count, segments, startedAtMs } = stored;
  assert(isActionWave(kind), "an action has no waves of confirmations or codes");
  return {
    kind,
    round: round ?? null,
    text: texts[0]!,
    recipients: count,
    segmentsPerMessage: segments,
    withoutCarrier: live?.queue.unserved ?? 0,
    counts: live ? showCounts(summary) : atRest(showCounts(summary)),
    failures: (summary?.reasons ?? []).map(showFailure),
    startedAt: dateTime(startedAtMs),
    firstIntentAt: dateTime(summary?.firstIntentAtMs ?? null),
    acknowledgedAt: dateTime(summary?.acknowledgedAtMs ?? null),
    ...showForecast(stored, summary),
  };
}

/**
 * No receipt is awaited any more: whoever a carrier took the message for, and never said more of, is unknown. The ledger
 * still knows that they were reached, and who ends the action then thanks them.
 */
function atRest(counts: Counts): Counts {
  return { ...counts, acknowledged: 0, unknown: counts.unknown + counts.acknowledged };
}

/** The ledger keeps a receipt's state, and our own reason not to send, beside command_status, moved up. */
function showFailure([reason, times]: readonly [number, number]): Failure {
  if (reason >= NOT_SENT) return { cause: "notSent", code: reason - NOT_SENT, times };
  if (reason >= RECEIPT_REASON) return { cause: "messageState", code: reason - RECEIPT_REASON, times };
  return { cause: "commandStatus", code: reason, times };
}

export function showCounts(
  summary: { readonly counts: ArrayLike<number>; readonly possibleDuplicates: number } | null,
): Counts {
  const byState = RECIPIENT_STATES.map((state, i) => [state, summary?.counts[i] ?? 0]);
  return {
    ...(Object.fromEntries(byState) as Record<(typeof RECIPIENT_STATES)[number], number>),
    possibleDuplicates: summary?.possibleDuplicates ?? 0,
  };
}

/** Recipients of all these waves together. */
export function sumCounts(waves: readonly LiveWave[]): Counts {
  const counts = new Array<number>(RECIPIENT_STATES.length).fill(0);
  let possibleDuplicates = 0;
  for (const wave of waves) {
    possibleDuplicates += wave.possibleDuplicates;
    for (let state = 0; state < counts.length; state++) counts[state]! += wave.counts[state]!;
  }
  return showCounts({ counts, possibleDuplicates });
}
