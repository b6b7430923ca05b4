/** The record of a new action: a draft. */
import { uuidv7 } from "uuidv7";
import type { Actor } from "../../audit/actor.js";
import type { ActionRecord } from "../record.js";
import type { Made } from "../transitions/words.js";

export function newRecord(made: Made, by: Actor, nowMs: number, copyOf: string | null): ActionRecord {
  return {
    id: uuidv7(),
    revision: 1,
    copyOf,
    ...made,
    createdAtMs: nowMs,
    status: "draft",
    stoppedAtMs: null,
    endedAtMs: null,
    end: null,
    selectMs: null,
    reason: null,
    waves: [],
    actors: copyOf === null ? { created: by } : { created: by, copied: by },
  };
}
