/** Which of an operator's words have a meaning in which status, and why one can't be heeded. */
import { fail, type Result } from "../../../schemas/errors.js";
import type { ActionStatus } from "../../../schemas/words.js";
import type { ActionRecord } from "../record.js";
import type { Word } from "./words.js";

/** The statuses in which a word has a meaning. */
const NEEDED: Readonly<Record<Word["type"], readonly ActionStatus[]>> = {
  edited: ["draft", "approved", "scheduled"],
  approved: ["draft"],
  dispatched: ["draft", "approved", "failed"],
  stopped: ["draft", "approved", "scheduled", "selecting", "sending", "sent", "stopped", "held", "ending"],
  resumed: ["held"],
  resent: ["sending", "sent"],
  ended: ["selecting", "sending", "sent", "stopped", "held"],
};

/** Why this word can't be heeded; undefined if it can. */
export function refusalOf(record: ActionRecord, word: Word["type"], nowMs: number): Result<never> | undefined {
  const needed = NEEDED[word];
  const refused = (detail: string) => fail("WRONG_STATE", detail, "id");
  if (!needed.includes(record.status)) {
    return refused(`the action is ${record.status}; this needs ${needed.join(", ")}`);
  }
  if (word === "ended" && record.end !== null) return refused("it is ending already; resume or stop it");
  if (word !== "approved" && word !== "dispatched") return undefined;
  // One that failed at its thank-you goes on there, whatever was sent, and when it expired.
  if (record.end !== null) return undefined;
  if (record.waves.length > 0) return refused("the action was sent already");
  return record.expiresAtMs <= nowMs ? refused("the action has expired") : undefined;
}
