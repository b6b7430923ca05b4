/** Who would get it and who would not, and why; when it would be done, for how much, and what else goes on there. */
import type { JSX } from "preact";
import type { Preview } from "../../../../schemas/api/api.js";
import { clockTime, count, duration } from "../kit/i18n/figures.js";
import { money } from "../kit/i18n/money.js";
import { Button } from "../kit/ui/button.js";
import { ProblemStatus, Status } from "../kit/ui/status.js";
import { inLanguage } from "./message-panel.js";
import { countAgain, isCounting, kinds, nearby, preview, previewProblem } from "./state.js";
import { wordFor, words } from "./words.js";

export function CountsPanel(): JSX.Element {
  const known = preview.value;
  const problem = previewProblem.value;
  const isSpent = problem?.code === "PREVIEWS_EXCEEDED";
  return (
    <section class="stack" aria-labelledby="who-title" aria-busy={isCounting.value}>
      <h2 id="who-title">{words().who}</h2>
      {isSpent ? <Status tone="warn">{words().PREVIEWS_EXCEEDED}</Status> : <ProblemStatus problem={problem} />}
      {problem && <Button onPress={countAgain}>↻</Button>}
      {known === undefined && !problem && <p>{isCounting.value ? words().counting : words().drawFirst}</p>}
      {known && <Known preview={known} />}
      <Nearby />
    </section>
  );
}

export function peopleText(recipients: number): string {
  if (recipients === 0) return words().nobody;
  return recipients === 1 ? words().onePerson : words().people(count(recipients));
}

function Known({ preview: known }: { readonly preview: Preview }): JSX.Element {
  const { nearest, forecast, fatigue, warnings } = known;
  return (
    <div class="stack">
      <p class="figure" aria-live="polite">
        <strong id="recipients">{peopleText(known.recipients)}</strong>
        {isCounting.value && <span class="quiet"> · {words().counting}</span>}
      </p>
      {nearest && <p>{words().nearest(count(nearest.enough), count(nearest.radiusMeters))}</p>}
      {warnings.map(({ code }) => (
        <Status key={code} tone="warn">
          {wordFor(code)}
        </Status>
      ))}
      <p>
        {forecast.finishedAt ? words().done(clockTime(forecast.finishedAt)) : words().doneUnknown}
        {forecast.durationMs > 0 && `, ${words().takes(duration(forecast.durationMs / 1_000))}`}
        {" · "}
        {forecast.cost ? words().cost(money(forecast.cost)) : words().costUnknown}
      </p>
      {forecast.waitingSegments > 0 && <p class="quiet">{words().waits(count(forecast.waitingSegments))}</p>}
      <p class="quiet">
        {fatigue.area === null
          ? words().fatigueUnknown
          : words().fatigue(fatigue.area.toFixed(1), fatigue.country?.toFixed(1) ?? "?")}
      </p>
      <div class="breakdown">
        <Breakdown title={words().byChannel} counts={known.channels} name={wordFor} />
        <Breakdown title={words().byLanguage} counts={known.languages} name={(code) => code.toUpperCase()} />
        <Breakdown title={words().leftOut} counts={known.leftOut} name={wordFor} />
      </div>
    </div>
  );
}

interface BreakdownProps {
  readonly title: string;
  /** Null where the number may not be told. */
  readonly counts: Readonly<Record<string, number | null>>;
  readonly name: (code: string) => string;
}

/** Those of which there are any; what is hidden is said to be so where there is nothing else to say. */
function Breakdown({ title, counts, name }: BreakdownProps): JSX.Element {
  const rows = Object.entries(counts).filter(([, value]) => value !== 0);
  return (
    <table>
      <caption>{title}</caption>
      <tbody>
        {rows.map(([code, value]) => (
          <tr key={code}>
            <th scope="row">{name(code)}</th>
            <td>{value === null ? words().untold : count(value)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Nearby(): JSX.Element | null {
  if (preview.value === undefined) return null;
  if (nearby.value.length === 0) return <p class="quiet">{words().nothingNearby}</p>;
  return (
    <div>
      <h3>{words().nearby}</h3>
      <ul>
        {nearby.value.map(({ id, kind, text }) => (
          <li key={id}>
            <a href={`/console/live/${id}`}>
              {inLanguage(kinds.value.find((one) => one.id === kind)?.names ?? { nl: kind })}
            </a>{" "}
            <span class="quiet">{text}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}
