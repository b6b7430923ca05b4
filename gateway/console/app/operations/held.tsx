/** Actions that are held, as after a restore or a clock that was set: why, and letting each go on or stopping it. */
import { computed, useSignal } from "@preact/signals";
import type { JSX } from "preact";
import type { MonitorAction } from "../../../../schemas/monitor.js";
import { ask } from "../kit/api.js";
import { count } from "../kit/i18n/figures.js";
import { watchedActions } from "../kit/monitor.js";
import { mayAny } from "../kit/session.js";
import { useSubmission } from "../kit/submission.js";
import { Button } from "../kit/ui/button.js";
import { Dialog } from "../kit/ui/dialog.js";
import { ProblemStatus } from "../kit/ui/status.js";
import { type Column, Table } from "../kit/ui/table.js";
import { words } from "./words.js";

type Step = "resume" | "stop";

interface Asked {
  readonly action: MonitorAction;
  readonly step: Step;
  /** The same at every try, so that asking twice does it once. */
  readonly idempotencyKey: string;
}

const held = computed(() => [...watchedActions.value.values()].filter(({ status }) => status === "held"));

export function Held(): JSX.Element | null {
  const asked = useSignal<Asked | undefined>(undefined);
  const may = mayAny("dispatch");
  const choose = (action: MonitorAction, step: Step): void => {
    asked.value = { action, step, idempotencyKey: crypto.randomUUID() };
  };
  return (
    <section>
      <Table
        caption={words().held}
        columns={may ? [...columns(), doing(choose)] : columns()}
        rows={held.value}
        keyOf={({ id }) => id}
        empty={words().noneHeld}
      />
      {asked.value && (
        <Sure
          asked={asked.value}
          onClose={() => {
            asked.value = undefined;
          }}
        />
      )}
    </section>
  );
}

function columns(): readonly Column<MonitorAction>[] {
  return [
    { title: words().text, show: ({ text }) => text },
    { title: words().why, show: ({ reason }) => reason?.detail ?? "–" },
    { title: words().people, isNumber: true, show: ({ counts }) => count(counts.pending + counts.intended) },
  ];
}

function doing(choose: (action: MonitorAction, step: Step) => void): Column<MonitorAction> {
  return {
    title: words().do,
    show: (action) => (
      <span class="row">
        <Button label={words().resumeOf(action.text)} onPress={() => choose(action, "resume")}>
          {words().resume}
        </Button>
        <Button label={words().stopOf(action.text)} onPress={() => choose(action, "stop")}>
          {words().stop}
        </Button>
      </span>
    ),
  };
}

function Sure({ asked, onClose }: { readonly asked: Asked; readonly onClose: () => void }): JSX.Element {
  const { action, step, idempotencyKey } = asked;
  const path = `/v1/actions/${action.id}/${step}`;
  const { isBusy, problem, submit } = useSubmission(() => ask("POST", path, { idempotencyKey }), onClose);
  const isResume = step === "resume";
  return (
    <Dialog title={isResume ? words().resumeOf(action.text) : words().stopOf(action.text)} onClose={onClose}>
      <div class="stack">
        {action.reason && <p>{action.reason.detail}</p>}
        <p>{isResume ? words().sureResume : words().sureStop}</p>
        <ProblemStatus problem={problem.value} />
        <div class="row">
          <Button look={isResume ? "main" : "danger"} isBusy={isBusy.value} onPress={submit}>
            {isResume ? words().resume : words().stop}
          </Button>
          <Button onPress={onClose}>{words().cancel}</Button>
        </div>
      </div>
    </Dialog>
  );
}
