/** The municipality's own file of participants: a dry run that says what would change, and then the same file for real. */
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useId } from "preact/hooks";
import type { ImportView } from "../../../../schemas/api/municipality.js";
import { ask, type Problem } from "../kit/api.js";
import { share } from "../kit/i18n/figures.js";
import { problemText } from "../kit/i18n/problems.js";
import { Button } from "../kit/ui/button.js";
import { ChoiceField } from "../kit/ui/field.js";
import { ProblemStatus, Status } from "../kit/ui/status.js";
import { Report } from "./import-report.js";
import { words } from "./words.js";

const LOOK_MS = 500;
/** A file of a large municipality over a slow line. */
const SEND_MS = 600_000;
const UNDER_WAY: ReadonlySet<string> = new Set(["receiving", "planning", "applying"]);

export function ImportTab(): JSX.Element {
  const id = useId();
  const file = useSignal<File | undefined>(undefined);
  const mode = useSignal<ImportView["mode"]>("allOrNothing");
  const problem = useSignal<Problem | undefined>(undefined);
  const view = useSignal<ImportView | undefined>(undefined);
  const isSending = useSignal(false);
  const isBusy = isSending.value || (view.value !== undefined && UNDER_WAY.has(view.value.state));
  useFollowed(view.value, (next) => {
    // An answer that comes once another file was chosen says nothing of that one.
    if (next.id === view.value?.id) view.value = next;
  });
  const send = async (dryRun: boolean): Promise<void> => {
    if (file.value === undefined) return;
    [isSending.value, view.value, problem.value] = [true, undefined, undefined];
    const path = `/v1/imports?mode=${mode.value}&dryRun=${dryRun}`;
    const body = new Blob([file.value], { type: "text/csv" });
    const answer = await ask<ImportView>("POST", path, { body, timeoutMs: SEND_MS });
    isSending.value = false;
    if (answer.ok) view.value = answer.value;
    else problem.value = answer.problem;
  };
  const isTried = view.value?.dryRun === true && view.value.state === "done";
  return (
    <div class="stack import">
      <p>{words().fileHint}</p>
      <div class="field">
        <label for={id}>{words().chooseFile}</label>
        <input
          id={id}
          type="file"
          accept=".csv,.txt,text/csv"
          disabled={isBusy}
          onChange={({ currentTarget }) => {
            file.value = currentTarget.files?.[0];
            view.value = undefined;
          }}
        />
      </div>
      <ChoiceField
        label={words().mode}
        isDisabled={isBusy}
        value={mode.value}
        onChoose={(value) => {
          mode.value = value === "bestEffort" ? "bestEffort" : "allOrNothing";
          view.value = undefined;
        }}
        choices={[
          { value: "allOrNothing", label: words().allOrNothing },
          { value: "bestEffort", label: words().bestEffort },
        ]}
      />
      <div class="row">
        <Button look="main" isBusy={isBusy} isDisabled={!file.value} onPress={() => void send(true)}>
          {words().dryRun}
        </Button>
        <Button look="danger" isBusy={isBusy} isDisabled={!isTried} onPress={() => void send(false)}>
          {words().real}
        </Button>
      </div>
      <p class="quiet">{words().realHint}</p>
      <ProblemStatus problem={problem.value} />
      {isSending.value && <Status>{words().receiving} …</Status>}
      {view.value && <State view={view.value} />}
      {view.value?.report && <Report report={view.value.report} overtaken={view.value.overtaken} />}
    </div>
  );
}

/** Asks how far it is until it is over. A network that is gone for a while costs nothing but the wait. */
function useFollowed(view: ImportView | undefined, onNext: (next: ImportView) => void): void {
  const isUnderWay = view !== undefined && UNDER_WAY.has(view.state);
  useEffect(() => {
    if (!isUnderWay) return;
    const timer = setInterval(async () => {
      const answer = await ask<ImportView>("GET", `/v1/imports/${view.id}`);
      if (answer.ok) onNext(answer.value);
    }, LOOK_MS);
    return () => clearInterval(timer);
  }, [isUnderWay, view?.id]);
}

function State({ view: { state, dryRun, percent, problem } }: { readonly view: ImportView }): JSX.Element {
  const why = problem ? ` ${problemText({ ...problem, status: 0 })}` : "";
  if (state === "done") return <Status tone="good">{dryRun ? words().doneDry : words().doneReal}</Status>;
  if (state === "refused" || state === "failed") return <Status tone="bad">{words()[state] + why}</Status>;
  return <Status>{words().working(words()[state], percent === null ? " …" : ` (${share(percent / 100)})`)}</Status>;
}
