/** Running actions, and one of them: the map, how far it is, what came back, and what can be done. */
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import type { Action, ActionPage } from "../../../../schemas/api/api.js";
import { ask, type Problem } from "../kit/api.js";
import { clockTime, count } from "../kit/i18n/figures.js";
import { language } from "../kit/i18n/language.js";
import { staleSince, watchedActions, watchMonitor } from "../kit/monitor.js";
import { ModeBand } from "../kit/ui/last-gesture.js";
import { ProblemStatus, Status } from "../kit/ui/status.js";
import { Table } from "../kit/ui/table.js";
import { type Area, areaOf, placesOf, type Shape } from "../map/areas.js";
import { country, loadCountry } from "../map/country.js";
import { MapView } from "../map/map-view.js";
import { shapesOf } from "../map/shown.js";
import { boxOf, COUNTRY, fitted, type View } from "../map/view.js";
import { Acts } from "./acts.js";
import { Progress } from "./progress.js";
import { Replies } from "./replies.js";
import { Rounds } from "./rounds.js";
import { action, drawing, drawn, enter, kindNames, loadKinds, problem, view } from "./state.js";
import { ahead } from "./widening.js";
import { wordFor, words } from "./words.js";

/** `rest`: the id of an action; the list without one. */
export function Room({ rest }: { readonly rest: string }): JSX.Element {
  return rest === "" ? <List /> : <One key={rest} id={rest} />;
}

function Stale(): JSX.Element | null {
  const since = staleSince.value;
  return since === undefined ? null : <Status tone="warn">{words().stale(clockTime(since))}</Status>;
}

function List(): JSX.Element {
  const page = useSignal<readonly Action[]>([]);
  const failed = useSignal<Problem | undefined>(undefined);
  useEffect(watchMonitor, []);
  const known = [...watchedActions.value.keys()].join();
  useEffect(() => {
    void ask<ActionPage>("GET", "/v1/actions?limit=50").then((answer) => {
      failed.value = answer.ok ? undefined : answer.problem;
      if (answer.ok) page.value = answer.value.actions;
    });
  }, [known]);
  return (
    <div class="stack">
      <h1>{words().title}</h1>
      <Stale />
      <ProblemStatus problem={failed.value} />
      <Table
        caption={words().list}
        empty={words().none}
        rows={page.value}
        keyOf={({ id }) => id}
        columns={[
          { title: words().text, show: ({ id, text }) => <a href={`/console/live/${id}`}>{text || id}</a> },
          { title: words().state, show: ({ id, status }) => wordFor(watchedActions.value.get(id)?.status ?? status) },
          { title: words().startedAt, show: ({ createdAt }) => clockTime(createdAt) },
          {
            title: words().recipients,
            show: ({ id, waves }) => count(watchedActions.value.get(id)?.recipients ?? waves.at(-1)?.recipients ?? 0),
            isNumber: true,
          },
        ]}
      />
    </div>
  );
}

function One({ id }: { readonly id: string }): JSX.Element {
  useEffect(() => enter(id), [id]);
  useEffect(() => void loadCountry(), []);
  useEffect(() => void loadKinds(), []);
  const now = action.value;
  useEffect(() => {
    // What it is about is what the map begins with.
    if (now) lookAt(now, ahead.value);
  }, [now?.id, JSON.stringify(ahead.value)]);
  return (
    <div class={`live ${now?.mode ?? "actual"}`}>
      <ModeBand mode={now?.mode ?? "actual"} />
      <div class="live-map">{now && <LiveMap action={now} />}</div>
      <div class="live-side stack">
        <p>
          <a href="/console/live">{words().back}</a>
        </p>
        <Stale />
        <ProblemStatus problem={problem.value} />
        {now && <Shown action={now} />}
      </div>
    </div>
  );
}

function Shown({ action: now }: { readonly action: Action }): JSX.Element {
  const status = watchedActions.value.get(now.id)?.status ?? now.status;
  return (
    <>
      <h1>
        {kindNames.value.get(now.kind)?.[language.value] ?? kindNames.value.get(now.kind)?.nl ?? now.kind}:{" "}
        {wordFor(status)}
      </h1>
      <p class="said" dir="auto">
        {now.text}
      </p>
      {now.reason && (
        <Status tone={now.status === "failed" || now.status === "held" ? "bad" : "plain"}>{now.reason.detail}</Status>
      )}
      <Acts action={now} />
      <Progress action={now} />
      <Replies id={now.id} />
      <Rounds action={now} />
    </>
  );
}

/** All that is to be seen of it, rings that are still to come too. */
function lookAt({ area }: Action, shapes: readonly Shape[]): void {
  const places = [...placesOf(area as Area), ...shapes.flatMap((shape) => placesOf(areaOf([shape])!))];
  view.value = fitted(view.value, boxOf(places) ?? COUNTRY);
}

/** The dots of those who are reached go into `overlay` of the map. */
function LiveMap({ action: now }: { readonly action: Action }): JSX.Element {
  const asked = now.rounds.flatMap(({ area }) => (area ? shapesOf(area as Area) : []));
  const own = drawing.value && { drawing: drawing.value };
  return (
    <MapView
      words={{ map: words().map, help: words().mapHelp, nearer: words().nearer, farther: words().farther }}
      view={view.value}
      setView={(next) => show(next, now)}
      layers={country.value}
      shapes={[...shapesOf(now.area as Area), ...drawn.value]}
      others={[...asked, ...ahead.value]}
      {...own}
      onStep={(step) => {
        drawing.value = step.drawing;
        if (step.shape) drawn.value = [...drawn.value, step.shape];
      }}
    />
  );
}

function show(next: View, { area }: Action): void {
  const isFirst = view.value.width === 0 && next.width > 0;
  view.value = isFirst ? fitted(next, boxOf(placesOf(area as Area)) ?? COUNTRY) : next;
}
