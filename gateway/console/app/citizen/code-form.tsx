/** Asks for a code that was sent, and does what it is for with it. */
import { useSignal } from "@preact/signals";
import type { ComponentChildren, JSX } from "preact";
import type { Problem } from "../kit/api.js";
import { Button } from "../kit/ui/button.js";
import { TextField } from "../kit/ui/field.js";
import { ProblemStatus } from "../kit/ui/status.js";

interface Props {
  readonly label: string;
  /** What the button says. */
  readonly act: string;
  readonly look: "main" | "danger";
  /** With the digits alone; why it did not work, or nothing. */
  readonly onCode: (code: string) => Promise<Problem | undefined>;
  /** Beside the button. */
  readonly children?: ComponentChildren;
}

export function CodeForm({ label, act, look, onCode, children }: Props): JSX.Element {
  const code = useSignal("");
  const problem = useSignal<Problem | undefined>(undefined);
  const isBusy = useSignal(false);
  const send = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (isBusy.value) return;
    isBusy.value = true;
    problem.value = await onCode(code.value.replace(/\D/g, ""));
    isBusy.value = false;
  };
  return (
    <form class="stack" onSubmit={(event) => void send(event)}>
      <TextField
        label={label}
        isRequired
        inputMode="numeric"
        autocomplete="one-time-code"
        value={code.value}
        onInput={(value) => {
          code.value = value;
        }}
      />
      <ProblemStatus problem={problem.value} />
      <div class="row">
        <Button submits look={look} isBusy={isBusy.value}>
          {act}
        </Button>
        {children}
      </div>
    </form>
  );
}
