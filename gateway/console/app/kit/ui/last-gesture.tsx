/**
 * The last gesture before something goes out to people. What is real is sent by a button that is held for a second, so that a slip of the hand
 * sends nothing; an exercise or a test by typing that word, so that nobody takes one for the other.
 */
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { Mode } from "../../../../../schemas/words.js";
import { type SameWords, wordsOf } from "../i18n/language.js";
import { Button } from "./button.js";
import { TextField } from "./field.js";

const nl = {
  hold: "Houd ingedrukt om te verzenden",
  holding: "Blijf ingedrukt houden …",
  holdHint: "Een tel lang, met de muis, of met Enter of de spatiebalk.",
  typeWord: (word: string) => `Typ ${word} om te verzenden`,
  exercise: "OEFENING",
  test: "TEST",
};
const en: SameWords<typeof nl> = {
  hold: "Hold to send",
  holding: "Keep holding …",
  holdHint: "For a second, with the mouse, or with Enter or the space bar.",
  typeWord: (word) => `Type ${word} to send`,
  exercise: "EXERCISE",
  test: "TEST",
};
const words = wordsOf({ nl, en });

const HOLD_MS = 1_000;

/** What is not real says so, in large letters, wherever it stands. */
export function ModeBand({ mode }: { readonly mode: Mode }): JSX.Element | null {
  return mode === "actual" ? null : <p class="band">{words()[mode]}</p>;
}

interface Props {
  readonly mode: Mode;
  /** What its button says. */
  readonly send: string;
  readonly onMade: () => void;
}

export function LastGesture({ mode, send, onMade }: Props): JSX.Element {
  return mode === "actual" ? (
    <HoldButton onMade={onMade} />
  ) : (
    <WordField word={words()[mode]} send={send} onMade={onMade} />
  );
}

function HoldButton({ onMade }: Pick<Props, "onMade">): JSX.Element {
  const isHeld = useSignal(false);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    button.current?.focus();
    return () => clearTimeout(timer.current);
  }, []);
  const press = (): void => {
    if (isHeld.value) return;
    isHeld.value = true;
    timer.current = setTimeout(onMade, HOLD_MS);
  };
  const lift = (): void => {
    clearTimeout(timer.current);
    isHeld.value = false;
  };
  return (
    <span>
      <button
        ref={button}
        type="button"
        class={isHeld.value ? "button danger hold held" : "button danger hold"}
        aria-describedby="hold-hint"
        onPointerDown={press}
        onPointerUp={lift}
        onPointerLeave={lift}
        onBlur={lift}
        onKeyDown={(event) => {
          if (event.key !== "Enter" && event.key !== " ") return;
          event.preventDefault();
          if (!event.repeat) press();
        }}
        onKeyUp={lift}
      >
        {isHeld.value ? words().holding : words().hold}
      </button>{" "}
      <span id="hold-hint" class="quiet">
        {words().holdHint}
      </span>
    </span>
  );
}

function WordField({ word, send, onMade }: Omit<Props, "mode"> & { readonly word: string }): JSX.Element {
  const text = useSignal("");
  const isTyped = text.value.trim().toUpperCase() === word;
  return (
    <form
      class="row"
      onSubmit={(event) => {
        event.preventDefault();
        if (isTyped) onMade();
      }}
    >
      <TextField
        label={words().typeWord(word)}
        value={text.value}
        onInput={(value) => {
          text.value = value;
        }}
      />
      <Button submits look="main" isDisabled={!isTyped}>
        {send}
      </Button>
    </form>
  );
}
