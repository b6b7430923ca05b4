/** A participant's own data: the pause, what is stored, all of it as a file, and leaving for good by a fresh code. */
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import type { CodeSent } from "../../../../schemas/api/self.js";
import type { Answer, Problem } from "../kit/api.js";
import { dayAndTime } from "../kit/i18n/figures.js";
import { Button } from "../kit/ui/button.js";
import { ProblemStatus, Status } from "../kit/ui/status.js";
import { CodeForm } from "./code-form.js";
import { askAsMe, change, forget, hasLeft, me } from "./state.js";
import { words } from "./words.js";

const DAY_MS = 86_400_000;

export function Data(): JSX.Element {
  const problem = useSignal<Problem | undefined>(undefined);
  const done = async (answer: Promise<Answer<unknown>>): Promise<void> => {
    const known = await answer;
    problem.value = known.ok ? undefined : known.problem;
  };
  const { number = null, mail = null } = me.value ?? {};
  const download = async (): Promise<void> => {
    const answer = await askAsMe<object>("GET", "/v1/self/export");
    problem.value = answer.ok ? undefined : answer.problem;
    if (!answer.ok) return;
    const url = URL.createObjectURL(new Blob([JSON.stringify(answer.value, null, 2)], { type: "application/json" }));
    const link = document.createElement("a");
    Object.assign(link, { href: url, download: "burgernet.json" }).click();
    URL.revokeObjectURL(url);
  };
  return (
    <div class="stack">
      <Pause onChange={(paused) => void done(change({ paused }))} />
      <h2>{words().stored}</h2>
      <dl>
        <dt>{words().number}</dt>
        <dd>{number ?? words().none}</dd>
        <dt>{words().mail}</dt>
        <dd>{mail ?? words().none}</dd>
      </dl>
      <ProblemStatus problem={problem.value} />
      <div>
        <Button onPress={() => void download()}>{words().export}</Button>
      </div>
      <Leave />
    </div>
  );
}

function Pause({ onChange }: { readonly onChange: (paused: boolean | { until: string }) => void }): JSX.Element {
  const { status, pausedUntil } = me.value!;
  const until = (days: number): { until: string } => ({ until: new Date(Date.now() + days * DAY_MS).toISOString() });
  if (status === "paused") {
    return (
      <>
        <Status tone="warn">
          {pausedUntil === null ? words().paused : words().pausedUntil(dayAndTime(pausedUntil))}
        </Status>
        <div>
          <Button look="main" onPress={() => onChange(false)}>
            {words().resume}
          </Button>
        </div>
      </>
    );
  }
  return (
    <section>
      <h2>{words().pauseTitle}</h2>
      <div class="row">
        <Button onPress={() => onChange(until(1))}>{words().pauseDay}</Button>
        <Button onPress={() => onChange(until(7))}>{words().pauseWeek}</Button>
        <Button onPress={() => onChange(true)}>{words().pauseOpen}</Button>
      </div>
    </section>
  );
}

function Leave(): JSX.Element {
  const challenge = useSignal<string | undefined>(undefined);
  const problem = useSignal<Problem | undefined>(undefined);
  const request = async (): Promise<void> => {
    const answer = await askAsMe<CodeSent>("POST", "/v1/self/approvals", { body: { act: "erase" } });
    problem.value = answer.ok ? undefined : answer.problem;
    if (answer.ok) challenge.value = answer.value.challenge;
  };
  const erase = async (code: string): Promise<Problem | undefined> => {
    const approved = await askAsMe("PUT", "/v1/self/approvals", { body: { challenge: challenge.value, code } });
    const erased = approved.ok ? await askAsMe("DELETE", "/v1/self") : approved;
    if (!erased.ok) return erased.problem;
    hasLeft.value = true;
    forget();
    return undefined;
  };
  return (
    <section class="stack">
      <h2>{words().leave}</h2>
      <p>{words().leaveSure}</p>
      <ProblemStatus problem={problem.value} />
      {challenge.value === undefined ? (
        <div>
          <Button onPress={() => void request()}>{words().leave}</Button>
        </div>
      ) : (
        <CodeForm label={words().leaveCode} act={words().erase} look="danger" onCode={erase} />
      )}
    </section>
  );
}
