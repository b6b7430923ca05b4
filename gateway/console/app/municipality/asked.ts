/** What is asked of the API once, and again where the question is another: the newest answer, or why there is none. */
import { useSignal } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";
import { ask, Latest, type Problem } from "../kit/api.js";

export interface Asked<T> {
  readonly value: T | undefined;
  readonly problem: Problem | undefined;
}

export function useAsked<T>(path: string): Asked<T> {
  const asked = useSignal<Asked<T>>({ value: undefined, problem: undefined });
  const latest = useMemo(() => new Latest(), []);
  useEffect(() => {
    const load = async (): Promise<void> => {
      const answer = await latest.run((signal) => ask<T>("GET", path, { signal, timeoutMs: 60_000 }));
      if (answer?.ok) asked.value = { value: answer.value, problem: undefined };
      else if (answer) asked.value = { value: undefined, problem: answer.problem };
    };
    void load();
    return () => latest.stop();
  }, [path]);
  return asked.value;
}
