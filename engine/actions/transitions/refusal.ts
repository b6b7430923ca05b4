/** Which of an operator's words have a meaning in which status, and why one can't be heeded. */
import { fail, type Result } from "../../../schemas/errors.js";
import { ROUNDS } from "../../../schemas/limits.js";
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
  updated: ["sending", "sent", "stopped"],
  widened: ["selecting", "sending", "sent"],
  repeated: ["sending", "sent"],
  corrected: ["selecting", "sending", "sent", "stopped", "held"],
  ended: ["selecting", "sending", "sent", "stopped", "held"],
};
/** Those by which an action goes on asking: not once it was stopped, nor when it has expired. */
const ASKING: readonly Word["type"][] = ["widened", "repeated", "resent"];
const ROUND: readonly Word["type"][] = ["updated", "widened", "repeated"];

/** Why this word can't be heeded; undefined if it can. */
export function refusalOf(record: ActionRecord, word: Word["type"], nowMs: number): Result<never> | undefined {
  const needed = NEEDED[word];
  const refused = (detail: string) => fail("WRONG_STATE", detail, "id");
  if (!needed.includes(record.status)) {
    return refused(`the action is ${record.status}; this needs ${needed.join(", ")}`);
  }
  if (ASKING.includes(word) && record.stoppedAtMs !== null) return refused("it was stopped: nobody more is asked");
  if (ROUND.includes(word)) return roundRefusal(record, word, nowMs);
  if ((word === "ended" || word === "corrected") && record.end !== null) {
    return refused("it is ending already; resume or stop it");
  }
  if (word !== "approved" && word !== "dispatched") return undefined;
  // One that failed at its thank-you goes on there, whatever was sent, and when it expired.
  if (record.end !== null) return undefined;
  if (record.waves.length > 0) return refused("the action was sent already");
  return record.expiresAtMs <= nowMs ? refused("the action has expired") : undefined;
}

function roundRefusal({ expiresAtMs, rounds = [] }: ActionRecord, word: Word["type"], nowMs: number) {
  if (expiresAtMs <= nowMs) return fail("WRONG_STATE", "the action has expired; end it", "id");
  const repeats = rounds.filter(({ kind }) => kind === "repeat").length;
  const isTooMany = rounds.length >= ROUNDS.perAction || (word === "repeated" && repeats >= ROUNDS.repeats);
  return isTooMany ? fail("TOO_MANY_ROUNDS", `${rounds.length} rounds, ${repeats} of them repeats`, "id") : undefined;
}
