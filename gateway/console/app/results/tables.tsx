/** The figures by month, kind and municipality, and how actions ended, how reactions came and how fast it went. */
import type { JSX } from "preact";
import type { Figures, ResultsReport } from "../../../../schemas/results/results.js";
import { duration, share } from "../kit/i18n/figures.js";
import { language } from "../kit/i18n/language.js";
import { type Column, Table } from "../kit/ui/table.js";
import { whole } from "./key-figures.js";
import { kindText, words } from "./words.js";

interface Props {
  readonly report: ResultsReport;
  /** Of all, or of those with haste. */
  readonly figures: Figures;
  readonly names: ReadonlyMap<string, string>;
}

export function Tables({ report, figures, names }: Props): JSX.Element {
  const nameOf = (code: string | null): string => (code === null ? words().elsewhere : (names.get(code) ?? code));
  return (
    <>
      <Rows
        caption={words().months}
        title={words().month}
        rows={report.months}
        nameOf={({ month }) => monthText(month)}
      />
      <Rows caption={words().kinds} title={words().kind} rows={report.kinds} nameOf={({ kind }) => kindText(kind)} />
      <Rows
        caption={words().municipalities}
        title={words().municipality}
        rows={report.municipalities}
        nameOf={({ municipality }) => nameOf(municipality)}
      />
      <Outcomes figures={figures} />
      <Ways figures={figures} />
      <Times figures={figures} />
    </>
  );
}

interface RowsProps<Row extends Figures> {
  readonly caption: string;
  readonly title: string;
  readonly rows: readonly Row[];
  readonly nameOf: (row: Row) => string;
}

function Rows<Row extends Figures>({ caption, title, rows, nameOf }: RowsProps<Row>): JSX.Element {
  const most = Math.max(1, ...rows.map(({ actions }) => actions ?? 0));
  const columns: readonly Column<Row>[] = [
    { title, show: nameOf },
    { title: words().actions, isNumber: true, show: ({ actions }) => whole(actions) },
    { title: words().part, show: ({ actions }) => <Bar value={actions ?? 0} most={most} /> },
    { title: words().reactions, isNumber: true, show: ({ reactions }) => whole(reactions) },
    {
      title: words().withReaction,
      isNumber: true,
      show: ({ withReactionShare }) => (withReactionShare === null ? "–" : share(withReactionShare)),
    },
  ];
  return <Table caption={caption} columns={columns} rows={rows} keyOf={nameOf} empty="–" />;
}

/** The figure beside it says the same. */
function Bar({ value, most }: { readonly value: number; readonly most: number }): JSX.Element {
  return (
    <svg class="bar" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
      <rect width={(100 * value) / most} height="10" />
    </svg>
  );
}

function Outcomes({ figures }: { readonly figures: Figures }): JSX.Element {
  const names = {
    ...{ success: words().success, partialSuccess: words().partialSuccess, noSuccess: words().noSuccess },
    ...{ cancelled: words().cancelled, none: words().noneYet },
  };
  const rows = Object.entries(figures.outcomes).map(([outcome, times]) => ({
    name: names[outcome as keyof typeof names],
    times,
  }));
  return <Counted caption={words().outcomes} title={words().outcome} counted={words().actions} rows={rows} />;
}

function Ways({ figures }: { readonly figures: Figures }): JSX.Element {
  const w = words();
  const names = { sms: w.sms, voice: w.voice, push: w.push, email: w.email, web: w.web };
  const rows = Object.entries(figures.reactionsBy).map(([way, times]) => ({
    name: names[way as keyof typeof names],
    times,
  }));
  return <Counted caption={w.ways} title={w.way} counted={w.reactions} rows={rows} />;
}

interface CountedRow {
  readonly name: string;
  readonly times: number | null | undefined;
}

interface CountedProps {
  readonly caption: string;
  readonly title: string;
  readonly counted: string;
  readonly rows: readonly CountedRow[];
}

function Counted({ caption, title, counted, rows }: CountedProps): JSX.Element {
  const columns: readonly Column<CountedRow>[] = [
    { title, show: ({ name }) => name },
    { title: counted, isNumber: true, show: ({ times }) => whole(times) },
  ];
  return <Table caption={caption} columns={columns} rows={rows} keyOf={({ name }) => name} empty="–" />;
}

type Timed = "incidentToFirstMessage" | "firstMessageToFirstReaction" | "firstMessageToEnd";

function Times({ figures }: { readonly figures: Figures }): JSX.Element {
  const rows: readonly Timed[] = ["incidentToFirstMessage", "firstMessageToFirstReaction", "firstMessageToEnd"];
  const shown = (seconds: number | null): string => (seconds === null ? "–" : duration(seconds));
  const columns: readonly Column<Timed>[] = [
    { title: words().time, show: (name) => words()[name] },
    { title: words().actions, isNumber: true, show: (name) => whole(figures[name].actions) },
    { title: words().half, isNumber: true, show: (name) => shown(figures[name].median) },
    { title: words().nineTenths, isNumber: true, show: (name) => shown(figures[name].p90) },
  ];
  return <Table caption={words().times} columns={columns} rows={rows} keyOf={(name) => name} />;
}

function monthText(month: string): string {
  return new Date(`${month}-15T12:00:00`).toLocaleDateString(language.value, { month: "long", year: "numeric" });
}
