/** Making a key: a name and what it may. Its secret is shown once. */
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import type { MadeKey } from "../../../../schemas/api/rights.js";
import type { Scope } from "../../../../schemas/words.js";
import { ask } from "../kit/api.js";
import { kept } from "../kit/kept.js";
import { useSubmission } from "../kit/submission.js";
import { Button } from "../kit/ui/button.js";
import { CheckField, TextField } from "../kit/ui/field.js";
import { ProblemStatus, Status } from "../kit/ui/status.js";
import { words } from "./words.js";

/** Every scope there is, checked by the compiler. */
const SCOPES: Readonly<Record<Scope, true>> = {
  ...{ watch: true, metrics: true, draft: true, dispatch: true, replies: true, evidence: true, registry: true },
  ...{ erase: true, positions: true, reach: true, operate: true, audit: true, admin: true },
};
const ALL = Object.keys(SCOPES) as Scope[];

interface Typed {
  readonly name: string;
  readonly scopes: readonly Scope[];
}

const NOTHING: Typed = { name: "", scopes: [] };

export function MakeKey({ onMade }: { readonly onMade: () => void }): JSX.Element {
  const typed = kept<Typed>("new-key", NOTHING);
  const { name, scopes } = typed.value.value;
  const secret = useSignal<string | undefined>(undefined);
  const { isBusy, problem, submit } = useSubmission(
    () => ask<MadeKey>("POST", "/v1/keys", { body: typed.value.peek() }),
    (made) => {
      secret.value = made.secret;
      typed.clear();
      onMade();
    },
  );
  const change = (changed: Partial<Typed>): void => {
    typed.value.value = { ...typed.value.peek(), ...changed };
  };
  const choose = (scope: Scope, isOn: boolean): void => {
    const others = typed.value.peek().scopes.filter((one) => one !== scope);
    change({ scopes: isOn ? [...others, scope] : others });
  };
  return (
    <form class="stack" onSubmit={submit}>
      <h2>{words().make}</h2>
      <TextField
        label={words().name}
        hint={words().nameHint}
        value={name}
        isRequired
        onInput={(value) => change({ name: value })}
      />
      <fieldset>
        <legend>{words().scopes}</legend>
        <div class="row">
          {ALL.map((scope) => (
            <CheckField
              key={scope}
              label={scope}
              isOn={scopes.includes(scope)}
              onSwitch={(isOn) => choose(scope, isOn)}
            />
          ))}
        </div>
      </fieldset>
      <ProblemStatus problem={problem.value} />
      {secret.value && (
        <Status tone="good">
          {words().made} <code>{secret.value}</code>
        </Status>
      )}
      <div>
        <Button submits look="main" isBusy={isBusy.value}>
          {words().make}
        </Button>
      </div>
    </form>
  );
}
