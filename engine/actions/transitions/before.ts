/** What comes before the first wave: a word that makes an action of a draft. */
import type { ActionRecord } from "../record.js";
import { goOn } from "./waves.js";
import { type Step, savedFirst, type Word } from "./words.js";

export function dispatched(record: ActionRecord, { allowNobody }: Extract<Word, { type: "dispatched" }>): Step {
  const request = allowNobody ? { ...record.request, allowNobody } : record.request;
  const status = record.end === null ? "selecting" : "ending";
  return savedFirst(goOn({ ...record, request, status, reason: null }));
}
