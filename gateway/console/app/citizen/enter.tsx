/** Joining, or entering where one takes part already: a number or mail address, then the code that went there. */
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import type { CodeSent, SelfSession } from "../../../../schemas/api/self.js";
import { ask, type Problem } from "../kit/api.js";
import { language } from "../kit/i18n/language.js";
import { kept } from "../kit/kept.js";
import { Button } from "../kit/ui/button.js";
import { TextField } from "../kit/ui/field.js";
import { ProblemStatus, Status } from "../kit/ui/status.js";
import { CodeForm } from "./code-form.js";
import { enter } from "./state.js";
import { type Spot, Where } from "./where.js";
import { words } from "./words.js";

interface Typed {
  readonly contact: string;
  readonly spot: Spot;
  /** Of a code that was sent; it is asked for again where the page was loaded anew. */
  readonly challenge: string;
}

/** The middle of the country, from where a map is moved. */
const NOTHING: Typed = { contact: "", spot: { position: [5.3, 52.2], postcode: "" }, challenge: "" };

function contactOf(text: string): { readonly mail: string } | { readonly number: string } {
  return text.includes("@") ? { mail: text.trim() } : { number: text.trim() };
}

export function Enter(): JSX.Element {
  const typed = kept<Typed>("enter", NOTHING);
  const joins = useSignal(true);
  const problem = useSignal<Problem | undefined>(undefined);
  const isBusy = useSignal(false);
  const { contact, spot, challenge } = typed.value.value;
  const put = (changed: Partial<Typed>): void => {
    typed.value.value = { ...typed.value.value, ...changed };
  };
  const send = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (isBusy.value) return;
    isBusy.value = true;
    const at = spot.postcode === null ? { position: spot.position } : { postcode: spot.postcode.trim() };
    const body = { ...contactOf(contact), ...(joins.value && { ...at, language: language.value }) };
    const answer = await ask<CodeSent>("POST", joins.value ? "/v1/self/join" : "/v1/self/codes", { body });
    isBusy.value = false;
    problem.value = answer.ok ? undefined : answer.problem;
    if (answer.ok) put({ challenge: answer.value.challenge });
  };
  if (challenge !== "") return <Code challenge={challenge} onBack={() => put({ challenge: "" })} onIn={typed.clear} />;
  return (
    <>
      <p>{words().why}</p>
      <div class="row">
        {[true, false].map((isJoin) => (
          <Button
            key={String(isJoin)}
            isPressed={joins.value === isJoin}
            {...(joins.value === isJoin && { look: "main" as const })}
            onPress={() => {
              joins.value = isJoin;
            }}
          >
            {isJoin ? words().join : words().enter}
          </Button>
        ))}
      </div>
      <form class="stack" onSubmit={(event) => void send(event)}>
        <TextField
          label={words().contact}
          isRequired
          autocomplete="tel"
          value={contact}
          onInput={(value) => put({ contact: value })}
        />
        {joins.value && (
          <Where place={spot} isNew onChange={(changed) => put({ spot: { ...typed.value.value.spot, ...changed } })} />
        )}
        <ProblemStatus problem={problem.value} />
        <div>
          <Button submits look="main" isBusy={isBusy.value}>
            {words().askCode}
          </Button>
        </div>
      </form>
    </>
  );
}

interface CodeProps {
  readonly challenge: string;
  readonly onBack: () => void;
  readonly onIn: () => void;
}

function Code({ challenge, onBack, onIn }: CodeProps): JSX.Element {
  const open = async (code: string): Promise<Problem | undefined> => {
    const answer = await ask<SelfSession>("POST", "/v1/self/sessions", { body: { challenge, code } });
    if (!answer.ok) return answer.problem;
    onIn();
    enter(answer.value);
    return undefined;
  };
  return (
    <div class="stack">
      <Status>{words().codeSent}</Status>
      <CodeForm label={words().code} act={words().confirm} look="main" onCode={open}>
        <Button onPress={onBack}>{words().back}</Button>
      </CodeForm>
    </div>
  );
}
