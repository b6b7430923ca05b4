/** What somebody sends by a form or a button: pressed twice it goes once, and what went wrong is kept to be shown. */
import { type ReadonlySignal, useSignal } from "@preact/signals";
import type { Answer, Problem } from "./api.js";

export interface Submission {
  readonly isBusy: ReadonlySignal<boolean>;
  /** Of the last time. */
  readonly problem: ReadonlySignal<Problem | undefined>;
  /** The form's `onSubmit`, or a button's `onPress`. */
  readonly submit: (event?: Event) => void;
}

/** `done` is called with what came of it, unless it was refused. `send` gives undefined where something is still wanted. */
export function useSubmission<T>(
  send: () => Promise<Answer<T>> | undefined,
  done: (value: T) => void = () => undefined,
): Submission {
  const isBusy = useSignal(false);
  const problem = useSignal<Problem | undefined>(undefined);
  const submit = async (): Promise<void> => {
    const asked = isBusy.peek() ? undefined : send();
    if (asked === undefined) return;
    isBusy.value = true;
    const answer = await asked;
    isBusy.value = false;
    problem.value = answer.ok ? undefined : answer.problem;
    if (answer.ok) done(answer.value);
  };
  return {
    ...{ isBusy, problem },
    submit: (event) => {
      event?.preventDefault();
      void submit();
    },
  };
}
