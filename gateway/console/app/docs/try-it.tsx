/** Asks what only reads, in the session of the console, and shows the answer as text. What changes something is tried from a shell. */
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { ask } from "../kit/api.js";
import { Button } from "../kit/ui/button.js";
import { TextField } from "../kit/ui/field.js";
import { filledPath, type Named, type OpenApi } from "./document.js";
import { words } from "./words.js";

/** More of an answer nobody reads on a page. */
const SHOWN_CHARACTERS = 20_000;

export function TryIt({ named, document }: { readonly named: Named; readonly document: OpenApi }): JSX.Element {
  const asked = useSignal(filledPath(named, document));
  const answer = useSignal("");
  const isBusy = useSignal(false);
  const run = async (): Promise<void> => {
    isBusy.value = true;
    const known = await ask<unknown>("GET", asked.value);
    isBusy.value = false;
    const told = known.ok ? known.value : known.problem;
    answer.value = (typeof told === "string" ? told : JSON.stringify(told, null, 2)).slice(0, SHOWN_CHARACTERS);
  };
  return (
    <div class="stack">
      <TextField
        label={words().tryPath}
        hint={words().tryHint}
        value={asked.value}
        onInput={(value) => {
          asked.value = value;
        }}
      />
      <div>
        <Button isBusy={isBusy.value} onPress={() => void run()}>
          {words().tryIt}
        </Button>
      </div>
      <div role="status">{answer.value && <pre>{answer.value}</pre>}</div>
    </div>
  );
}
