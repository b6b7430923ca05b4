/** What can be done with the action now: one at a time, each with what follows from it in a sentence, and the last gesture where people get something. */
import type { JSX } from "preact";
import type { Action } from "../../../../schemas/api/api.js";
import { go } from "../kit/router.js";
import { mayAny } from "../kit/session.js";
import { Button } from "../kit/ui/button.js";
import { CheckField, ChoiceField, TextField } from "../kit/ui/field.js";
import { LastGesture } from "../kit/ui/last-gesture.js";
import { ProblemStatus, Status } from "../kit/ui/status.js";
import type { Area } from "../map/areas.js";
import { choose, doing, giveUp, perform, type, typed } from "./doing.js";
import { type Act, mayDo } from "./may.js";
import { counts, drawAnew, drawNothing } from "./state.js";
import { WideningFields, widenFrom, widening } from "./widening.js";
import { wordFor, words } from "./words.js";

/** Nobody gets anything by these: a press is enough. */
const QUIET: readonly Act[] = ["stop", "copy", "edit"];

export function Acts({ action }: { readonly action: Action }): JSX.Element | null {
  if (!mayAny("draft", "dispatch")) return null;
  const { status, reason, stoppedAt } = action;
  const may = mayDo({ status, reason, stoppedAt, counts: counts.value });
  const { act, of } = typed.value;
  const chosen = of === action.id && act !== null ? act : undefined;
  return (
    <section class="stack" aria-labelledby="acts-title">
      <h2 id="acts-title">{words().acts}</h2>
      <div class="row">
        {may.map((one) => (
          <Button key={one} isPressed={one === chosen} onPress={() => begin(one, action)}>
            {wordFor(`act_${one}`)}
          </Button>
        ))}
      </div>
      {chosen && <Chosen act={chosen} action={action} isPossible={may.includes(chosen)} />}
      {!chosen && <DoingStatus />}
    </section>
  );
}

function begin(act: Act, { id, area }: Action): void {
  if (act === "edit") go(`/console/dispatch/${id}`);
  else if (act === "copy") void perform("/copies", {}).then((made) => made && go(`/console/dispatch/${made.id}`));
  else {
    choose(act);
    if (act === "widen") {
      widenFrom(area as Area);
      drawAnew();
    } else drawNothing();
  }
}

/** Who brought it to where it is. */
function endedBy({ status, actors }: Action): string {
  const actor = status === "stopped" ? actors.stopped : (actors.corrected ?? actors.ended);
  return actor?.name ?? wordFor(status);
}

interface ChosenProps {
  readonly act: Act;
  readonly action: Action;
  /** False where a colleague was first: what was typed stays to be read, and goes nowhere. */
  readonly isPossible: boolean;
}

function Chosen({ act, action, isPossible }: ChosenProps): JSX.Element {
  const send = (): void => void carry(act, action);
  const mayGo = isPossible && doing.value.is !== "asking";
  return (
    <div class={`act stack ${action.mode}`}>
      <p>{wordFor(`say_${act}`)}</p>
      {(act === "update" || act === "correct" || act === "end") && (
        <SayingFields act={act} isOfKind={action.fields !== null} />
      )}
      {act === "end" && <EndFields />}
      {act === "widen" && <WideningFields />}
      {!isPossible && doing.value.is === "no" && <Status tone="warn">{words().happened(endedBy(action))}</Status>}
      <DoingStatus />
      <div class="row">
        {mayGo && QUIET.includes(act) && (
          <Button look="danger" onPress={send}>
            {wordFor(`act_${act}`)}
          </Button>
        )}
        {mayGo && !QUIET.includes(act) && <LastGesture mode={action.mode} send={words().send} onMade={send} />}
        <Button
          onPress={() => {
            choose(null);
            drawNothing();
          }}
        >
          {words().close}
        </Button>
      </div>
    </div>
  );
}

interface SayingProps {
  readonly act: Act;
  /** Whether the kind makes the text, of what is filled in here. */
  readonly isOfKind: boolean;
}

function SayingFields({ act, isOfKind }: SayingProps): JSX.Element {
  const asked = act === "update" ? words().news : words().result;
  const label = isOfKind && act !== "correct" ? asked : words().text;
  return (
    <TextField
      label={label}
      isLong
      maxLength={TEXT_CHARACTERS}
      value={typed.value.text}
      onInput={(text) => type({ text })}
    />
  );
}

/** What the API takes. */
const TEXT_CHARACTERS = 1_530;
const OUTCOMES = ["success", "partialSuccess", "noSuccess", "cancelled"] as const;
/** Of these it is asked whether participants led to it. */
const led = (outcome: string): boolean => outcome === "success" || outcome === "partialSuccess";

function EndFields(): JSX.Element {
  const { outcome, direct, caughtInTheAct } = typed.value;
  return (
    <>
      <ChoiceField
        label={words().outcome}
        value={outcome}
        choices={OUTCOMES.map((one) => ({ value: one, label: wordFor(one) }))}
        onChoose={(one) => type({ outcome: OUTCOMES.find((known) => known === one) ?? "success" })}
      />
      {led(outcome) && <CheckField label={words().direct} isOn={direct} onSwitch={(isOn) => type({ direct: isOn })} />}
      {led(outcome) && (
        <CheckField
          label={words().caughtInTheAct}
          isOn={caughtInTheAct}
          onSwitch={(isOn) => type({ caughtInTheAct: isOn })}
        />
      )}
    </>
  );
}

async function carry(act: Act, action: Action): Promise<void> {
  const asked = asking(act, action);
  if (asked === undefined) return;
  const done = await perform(...asked);
  if (done && act === "widen") drawNothing();
}

/** Path and body; undefined where something is still wanted. */
function asking(act: Act, action: Action): readonly [string, object | undefined] | undefined {
  const { text, reply, outcome, direct, caughtInTheAct } = typed.value;
  const said = text.trim();
  // What the kind makes of the fields says who speaks and whom to call; a text of one's own would have to.
  const hasFields = action.fields !== null;
  const news = hasFields ? { fields: { news: said } } : { text: said };
  const ending = said === "" ? {} : hasFields ? { fields: { result: said } } : { text: said };
  switch (act) {
    case "update":
      return said === "" ? undefined : ["/updates", { ...news, ...(reply !== null && { reply }) }];
    case "correct":
      return ["/correction", said === "" ? {} : { text: said }];
    case "end":
      return ["/end", { ...ending, outcome, ...(led(outcome) && { direct, caughtInTheAct }) }];
    case "widen":
      return widening();
    case "anyway":
      return ["/dispatch", { allowNobody: true }];
    case "dispatch":
      return ["/dispatch", {}];
    default:
      return [`/${act}`, undefined];
  }
}

function DoingStatus(): JSX.Element | null {
  const now = doing.value;
  if (now.is === "asking") {
    return (
      <div class="row" role="status">
        {now.attempt === 1 ? words().doing : words().askedAgain(now.attempt)}
        {now.attempt > 1 && <Button onPress={giveUp}>{words().giveUp}</Button>}
      </div>
    );
  }
  if (now.is === "overtaken") return <Status tone="warn">{words().happened(now.by)}</Status>;
  if (now.is === "givenUp") return <Status tone="warn">{words().givenUp}</Status>;
  if (now.is === "refused") return <ProblemStatus problem={now.problem} />;
  if (now.is === "no") return null;
  return <Status tone="warn">{now.word === "TEXT_REPEATED" ? words().secondRepeated : words().secondContact}</Status>;
}
