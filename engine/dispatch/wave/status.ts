/**
 * What a command_status of a submit_sm_resp means for the recipient (SMPP 3.4, 5.1.3, and 4.7.6 of 5.0).
 *
 * Throttling (ESME_RTHROTTLED, ESME_RMSGQFUL) rarely gets here: the carrier's thread waits and sends again itself.
 */
import { NOT_SENT } from "../../../schemas/link.js";

/**
 * - `acknowledged`: the carrier took it.
 * - `temporary`: not now; after a pause, at another carrier rather than at this one.
 * - `trouble`: the carrier's own, whoever the recipient is; at once at another carrier. What no table names is of this kind,
 *   the vendors' own codes (0x400 to 0x4FF) among them.
 * - `refusal`: of this number or this text, for good; never again at this carrier, at each of the others once.
 * - `never`: our own, for good everywhere: see NOT_SENT_REASON in schemas/link.ts.
 */
export type Verdict = "acknowledged" | "temporary" | "trouble" | "refusal" | "never";

const TEMPORARY: ReadonlySet<number> = new Set([
  0x14, // ESME_RMSGQFUL
  0x58, // ESME_RTHROTTLED
  0x102, // ESME_RSERTYPUNAVAIL
]);

const REFUSAL: ReadonlySet<number> = new Set([
  0x01, // ESME_RINVMSGLEN
  0x0b, // ESME_RINVDSTADR
  0x33, // ESME_RINVNUMDESTS
  0x50, // ESME_RINVDSTTON
  0x51, // ESME_RINVDSTNPI
  0x106, // ESME_RINVDSTADDRSUBUNIT
]);

export function verdictOf(status: number): Verdict {
  if (status === 0) return "acknowledged";
  if (TEMPORARY.has(status)) return "temporary";
  if (REFUSAL.has(status)) return "refusal";
  return status >= NOT_SENT ? "never" : "trouble";
}
