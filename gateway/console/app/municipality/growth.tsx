/** How many joined and left, day by day. */
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import type { Growth } from "../../../../schemas/api/municipality.js";
import { Chart, type Line } from "../kit/chart/chart.js";
import { count } from "../kit/i18n/figures.js";
import { language } from "../kit/i18n/language.js";
import { ChoiceField } from "../kit/ui/field.js";
import { ProblemStatus, Status } from "../kit/ui/status.js";
import { useAsked } from "./asked.js";
import { words } from "./words.js";

const DAYS = { month: 30, quarter: 90, year: 365 } as const;
type Period = keyof typeof DAYS;
const DAY_MS = 86_400_000;

export function GrowthTab(): JSX.Element {
  const period = useSignal<Period>("month");
  const now = useMemo(() => Date.now(), []);
  const day = (back: number): string => new Date(now - back * DAY_MS).toISOString().slice(0, 10);
  const { value, problem } = useAsked<Growth>(`/v1/growth?from=${day(DAYS[period.value])}&to=${day(0)}`);
  return (
    <div class="stack">
      <ChoiceField
        label={words().period}
        value={period.value}
        onChoose={(chosen) => {
          period.value = chosen as Period;
        }}
        choices={(Object.keys(DAYS) as Period[]).map((one) => ({ value: one, label: words()[one] }))}
      />
      <ProblemStatus problem={problem} />
      {value === undefined && problem === undefined && <Status>{words().loading}</Status>}
      {value && <Charts growth={value} />}
    </div>
  );
}

function Charts({ growth }: { readonly growth: Growth }): JSX.Element {
  const spoken = language.value;
  const { at, total, moved } = useMemo(() => linesOf(growth), [growth, spoken]);
  const [from = 0, to = 1] = [at[0], at.at(-1)];
  const same = { at, from, to: Math.max(to, from + 1) };
  return (
    <>
      <p>{words().totalNow(count(growth.total))}</p>
      <div class="charts">
        <Chart title={words().total} told={toldOf(words().total, total)} lines={total} {...same} />
        <Chart title={words().perDay} told={toldOf(words().perDay, moved)} lines={moved} {...same} />
      </div>
    </>
  );
}

function linesOf({ days }: Growth): { at: number[]; total: Line[]; moved: Line[] } {
  return {
    at: days.map(({ day }) => Date.parse(day) / 1_000),
    total: [{ label: words().participants, token: "--accent", values: days.map(({ total }) => total) }],
    moved: [
      { label: words().joined, token: "--good", values: days.map(({ joined }) => joined) },
      { label: words().left, token: "--warn", dash: [6, 4], values: days.map(({ left }) => left) },
    ],
  };
}

function toldOf(title: string, lines: readonly Line[]): string {
  return `${title}: ${lines.map(({ label, values }) => words().told(label, count(values.at(-1) ?? 0))).join(", ")}`;
}
