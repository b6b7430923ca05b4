/** The messages as phones will show them, one for each language and need that gets its own, with what each costs and what could be better. */
import type { JSX } from "preact";
import type { Preview } from "../../../../schemas/api/api.js";
import { money } from "../kit/i18n/money.js";
import { peopleText } from "./counts-panel.js";
import { preview } from "./state.js";
import { wordFor, words } from "./words.js";

type Shown = Preview["texts"][number];

export function PhonesPanel(): JSX.Element {
  const texts = preview.value?.texts ?? [];
  return (
    <section class="stack" aria-labelledby="phones-title">
      <h2 id="phones-title">{words().phones}</h2>
      {texts.length === 0 && <p>{words().fillFirst}</p>}
      <ul class="phones">
        {texts.map((text) => (
          <li key={`${text.language} ${text.need}`}>
            <Phone shown={text} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function Phone({ shown }: { readonly shown: Shown }): JSX.Element {
  const { language, need, text, recipients, segmentsPerMessage, outside, costPerMessage, suggestion, advice } = shown;
  const whose = language === null ? words().everybody : language.toUpperCase();
  const figures = [
    words().parts(segmentsPerMessage),
    costPerMessage ? words().each(money(costPerMessage)) : "",
    recipients === null ? "" : words().forPeople(peopleText(recipients)),
  ];
  return (
    <article class="phone">
      <h3>{need === null ? whose : `${whose}, ${wordFor(need)}`}</h3>
      {/* What participants read is in their language, and may run from right to left. */}
      <blockquote lang={language ?? "nl"} dir="auto">
        {text}
      </blockquote>
      <p class="quiet">{figures.filter((figure) => figure !== "").join(" · ")}</p>
      {outside.length > 0 && <p class="advice">{words().dear(outside.join(" "))}</p>}
      {suggestion && <p class="advice">{words().cheaper(suggestion.text, suggestion.segmentsPerMessage)}</p>}
      {advice.map(({ code, found }) => (
        <p key={code} class="advice">
          {wordFor(code)}
          {found && `: ${found}`}
        </p>
      ))}
    </article>
  );
}
