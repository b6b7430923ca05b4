/** Pausing, draining and weighing a carrier: what it is to do, in words, and what follows, before it is done. */
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import type { CarrierChange, ChangedCarrier } from "../../../../schemas/api/operations.js";
import type { CarrierUse } from "../../../../schemas/words.js";
import { type Answer, ask } from "../kit/api.js";
import { watchedCarriers } from "../kit/monitor.js";
import { useSubmission } from "../kit/submission.js";
import { Button } from "../kit/ui/button.js";
import { Dialog } from "../kit/ui/dialog.js";
import { CheckField, ChoiceField, TextField } from "../kit/ui/field.js";
import { ProblemStatus, Status } from "../kit/ui/status.js";
import { askDetails, details } from "./details.js";
import { isLastOfChannel } from "./last.js";
import { words } from "./words.js";

interface Props {
  readonly name: string;
  /** Told in words. What follows for everybody is among the alarms. */
  readonly onDone: (said: string) => void;
  readonly onClose: () => void;
}

export function ControlDialog({ name, onDone, onClose }: Props): JSX.Element {
  const now = watchedCarriers.peek().get(name);
  const isRunning = now === undefined || now.state === "running";
  const said = details.peek().find((each) => each.name === name)?.control;
  const state = useSignal<CarrierUse>(isRunning ? "running" : now.state === "paused" ? "paused" : "draining");
  const share = useSignal(said?.share ? String(said.share) : "");
  const untilReload = useSignal(said?.untilReload ?? false);
  const send = (): Promise<Answer<ChangedCarrier>> | undefined => {
    const wanted = shareOf(share.peek());
    if (wanted === undefined) return undefined;
    const body: CarrierChange = { state: state.peek(), share: wanted, untilReload: untilReload.peek() };
    return ask("PATCH", `/v1/carriers/${name}`, { body });
  };
  const { isBusy, problem, submit } = useSubmission(send, () => {
    void askDetails();
    onDone(words().saved(name));
  });
  return (
    <Dialog title={words().manageOf(name)} onClose={onClose}>
      <form class="stack" onSubmit={submit}>
        <ChoiceField
          label={words().state}
          value={state.value}
          onChoose={(value) => {
            state.value = value as CarrierUse;
          }}
          choices={[
            { value: "running", label: words().stateRunning },
            { value: "paused", label: words().statePaused },
            { value: "draining", label: words().stateDraining },
          ]}
        />
        {state.value !== "running" && isLast(name) && <Status tone="warn">{words().lastOne}</Status>}
        <TextField
          label={words().share}
          hint={words().shareHint(said?.share ? "…" : String(now?.share ?? 1))}
          inputMode="decimal"
          value={share.value}
          wrong={shareOf(share.value) === undefined ? words().wrongShare : undefined}
          onInput={(value) => {
            share.value = value;
          }}
        />
        <CheckField
          label={words().untilReload}
          isOn={untilReload.value}
          onSwitch={(isOn) => {
            untilReload.value = isOn;
          }}
        />
        <ProblemStatus problem={problem.value} />
        <div class="row">
          <Button submits look={state.value === "running" ? "main" : "danger"} isBusy={isBusy.value}>
            {words().save}
          </Button>
          <Button onPress={onClose}>{words().cancel}</Button>
        </div>
      </form>
    </Dialog>
  );
}

/** null: as the file says; undefined: it is no share. */
function shareOf(text: string): number | null | undefined {
  if (text.trim() === "") return null;
  const value = Number(text.trim().replace(",", "."));
  return value >= 0.001 && value <= 1_000 ? value : undefined;
}

function isLast(name: string): boolean {
  const channels = new Map(details.value.map((each) => [each.name, each.channel]));
  return isLastOfChannel(name, watchedCarriers.value.values(), channels);
}
