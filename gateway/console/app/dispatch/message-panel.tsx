/** What it is about and what is filled in: the kind with its fields, or a text of one's own; and whether it is real. */
import type { JSX } from "preact";
import type { Mode } from "../../../../schemas/words.js";
import { language } from "../kit/i18n/language.js";
import { CheckField, ChoiceField, TextField } from "../kit/ui/field.js";
import { Status } from "../kit/ui/status.js";
import type { Field } from "./draft.js";
import { change, draft, kind, kinds, testGroups } from "./state.js";
import { words } from "./words.js";

const MODES: readonly Mode[] = ["actual", "exercise", "test"];
const TEXT_CHARACTERS = 1_530;
const FIELD_CHARACTERS = 300;
/** What the API takes. */
const ENOUGH_MOST = 100_000;

/** Dutch, where a kind has no words in the language of the page. */
export function inLanguage(texts: Readonly<Record<string, string>>): string {
  return texts[language.value] ?? texts.nl ?? "";
}

export function MessagePanel(): JSX.Element {
  const { ownText, mode, extreme, enough } = draft.value;
  return (
    <section class="stack" aria-labelledby="message-title">
      <h2 id="message-title">{words().message}</h2>
      <ModeChoice />
      <ChoiceField
        label={words().kind}
        value={draft.value.kind}
        choices={kinds.value.map(({ id, names }) => ({ value: id, label: inLanguage(names) }))}
        onChoose={(id) => change({ kind: id })}
      />
      {ownText === null && kind.value?.fields.map((field) => <KindField key={field.name} field={field} />)}
      {ownText !== null && (
        <TextField
          label={words().text}
          isLong
          maxLength={TEXT_CHARACTERS}
          value={ownText}
          onInput={(text) => change({ ownText: text })}
        />
      )}
      <CheckField
        label={words().ownText}
        isOn={ownText !== null}
        onSwitch={(isOn) => change({ ownText: isOn ? "" : null })}
      />
      {mode === "actual" && (
        <CheckField
          label={words().extreme}
          hint={words().extremeHint}
          isOn={extreme}
          onSwitch={(isOn) => change({ extreme: isOn })}
        />
      )}
      <TextField
        label={words().enough}
        hint={words().enoughHint}
        inputMode="numeric"
        value={enough === 0 ? "" : String(enough)}
        onInput={(text) => change({ enough: Math.min(ENOUGH_MOST, Number.parseInt(text, 10) || 0) })}
      />
    </section>
  );
}

function ModeChoice(): JSX.Element {
  const { mode, testGroup } = draft.value;
  return (
    <>
      <fieldset class="modes">
        <legend>{words().mode}</legend>
        {MODES.map((one) => (
          <label key={one} class="check">
            <input type="radio" name="mode" checked={one === mode} onChange={() => change({ mode: one })} />
            {words()[one]}
          </label>
        ))}
      </fieldset>
      {mode !== "actual" && testGroups.value.length === 0 && <Status tone="warn">{words().noTestGroups}</Status>}
      {mode !== "actual" && testGroups.value.length > 0 && (
        <ChoiceField
          label={words().testGroup}
          hint={words().testGroupHint}
          value={testGroup}
          choices={["", ...testGroups.value].map((name) => ({ value: name, label: name || words().choose }))}
          onChoose={(name) => change({ testGroup: name })}
        />
      )}
    </>
  );
}

function KindField({ field }: { readonly field: Field }): JSX.Element {
  const { name, required, choices, example } = field;
  const value = draft.value.fields[name] ?? "";
  // As they are by then: what fills in several fields at once does not wait for the page.
  const fill = (text: string): void => change({ fields: { ...draft.peek().fields, [name]: text } });
  const label = required ? inLanguage(field.label) : `${inLanguage(field.label)} (${words().optional})`;
  if (choices === undefined) {
    const hint = words().example(example);
    return <TextField label={label} value={value} placeholder={hint} maxLength={FIELD_CHARACTERS} onInput={fill} />;
  }
  const offered = Object.entries(choices).map(([choice, names]) => ({ value: choice, label: inLanguage(names) }));
  return (
    <ChoiceField
      label={label}
      value={offered.some((one) => one.value === value) ? value : ""}
      choices={[{ value: "", label: words().choose }, ...offered]}
      onChoose={fill}
    />
  );
}
