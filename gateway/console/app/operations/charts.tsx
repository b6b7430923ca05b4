/** Charts of the carriers over an hour, a day or a month, from what the service keeps. */
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useMemo } from "preact/hooks";
import type { CarrierHistory, HistoryQuery } from "../../../../schemas/history/history.js";
import { ask, Latest, type Problem } from "../kit/api.js";
import { Chart, type Line, short } from "../kit/chart/chart.js";
import { language } from "../kit/i18n/language.js";
import { ChoiceField } from "../kit/ui/field.js";
import { ProblemStatus } from "../kit/ui/status.js";
import { details } from "./details.js";
import { words } from "./words.js";

const SPANS: readonly HistoryQuery["span"][] = ["hour", "day", "month"];
const EVERY_MS = 20_000;
const ALL = "";

export function Charts(): JSX.Element {
  const span = useSignal<HistoryQuery["span"]>("hour");
  const carrier = useSignal(ALL);
  const history = useSignal<CarrierHistory | undefined>(undefined);
  const problem = useSignal<Problem | undefined>(undefined);
  const latest = useMemo(() => new Latest(), []);
  useEffect(() => {
    const load = async (): Promise<void> => {
      const of = carrier.value === ALL ? "" : `&carrier=${carrier.value}`;
      const path = `/v1/history?span=${span.value}${of}`;
      const answer = await latest.run((signal) => ask<CarrierHistory>("GET", path, { signal }));
      if (answer === undefined) return;
      problem.value = answer.ok ? undefined : answer.problem;
      if (answer.ok) history.value = answer.value;
    };
    void load();
    const timer = setInterval(() => document.visibilityState === "visible" && void load(), EVERY_MS);
    return () => {
      clearInterval(timer);
      latest.stop();
    };
  }, [span.value, carrier.value]);
  return (
    <section class="stack" aria-labelledby="charts">
      <h2 id="charts">{words().charts}</h2>
      <div class="row">
        <ChoiceField
          label={words().carrier}
          value={carrier.value}
          onChoose={(value) => {
            carrier.value = value;
          }}
          choices={[
            { value: ALL, label: words().all },
            ...details.value.map(({ name }) => ({ value: name, label: name })),
          ]}
        />
        <ChoiceField
          label={words().span}
          value={span.value}
          onChoose={(value) => {
            span.value = SPANS.find((one) => one === value) ?? "hour";
          }}
          choices={SPANS.map((one) => ({ value: one, label: words()[one] }))}
        />
      </div>
      <ProblemStatus problem={problem.value} />
      {history.value && <Four history={history.value} />}
    </section>
  );
}

function Four({ history }: { readonly history: CarrierHistory }): JSX.Element {
  const named = language.value;
  const { at, charts } = useMemo(() => made(history), [history, named]);
  const [from, to] = [seconds(history.from), seconds(history.to)];
  return (
    <div class="charts">
      {charts.map(({ title, lines }) => (
        <Chart key={title} title={title} told={toldOf(title, lines)} {...{ at, lines, from, to }} />
      ))}
    </div>
  );
}

const seconds = (moment: string): number => Date.parse(moment) / 1_000;

/** The same look for the same kind of line in every chart: the first whole, the others in dashes of their own. */
const LOOKS = [
  { token: "--accent" },
  { token: "--good", dash: [8, 4] },
  { token: "--warn", dash: [2, 3] },
  { token: "--quiet", dash: [12, 3, 2, 3] },
] as const;

interface Charted {
  readonly at: readonly number[];
  readonly charts: readonly { readonly title: string; readonly lines: readonly Line[] }[];
}

function made({ at, series }: CarrierHistory): Charted {
  const w = words();
  const chart = (title: string, ...all: readonly (readonly [string, Line["values"]])[]) => ({
    title,
    lines: all.map(([label, values], index) => ({ label, values, ...LOOKS[index]! })),
  });
  return {
    at: at.map(seconds),
    charts: [
      chart(
        w.rates,
        [w.chartSubmitted, series.submittedPerSecond],
        [w.chartAcknowledged, series.acknowledgedPerSecond],
        [w.chartReceipts, series.receiptsPerSecond],
      ),
      chart(
        w.latency,
        [w.half, series.latencyP50Ms],
        [w.ninetyFive, series.latencyP95Ms],
        [w.ninetyNine, series.latencyP99Ms],
      ),
      chart(
        w.outstanding,
        [w.chartOutstanding, series.outstanding],
        [w.chartQueued, series.queued],
        [w.chartWindow, series.window],
      ),
      chart(
        w.trouble,
        [w.chartRefused, series.refused],
        [w.chartThrottled, series.throttled],
        [w.chartBroken, series.disconnects],
      ),
    ],
  };
}

function toldOf(title: string, lines: readonly Line[]): string {
  const last = lines.map(({ label, values }) => {
    const value = values.findLast((each) => each !== null);
    return words().lastOf(label, value === undefined || value === null ? words().nothingYet : short(value));
  });
  return `${title}: ${last.join(", ")}`;
}
