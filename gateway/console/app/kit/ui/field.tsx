/** A field with its label, a hint, and what is wrong with what stands in it, told to a screen reader with it. */
import type { ComponentChildren, InputHTMLAttributes, JSX } from "preact";
import { useId } from "preact/hooks";

interface Common {
  readonly label: string;
  readonly hint?: ComponentChildren;
  /** What is wrong; undefined where nothing is. */
  readonly wrong?: string | undefined;
  readonly isRequired?: boolean;
  readonly isDisabled?: boolean;
}

interface TextProps extends Common {
  readonly value: string;
  readonly onInput: (value: string) => void;
  readonly type?: "text" | "password" | "email" | "tel" | "search" | "number" | "date" | "time" | "datetime-local";
  /** Several lines. */
  readonly isLong?: boolean;
  readonly maxLength?: number;
  readonly autocomplete?: string;
  readonly inputMode?: "text" | "numeric" | "tel" | "email" | "decimal";
  readonly placeholder?: string;
}

export function TextField(props: TextProps): JSX.Element {
  const { value, onInput, type = "text", isLong = false, maxLength, autocomplete = "off", inputMode } = props;
  return (
    <Labelled {...props}>
      {(given) => {
        const same = {
          ...{ ...given, value, maxLength, placeholder: props.placeholder, required: props.isRequired },
          disabled: props.isDisabled,
          onInput: (event: { readonly currentTarget: { readonly value: string } }) =>
            onInput(event.currentTarget.value),
        };
        // Preact's types tell inputs apart by the word of their type, which is not known here.
        const input = { ...same, type, inputMode, autocomplete } as InputHTMLAttributes<HTMLInputElement>;
        return isLong ? <textarea {...same} /> : <input {...input} />;
      }}
    </Labelled>
  );
}

interface ChoiceProps extends Common {
  readonly value: string;
  readonly onChoose: (value: string) => void;
  readonly choices: readonly { readonly value: string; readonly label: string }[];
}

export function ChoiceField(props: ChoiceProps): JSX.Element {
  return (
    <Labelled {...props}>
      {(given) => (
        <select
          {...given}
          value={props.value}
          disabled={props.isDisabled}
          onChange={(event) => props.onChoose(event.currentTarget.value)}
        >
          {props.choices.map(({ value, label }) => (
            <option key={value} value={value}>
              {label}
            </option>
          ))}
        </select>
      )}
    </Labelled>
  );
}

interface CheckProps extends Common {
  readonly isOn: boolean;
  readonly onSwitch: (isOn: boolean) => void;
}

export function CheckField({ label, hint, isOn, onSwitch, isDisabled }: CheckProps): JSX.Element {
  const id = useId();
  return (
    <div>
      <label class="check">
        <input
          type="checkbox"
          checked={isOn}
          disabled={isDisabled}
          aria-describedby={hint ? `${id}-hint` : undefined}
          onChange={(event) => onSwitch(event.currentTarget.checked)}
        />
        <span>{label}</span>
      </label>
      {hint && (
        <div id={`${id}-hint`} class="quiet">
          {hint}
        </div>
      )}
    </div>
  );
}

interface Given {
  readonly id: string;
  readonly "aria-invalid": true | undefined;
  readonly "aria-describedby": string | undefined;
}

function Labelled({ label, hint, wrong, children }: Common & { children: (given: Given) => JSX.Element }): JSX.Element {
  const id = useId();
  const described = [hint ? `${id}-hint` : "", wrong ? `${id}-wrong` : ""].filter((one) => one !== "").join(" ");
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {hint && (
        <div id={`${id}-hint`} class="quiet">
          {hint}
        </div>
      )}
      {children({
        id,
        "aria-invalid": wrong ? true : undefined,
        "aria-describedby": described === "" ? undefined : described,
      })}
      {wrong && (
        <div id={`${id}-wrong`} class="wrong">
          {wrong}
        </div>
      )}
    </div>
  );
}
