/** How far the wave on its way is: a bar of states with words and numbers, the rate, the time that is left, and what carriers refuse. */
import type { JSX } from "preact";
import type { Action, Counts } from "../../../../schemas/api/api.js";
import type { RecipientState } from "../../../../schemas/words.js";
import { clockTime, count, duration } from "../kit/i18n/figures.js";
import { watchedCarriers } from "../kit/monitor.js";
import { Status } from "../kit/ui/status.js";
import { counts, watched } from "./state.js";
import { wordFor, words } from "./words.js";

/** From what is best to what is worst; what may be twice is counted among them. */
const STATES: readonly RecipientState[] = [
  ...(["delivered", "acknowledged", "intended", "pending"] as const),
  ...(["unknown", "failed", "expired", "stopped"] as const),
];

/** "failed" and "stopped" are words for an action too. */
const stateWord = (state: string): string =>
  state === "failed" ? words().failedState : state === "stopped" ? words().stoppedState : wordFor(state);

export function Progress({ action }: { readonly action: Action }): JSX.Element {
  const now = watched.value;
  const recipients = now?.recipients ?? action.waves.at(-1)?.recipients ?? 0;
  const reached = counts.value.acknowledged + counts.value.delivered;
  const figures = [
    now?.answeredPerSecond ? words().rate(count(now.answeredPerSecond)) : "",
    now?.secondsLeft !== null && now?.secondsLeft !== undefined ? words().left(duration(now.secondsLeft)) : "",
    lateText(now?.lateMs ?? null),
    now?.nextAt ? words().next(clockTime(now.nextAt)) : "",
    words().expires(clockTime(action.expiresAt)),
  ];
  const waiting = action.waves.reduce((sum, { withoutCarrier }) => sum + withoutCarrier, 0);
  return (
    <section class="stack" aria-labelledby="progress-title">
      <h2 id="progress-title">{words().progress}</h2>
      <p class="figure">
        <strong>{words().of(count(reached), count(recipients))}</strong>
      </p>
      <Bar counts={counts.value} recipients={recipients} />
      <p class="quiet">{figures.filter((figure) => figure !== "").join(" · ")}</p>
      {waiting > 0 && <Status tone="warn">{words().withoutCarrier(count(waiting))}</Status>}
      <Errors action={action} />
    </section>
  );
}

function lateText(lateMs: number | null): string {
  if (lateMs === null || Math.abs(lateMs) < 1_000) return "";
  const time = duration(Math.abs(lateMs) / 1_000);
  return lateMs > 0 ? words().late(time) : words().early(time);
}

/** Each state with its pattern and its word: the colour alone says nothing. */
function Bar({ counts: all, recipients }: { readonly counts: Counts; readonly recipients: number }): JSX.Element {
  const shown = STATES.filter((state) => all[state] > 0);
  return (
    <div>
      <div class="bar" aria-hidden="true">
        {shown.map((state) => (
          <div
            key={state}
            class={`part ${state}`}
            style={{ width: `${(100 * all[state]) / Math.max(1, recipients)}%` }}
          />
        ))}
      </div>
      <ul class="legend">
        {shown.map((state) => (
          <li key={state}>
            <span class={`part ${state}`} aria-hidden="true" /> {stateWord(state)} <strong>{count(all[state])}</strong>
          </li>
        ))}
        {all.possibleDuplicates > 0 && (
          <li>
            {words().possibleDuplicates} <strong>{count(all.possibleDuplicates)}</strong>
          </li>
        )}
      </ul>
    </div>
  );
}

function Errors({ action }: { readonly action: Action }): JSX.Element {
  const failures = action.waves.flatMap((wave) => wave.failures);
  const carriers = [...watchedCarriers.value.values()].filter(
    ({ refused, throttled, binds }) => refused > 0 || throttled > 0 || binds.bound < binds.configured,
  );
  if (failures.length === 0 && carriers.length === 0) return <p class="quiet">{words().noErrors}</p>;
  return (
    <div>
      <h3>{words().errors}</h3>
      <ul>
        {failures.map(({ cause, code, times }, at) => (
          <li key={at}>
            {wordFor(`cause_${cause}`)} ({code}): <strong>{count(times)}</strong>
          </li>
        ))}
        {carriers.map(({ name, refused, throttled, binds }) => (
          <li key={name}>
            {name}: {words().bound(binds.bound, binds.configured)}, {words().refused(count(refused))},{" "}
            {words().throttled(count(throttled))}
          </li>
        ))}
      </ul>
    </div>
  );
}
