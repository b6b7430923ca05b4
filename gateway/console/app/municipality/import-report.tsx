/** What an import changed, or would change, and which rows it refused. */
import type { JSX } from "preact";
import type { ImportView } from "../../../../schemas/api/municipality.js";
import { count } from "../kit/i18n/figures.js";
import { Status } from "../kit/ui/status.js";
import { type Column, Table } from "../kit/ui/table.js";
import { words } from "./words.js";

type ImportReport = NonNullable<ImportView["report"]>;
type Refusal = ImportReport["refusals"][number];
type Row = readonly [name: string, times: number];

interface Props {
  readonly report: ImportReport;
  readonly overtaken: number;
}

export function Report({ report, overtaken }: Props): JSX.Element {
  const w = words();
  const { file } = report;
  const outcome: readonly Row[] = [
    [w.added, report.added],
    [w.changed, report.changed],
    [w.unchanged, report.unchanged],
    [w.proposed, report.proposed],
    [w.keptOff, report.keptOff],
    [w.refusedRows, report.refused],
    [w.overtaken, overtaken],
  ];
  return (
    <section class="stack">
      <Counted caption={w.report} title={w.what} rows={outcome} />
      {Object.keys(report.fields).length > 0 && (
        <Counted caption={w.fields} title={w.field} rows={Object.entries(report.fields)} />
      )}
      {report.refusals.length > 0 && (
        <Table
          caption={w.refusals}
          columns={refusalColumns()}
          rows={report.refusals}
          keyOf={({ line }) => String(line)}
        />
      )}
      <p class="quiet">{w.howRead(file.charset, file.separator)}</p>
      {!file.lastLineEnded && <Status tone="warn">{w.cutOff}</Status>}
    </section>
  );
}

interface CountedProps {
  readonly caption: string;
  readonly title: string;
  readonly rows: readonly Row[];
}

function Counted({ caption, title, rows }: CountedProps): JSX.Element {
  const columns: readonly Column<Row>[] = [
    { title, show: ([name]) => name },
    { title: words().number, isNumber: true, show: ([, times]) => count(times) },
  ];
  return <Table caption={caption} columns={columns} rows={rows} keyOf={([name]) => name} />;
}

function refusalColumns(): readonly Column<Refusal>[] {
  return [
    { title: words().line, isNumber: true, show: ({ line }) => count(line) },
    { title: words().reason, show: ({ reason }) => reason },
    { title: words().code, show: ({ code }) => code },
  ];
}
