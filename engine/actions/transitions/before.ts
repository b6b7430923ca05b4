/**
 * What comes before the first wave: a draft is edited and approved, waits for the time at which it is to start, and whom to ask is
 * selected. Nothing is sent that was not approved as it stands, so an edit makes a draft of whatever it was; dispatching a draft
 * approves it in the same act.
 */
import type { Reason } from "../../../schemas/api/api.js";
import { DISPATCH } from "../../../schemas/limits.js";
import { nobodyInside } from "../preview/areas.js";
import { type ActionRecord, heldFor } from "../record.js";
import { goOn } from "./waves.js";
import { type ActionEvent, nothing, type Step, saved, savedFirst, type Word } from "./words.js";

type Of<Type> = Extract<ActionEvent, { type: Type }>;

export function edited(record: ActionRecord, { request, startAtMs, expiresAtMs }: Of<"edited">): Step {
  const { approved: _, ...actors } = record.actors ?? {};
  return saved({ ...record, request, startAtMs, expiresAtMs, status: "draft", actors });
}

export function approved(record: ActionRecord): Step {
  return saved({ ...record, status: "approved" });
}

export function dispatched(record: ActionRecord, { allowNobody, confirmed = [], atMs, by }: Of<"dispatched">): Step {
  const all = new Set([...(record.request.confirmed ?? []), ...confirmed]);
  const said = all.size > 0 ? { ...record.request, confirmed: [...all] } : record.request;
  const request = allowNobody ? { ...said, allowNobody } : said;
  const actors = { ...record.actors, approved: record.actors?.approved ?? by };
  const next = { ...record, request, actors, reason: null };
  if (record.end !== null) return savedFirst(goOn({ ...next, status: "ending" }));
  if ((record.startAtMs ?? 0) > atMs) return saved({ ...next, status: "scheduled" });
  return savedFirst(goOn({ ...next, status: "selecting" }));
}

/** Somebody may look away for a while; what was missed by more is for an operator to judge, who sees what it is by then. */
export function due(record: ActionRecord, { atMs }: Of<"due">): Step {
  const lateMs = atMs - (record.startAtMs ?? 0);
  if (record.status !== "scheduled" || lateMs < 0) return nothing(record);
  if (record.expiresAtMs <= atMs) return expired(record, "it was to start when nobody could start it");
  if (lateMs <= DISPATCH.startLateMs) return savedFirst(goOn({ ...record, status: "selecting" }));
  const detail = `it was to start ${Math.ceil(lateMs / 60_000)} minutes ago, when the service was down or held up; resume it, and it starts at once, or stop it`;
  return { record: heldFor(record, { code: "START_MISSED", detail }), effects: [{ do: "hold" }] };
}

/** An operator's word that it goes on: one that was to start by now does. */
export function startedLate(record: ActionRecord, { atMs }: Pick<Word, "atMs">): ActionRecord {
  const isDue = record.status === "scheduled" && (record.startAtMs ?? 0) <= atMs;
  return isDue ? { ...record, status: "selecting" } : record;
}

export function selected(record: ActionRecord, { atMs, recipients, selectMs }: Of<"selected">): Step {
  if (record.status !== "selecting") return nothing(record);
  if (record.expiresAtMs <= atMs) return expired(record, "whom to ask was selected when it was over");
  const { allowNobody, area } = record.request;
  if (recipients > 0 || allowNobody) return { record: { ...record, selectMs }, effects: [] };
  return failed(record, { code: "NOBODY_INSIDE", detail: nobodyInside(area) });
}

export function expired(record: ActionRecord, detail: string): Step {
  if (record.status !== "scheduled" && record.status !== "selecting") return nothing(record);
  return failed(record, { code: "EXPIRED", detail });
}

function failed(record: ActionRecord, reason: Reason): Step {
  return saved({ ...record, status: "failed", reason });
}
