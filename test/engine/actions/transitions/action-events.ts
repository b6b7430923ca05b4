/** Records and events to draw an action's life from. */
import type { ActionRecord } from "../../../../engine/actions/record.js";
import type { Actor } from "../../../../engine/audit/actor.js";
import { filled } from "../harness.js";

export const NOW_MS = 1_796_055_078_246;
export const BY: Actor = { kind: "key", id: "tester", name: "A" };

export function draftOf(): ActionRecord {
  return {
    ...{ revision: 1, copyOf: null, startAtMs: null },
    ...{ id: "01a22d39-956b-7974-86d2-0cc40fc124de", request: filled(), status: "draft", end: null, waves: [] },
    ...{ createdAtMs: NOW_MS, expiresAtMs: NOW_MS + 4 * 3_600_000, stoppedAtMs: null, endedAtMs: null },
    ...{ selectMs: null, reason: null, actors: { created: BY } },
  };
}

/** The same, and a mistake to change. */
export function frozen<T extends object>(value: T): T {
  for (const member of Object.values(value)) if (typeof member === "object" && member !== null) frozen(member);
  return Object.freeze(value);
}
