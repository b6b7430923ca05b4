/** What can be done with an action as it stands, in the order in which it is wanted. Pure: the page shows it, and the service decides. */

/** What of an action counts here. */
interface Standing {
  readonly status: string;
  readonly reason: { readonly code: string } | null;
  readonly counts: { readonly unknown: number };
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

export function mayDo({ status, reason, counts }: Standing): readonly Act[] {
  const may: Readonly<Record<Act, boolean>> = {
    edit: DRAFTS.includes(status),
    dispatch: status === "draft" || status === "approved" || (status === "failed" && reason?.code !== "NOBODY_INSIDE"),
    anyway: status === "failed" && reason?.code === "NOBODY_INSIDE",
    update: RUNNING.includes(status),
    widen: RUNNING.includes(status),
    repeat: RUNNING.includes(status),
    resume: status === "held",
    resend: RUNNING.includes(status) && counts.unknown > 0,
    stop: [...DRAFTS, "selecting", "sending", "ending", "held"].includes(status),
    correct: [...RUNNING, "stopped"].includes(status),
    end: [...RUNNING, "stopped"].includes(status),
    copy: true,
  };
  return ACTS.filter((act) => may[act]);
}
