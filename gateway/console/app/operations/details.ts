/** What is told of carriers when it is asked, and not ten times a second: their limits, errors by cause and what operators said of them. */
import { signal } from "@preact/signals";
import type { Carrier } from "../../../../schemas/api/operations.js";
import { ask, type Problem } from "../kit/api.js";

const EVERY_MS = 3_000;

export const details = signal<readonly Carrier[]>([]);
export const detailsProblem = signal<Problem | undefined>(undefined);

export async function askDetails(): Promise<void> {
  const answer = await ask<{ readonly carriers: readonly Carrier[] }>("GET", "/v1/carriers");
  if (answer.ok) details.value = answer.value.carriers;
  detailsProblem.value = answer.ok ? undefined : answer.problem;
}

/** Until what it gives is called. A page that nobody sees asks nothing. */
export function watchDetails(): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isOver = false;
  const round = async (): Promise<void> => {
    if (document.visibilityState === "visible") await askDetails();
    if (!isOver) timer = setTimeout(() => void round(), EVERY_MS);
  };
  void round();
  return () => {
    isOver = true;
    clearTimeout(timer);
  };
}
