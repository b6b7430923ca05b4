/** What can be done with an action as it stands, in the order in which it is wanted. Pure: the page shows it, and the service decides. */

/** What of an action counts here. */
interface Standing {
  readonly status: string;
  readonly reason: { readonly code: string } | null;
  readonly counts: { readonly unknown: number };
  readonly stoppedAt: string | null;
}

const ACTS = [
  "edit",
  "dispatch",
  "anyway",
  "update",
  "widen",
  "repeat",
  "resume",
  "resend",
  "stop",
  "correct",
  "end",
  "copy",
] as const;
export type Act = (typeof ACTS)[number];

const DRAFTS: readonly string[] = ["draft", "approved", "scheduled"];
const RUNNING: readonly string[] = ["sending", "sent"];
/** What has begun, and was not ended. */
const BEGUN: readonly string[] = ["selecting", "sending", "sent", "stopped", "held"];

export function mayDo({ status, reason, counts, stoppedAt }: Standing): readonly Act[] {
  const isAsking = RUNNING.includes(status) && stoppedAt === null;
  const isNobody = status === "failed" && reason?.code === "NOBODY_INSIDE";
  const may: Readonly<Record<Act, boolean>> = {
    edit: DRAFTS.includes(status),
    dispatch: status === "draft" || status === "approved" || (status === "failed" && !isNobody),
    anyway: isNobody,
    update: RUNNING.includes(status) || status === "stopped",
    widen: isAsking,
    repeat: isAsking,
    resume: status === "held",
    resend: isAsking && counts.unknown > 0,
    stop: [...DRAFTS, "selecting", "sending", "ending", "held"].includes(status),
    correct: BEGUN.includes(status),
    end: BEGUN.includes(status),
    copy: true,
  };
  return ACTS.filter((act) => may[act]);
}
