/** A button that says what it does. While it works it can't be pressed twice, and keeps its focus. */
import type { ComponentChildren, JSX } from "preact";

interface Props {
  readonly children: ComponentChildren;
  readonly onPress?: () => void;
  /** "main": the one gesture of a screen; "danger": what can't be undone. */
  readonly look?: "main" | "danger";
  /** What was asked for is under way. */
  readonly isBusy?: boolean;
  readonly isDisabled?: boolean;
  /** In a form: pressing Enter in a field is pressing it. */
  readonly submits?: boolean;
  /** Of a button that is on or off. */
  readonly isPressed?: boolean;
  readonly label?: string;
}

export function Button(props: Props): JSX.Element {
  const { children, onPress, look, isBusy = false, isDisabled = false, submits = false, isPressed, label } = props;
  return (
    <button
      type={submits ? "submit" : "button"}
      class={look ? `button ${look}` : "button"}
      disabled={isDisabled}
      aria-disabled={isBusy || undefined}
      aria-busy={isBusy || undefined}
      aria-pressed={isPressed}
      aria-label={label}
      onClick={(event) => {
        if (isBusy) event.preventDefault();
        else onPress?.();
      }}
    >
      {children}
    </button>
  );
}
