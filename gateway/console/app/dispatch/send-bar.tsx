/**
 * The last gesture, which is not the same for what is real and what is not: a button that is held, or a word that is typed; then a countdown
 * that can be called off. What the service refuses until it is confirmed is said in a sentence, and takes the gesture once more.
 */
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { Button } from "../kit/ui/button.js";
import { LastGesture } from "../kit/ui/last-gesture.js";
import { ProblemStatus, Status } from "../kit/ui/status.js";
import { peopleText } from "./counts-panel.js";
import type { Lack } from "./draft.js";
import { inLanguage } from "./message-panel.js";
import {
  askedAnew,
  begin,
  callOff,
  countDown,
  edited,
  forgetAll,
  giveUp,
  isSaved,
  open,
  save,
  saveOver,
  saveProblem,
  sending,
  stepBack,
} from "./sending.js";
import { asked, draft, missing, preview } from "./state.js";
import { wordFor, words } from "./words.js";

export function SendBar(): JSX.Element {
  const now = sending.value;
  const question = JSON.stringify(asked.value);
  const before = useRef(question);
  useEffect(() => {
    if (before.current !== question) askedAnew();
    before.current = question;
  }, [question]);
  return (
    <section class={`send ${draft.value.mode}`} aria-label={words().send}>
      {now.is === "gesture" && <Gesture />}
      {now.is === "countdown" && (
        <div class="row" role="timer" aria-live="assertive">
          <strong>{words().goesIn(now.seconds)}</strong>
          <Autofocused onPress={callOff}>{words().cancel}</Autofocused>
        </div>
      )}
      {now.is === "asking" && (
        <div class="row" role="status">
          <span>{now.attempt === 1 ? words().sending : words().askedAgain(now.attempt)}</span>
          {now.attempt > 1 && <Button onPress={giveUp}>{words().giveUp}</Button>}
        </div>
      )}
      {now.is === "refused" && <ProblemStatus problem={now.problem} />}
      {now.is === "givenUp" && <Status tone="warn">{words().givenUp}</Status>}
      {now.is === "calledOff" && <Status>{words().cancelled}</Status>}
      {(now.is === "no" || now.is === "refused" || now.is === "givenUp" || now.is === "calledOff") && <Ready />}
      <Keeping />
    </section>
  );
}

const sendWord = (): string =>
  ({ actual: words().send, exercise: words().sendExercise, test: words().sendTest })[draft.value.mode];

function Ready(): JSX.Element {
  const lacking = missing.value;
  const isReady = lacking.length === 0;
  return (
    <div class="row">
      <Button look="main" isDisabled={!isReady} onPress={begin}>
        {sendWord()} …
      </Button>
      <Button isDisabled={!isReady} onPress={() => void save()}>
        {words().save}
      </Button>
      <Button onPress={forgetAll}>{words().clear}</Button>
      {preview.value && <strong>{peopleText(preview.value.recipients)}</strong>}
      {!isReady && (
        <span class="quiet">
          {words().wanted} {lacking.map(lackText).join(", ")}
        </span>
      )}
      {isSaved.value && <Status tone="good">{words().saved}</Status>}
    </div>
  );
}

function lackText(lack: Lack): string {
  if (lack.of === "field") return inLanguage(lack.field.label);
  if (lack.of === "text") return words().lackText;
  return lack.of === "testGroup" ? words().lackGroup : words().lackArea;
}

function Gesture(): JSX.Element {
  const now = sending.value;
  const second = now.is === "gesture" ? now.second : undefined;
  return (
    <div class="stack">
      {second && (
        <Status tone="warn">{second === "TEXT_REPEATED" ? words().secondRepeated : words().secondContact}</Status>
      )}
      {preview.value?.warnings
        .filter(({ code }) => code !== second)
        .map(({ code }) => (
          <Status key={code} tone="warn">
            {wordFor(code)}
          </Status>
        ))}
      <div class="row">
        <LastGesture mode={draft.value.mode} send={sendWord()} onMade={countDown} />
        <Button onPress={stepBack}>{words().back}</Button>
        {preview.value && <strong>{peopleText(preview.value.recipients)}</strong>}
      </div>
    </div>
  );
}

/** What calls off has the focus at once: Enter or the space bar is enough. */
function Autofocused({ children, onPress }: { readonly children: string; readonly onPress: () => void }): JSX.Element {
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => button.current?.focus(), []);
  return (
    <button ref={button} type="button" class="button danger" onClick={onPress}>
      {children}
    </button>
  );
}

/** How the draft stands that is kept: it is being changed, could not be kept, or a colleague has changed it. */
function Keeping(): JSX.Element | null {
  const problem = saveProblem.value ?? (sending.value.is === "refused" ? sending.value.problem : undefined);
  const kept = edited.value;
  if (problem === undefined) return kept && <p class="quiet">{words().editing}</p>;
  if (kept === null || problem.code !== "VERSION_CHANGED") return <ProblemStatus problem={saveProblem.value} />;
  return (
    <Status tone="warn">
      {words().changedBy}
      <div class="row">
        <Button onPress={() => void open(kept.id).then(stepBack)}>{words().takeTheirs}</Button>
        <Button onPress={() => void saveOver()}>{words().keepMine}</Button>
      </div>
    </Status>
  );
}
