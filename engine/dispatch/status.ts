/** What a command_status of a submit_sm_resp means for the recipient (SMPP 3.4, 5.1.3). */

/**
 * Statuses that say "not now": the recipient is given back and tried again, with this carrier or another. Throttling
 * (ESME_RTHROTTLED, ESME_RMSGQFUL) never gets here: the carrier's thread waits and sends again itself.
 */
const TEMPORARY: ReadonlySet<number> = new Set([
  0x08, // ESME_RSYSERR
  0x14, // ESME_RMSGQFUL
  0x58, // ESME_RTHROTTLED
  0x45, // ESME_RSUBMITFAIL: SMSCs send it for passing troubles of their own.
  0x64, // ESME_RX_T_APPN
  0x04, // ESME_RINVBNDSTS: the bind is not what it was; another one is.
]);

export function isTemporary(status: number): boolean {
  return TEMPORARY.has(status);
}

/** Added to a receipt's message_state as a reason; a command_status that large is nobody's. */
export const RECEIPT_REASON = 0x1000_0000;

/** How many distinct reasons of failure are counted one by one. */
const REASONS = 64;

/** Counts how often recipients failed for a reason. */
export function countReason(reasons: Map<number, number>, reason: number): void {
  if (reasons.size < REASONS || reasons.has(reason)) reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
}
