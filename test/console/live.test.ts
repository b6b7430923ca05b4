import { expect, it } from "vitest";
import type { ActionRecord } from "../../engine/actions/record.js";
import { refusalOf } from "../../engine/actions/transitions/refusal.js";
import { type Act, mayDo } from "../../gateway/console/app/live/may.js";
import { ACTION_STATUSES } from "../../schemas/words.js";

/** What an act is to the engine; a copy is made of any action. */
const WORDS: Readonly<Record<Exclude<Act, "copy">, Parameters<typeof refusalOf>[1]>> = {
  ...{ edit: "edited", dispatch: "dispatched", anyway: "dispatched", update: "updated", widen: "widened" },
  ...{ repeat: "repeated", resume: "resumed", resend: "resent", stop: "stopped", correct: "corrected", end: "ended" },
};

it("the page offers nothing that the service would refuse as things stand, and each act somewhere", () => {
  const offered = new Set<Act>();
  for (const status of ACTION_STATUSES) {
    for (const stoppedAtMs of [null, 1]) {
      for (const reason of [null, { code: "NOBODY_INSIDE" }]) {
        const record = { status, stoppedAtMs, end: null, waves: [], rounds: [], expiresAtMs: 100 };
        const stoppedAt = stoppedAtMs === null ? null : "2026-12-01T00:00:00Z";
        for (const act of mayDo({ status, reason, stoppedAt, counts: { unknown: 1 } })) {
          offered.add(act);
          if (act === "copy") continue;
          const refused = refusalOf(record as unknown as ActionRecord, WORDS[act], 10);
          expect(refused, `${act} of what is ${status}`).toBeUndefined();
        }
      }
    }
  }
  expect([...offered].sort()).toEqual([...Object.keys(WORDS), "copy"].sort());
});
