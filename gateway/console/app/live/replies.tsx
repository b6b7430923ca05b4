/** What came back, newest first: words and photos as they are, never as markup, with what the desk makes of each. */
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import type { Reply } from "../../../../schemas/api/action/reply.js";
import { type Answer, ask, type Problem } from "../kit/api.js";
import { clockTime } from "../kit/i18n/figures.js";
import { mayAny } from "../kit/session.js";
import { useSubmission } from "../kit/submission.js";
import { Button } from "../kit/ui/button.js";
import { ChoiceField, TextField } from "../kit/ui/field.js";
import { ProblemStatus, Status } from "../kit/ui/status.js";
import { choose, type } from "./doing.js";
import { replies, replyChanged } from "./state.js";
import { wordFor, words } from "./words.js";

const MARKS = ["useful", "success", "noise"] as const;

export function Replies({ id }: { readonly id: string }): JSX.Element {
  return (
    <section class="stack" aria-labelledby="replies-title">
      <h2 id="replies-title">
        {words().replies} ({replies.value.length})
      </h2>
      {!mayAny("replies") && <p class="quiet">{words().mayNotRead}</p>}
      {mayAny("replies") && replies.value.length === 0 && <p class="quiet">{words().noReplies}</p>}
      <ul class="replies">
        {[...replies.value].reverse().map((reply) => (
          <li key={reply.sequence}>
            <OneReply id={id} reply={reply} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function OneReply({ id, reply }: { readonly id: string; readonly reply: Reply }): JSX.Element {
  const problem = useSignal<Problem | undefined>(undefined);
  const isForwarded = useSignal(false);
  const own = `/v1/actions/${id}/replies/${reply.sequence}`;
  const { sequence, channel, receivedAt, text, media = [], answers = [], mark, complete } = reply;
  const marked = async (value: string): Promise<void> => {
    const to = MARKS.find((one) => one === value) ?? null;
    const answer = await ask("PUT", `${own}/mark`, { body: { mark: to } });
    problem.value = answer.ok ? undefined : answer.problem;
    if (answer.ok) replyChanged(sequence, { mark: to ?? undefined });
  };
  const forwarding = useSubmission(
    () => ask("POST", `${own}/forward`, { idempotencyKey: crypto.randomUUID() }),
    () => {
      isForwarded.value = true;
    },
  );
  const update = (): void => {
    choose("update");
    type({ text, reply: sequence });
  };
  return (
    <article class={`reply ${mark ?? ""}`}>
      <p class="quiet">
        {sequence} · {clockTime(receivedAt)} · {wordFor(channel)}
        {!complete && ` · ${words().incomplete}`}
      </p>
      <p class="reply-text" dir="auto">
        {text}
      </p>
      {media.map((one) => (
        <Media key={one.media} id={id} sequence={sequence} {...one} />
      ))}
      {answers.map((answer) => (
        <p key={answer.answeredAt} class="quiet">
          {words().answered(answer.text)}
        </p>
      ))}
      <div class="row">
        <ChoiceField
          label={words().mark}
          value={mark ?? ""}
          choices={["", ...MARKS].map((one) => ({
            value: one,
            label: one === "" ? words().noMark : one === "success" ? words().successMark : wordFor(one),
          }))}
          onChoose={(one) => void marked(one)}
        />
        <Button isBusy={forwarding.isBusy.value} onPress={forwarding.submit}>
          {words().forward}
        </Button>
        <Button onPress={update}>{words().toUpdate}</Button>
      </div>
      {channel === "web" && <Answering own={own} />}
      <ProblemStatus problem={problem.value ?? forwarding.problem.value} />
      {isForwarded.value && <Status tone="good">{words().forwarded}</Status>}
    </article>
  );
}

interface MediaProps {
  readonly id: string;
  readonly sequence: number;
  readonly media: string;
  readonly state: string;
  readonly kind: string | null;
  readonly refused: string | null;
}

function Media({ id, sequence, media, state, kind, refused }: MediaProps): JSX.Element {
  const path = `/v1/actions/${id}/media/${media}`;
  if (state !== "ready") return <p class="quiet">{refused ?? "…"}</p>;
  if (kind !== "photo") return <a href={path}>{words().photo(sequence)}</a>;
  return (
    <a href={path} target="_blank" rel="noreferrer">
      <img src={path} alt={words().photo(sequence)} loading="lazy" />
    </a>
  );
}

/** Whoever has the reply's code reads it, on the action's page. */
function Answering({ own }: { readonly own: string }): JSX.Element {
  const text = useSignal("");
  const isGone = useSignal(false);
  const send = (): Promise<Answer<unknown>> => {
    isGone.value = false;
    return ask("POST", `${own}/answers`, { body: { text: text.peek() }, idempotencyKey: crypto.randomUUID() });
  };
  const { isBusy, problem, submit } = useSubmission(send, () => {
    isGone.value = true;
    text.value = "";
  });
  return (
    <form class="row" onSubmit={submit}>
      <TextField
        label={words().answer}
        value={text.value}
        onInput={(value) => {
          text.value = value;
        }}
      />
      <Button submits isBusy={isBusy.value} isDisabled={text.value.trim() === ""}>
        {words().answerSend}
      </Button>
      <ProblemStatus problem={problem.value} />
      {isGone.value && <Status tone="good">{words().answerGone}</Status>}
    </form>
  );
}
