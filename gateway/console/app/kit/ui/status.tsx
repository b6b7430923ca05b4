/**
 * A line that says how something stands. The word at its beginning says what its colour does. It is read out when it comes; what is bad
 * interrupts.
 */
import type { ComponentChildren, JSX } from "preact";
import type { Problem } from "../api.js";
import { wordsOf } from "../i18n/language.js";
import { problemText } from "../i18n/problems.js";

const nl = { good: "Gelukt", warn: "Let op", bad: "Fout", plain: "" };
const words = wordsOf({ nl, en: { good: "Done", warn: "Attention", bad: "Error", plain: "" } });

export type Tone = "good" | "warn" | "bad" | "plain";

export function Status({
  tone = "plain",
  children,
}: {
  readonly tone?: Tone;
  readonly children: ComponentChildren;
}): JSX.Element {
  const word = words()[tone];
  return (
    <div class={`status ${tone}`} role={tone === "bad" ? "alert" : "status"}>
      {word && <strong>{word}: </strong>}
      {children}
    </div>
  );
}

/** What went wrong, or nothing. What was given up by the page itself is no problem of a person's. */
export function ProblemStatus({ problem }: { readonly problem: Problem | undefined }): JSX.Element | null {
  if (problem === undefined || problem.code === "ABORTED") return null;
  return <Status tone="bad">{problemText(problem)}</Status>;
}
