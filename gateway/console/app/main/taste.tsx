/** Language and appearance, as the person likes them. */
import type { Signal } from "@preact/signals";
import type { JSX } from "preact";
import { LANGUAGES, language } from "../kit/i18n/language.js";
import { THEMES, theme } from "../kit/theme.js";
import { words } from "./words.js";

const NAMES = { nl: "Nederlands", en: "English" } as const;

export function Taste(): JSX.Element {
  return (
    <span class="row taste">
      <Choice label={words().language} all={LANGUAGES} chosen={language} nameOf={(one) => NAMES[one]} isInItself />
      <Choice label={words().theme} all={THEMES} chosen={theme} nameOf={(one) => words()[one]} />
    </span>
  );
}

interface ChoiceProps<Value extends string> {
  readonly label: string;
  readonly all: readonly Value[];
  readonly chosen: Signal<Value>;
  readonly nameOf: (one: Value) => string;
  /** Each is a language, named in itself. */
  readonly isInItself?: boolean;
}

function Choice<Value extends string>(props: ChoiceProps<Value>): JSX.Element {
  const { label, all, chosen, nameOf, isInItself = false } = props;
  return (
    <select
      aria-label={label}
      value={chosen.value}
      onChange={({ currentTarget }) => {
        chosen.value = all.find((one) => one === currentTarget.value) ?? chosen.peek();
      }}
    >
      {all.map((one) => (
        <option key={one} value={one} lang={isInItself ? one : undefined}>
          {nameOf(one)}
        </option>
      ))}
    </select>
  );
}
