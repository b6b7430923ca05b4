/**
 * Results as everybody may have them: nothing that tells of fewer than five, be it people who reacted or actions at which they did.
 *
 * Exact are the totals of a year alone; what they are divided into is told as reach tells its parts (engine/reach/privacy.ts), each column for
 * itself, so that no difference tells a small part. Only whole months of whole years can be asked for: of two periods that a day sets
 * apart the difference would be that day.
 */

import { RESULTS } from "../../schemas/limits.js";
import type { Figures, ResultsReport } from "../../schemas/results/results.js";
import { TOO_FEW, toldParts } from "../reach/privacy.js";

/** What rows show; of what else there is, the totals alone. */
const COLUMNS = ["actions", "asked", "reactions", "withReaction", "direct", "caught"] as const;
type Column = (typeof COLUMNS)[number];
type Told = Record<Column, number | null>;

/** First and last day of what may be told of a year; undefined where none of its months is over. `today`: "2026-11-30". */
export function openPeriod(year: number, today: string): { readonly from: string; readonly to: string } | undefined {
  const running = Number(today.slice(0, 4));
  if (year < running) return { from: `${year}-01-01`, to: `${year}-12-31` };
  const month = Number(today.slice(5, 7));
  if (year > running || month === 1) return undefined;
  const last = new Date(Date.UTC(year, month - 1, 0)).toISOString().slice(0, 10);
  return { from: `${year}-01-01`, to: last };
}

export function openData(report: ResultsReport): ResultsReport {
  const { total, timeCritical, months, kinds, municipalities } = report;
  const whole = Object.fromEntries(COLUMNS.map((column) => [column, orNull(total[column] ?? 0)])) as Told;
  const [critical] = toldRows([timeCritical, rest(total, timeCritical)]);
  return {
    ...report,
    unsettled: 0,
    total: {
      ...figuresOf(whole, total),
      ...{ messages: partsOf(total.messages), reactionsBy: partsOf(total.reactionsBy), cost: total.cost },
      outcomes: partsOf(total.outcomes),
    },
    timeCritical: figuresOf(critical!, timeCritical),
    months: rowsOf(months, ({ month }) => ({ month })),
    kinds: rowsOf(kinds, ({ kind }) => ({ kind })),
    municipalities: rowsOf(municipalities, ({ municipality }) => ({ municipality })),
  };
}

function rowsOf<Row extends Figures, Name>(rows: readonly Row[], nameOf: (row: Row) => Name): (Name & Figures)[] {
  const told = toldRows(rows);
  return rows.map((row, at) => ({ ...nameOf(row), ...figuresOf(told[at]!, row) }));
}

/** Each column by itself. */
function toldRows(rows: readonly Pick<Figures, Column>[]): Told[] {
  const told = rows.map((): Partial<Told> => ({}));
  for (const column of COLUMNS) {
    const parts = toldParts(rows.map((row) => row[column] ?? 0));
    for (const [at, part] of parts.entries()) told[at]![column] = part === TOO_FEW ? null : part;
  }
  return told as Told[];
}

function figuresOf(told: Told, figures: Figures): Figures {
  const share = (part: number | null): number | null =>
    part === null || !told.actions ? null : Math.round((part / told.actions) * 100) / 100;
  const spread = (one: Figures["firstMessageToEnd"]): Figures["firstMessageToEnd"] =>
    (one.actions ?? 0) < RESULTS.peopleMin ? { actions: null, median: null, p90: null } : { ...one, actions: null };
  return {
    ...told,
    ...{ messages: {}, reactionsBy: {}, cost: null, outcomes: {} },
    withReactionShare: share(told.withReaction),
    directShare: share(told.direct),
    caughtShare: share(told.caught),
    incidentToFirstMessage: spread(figures.incidentToFirstMessage),
    firstMessageToFirstReaction: spread(figures.firstMessageToFirstReaction),
    firstMessageToEnd: spread(figures.firstMessageToEnd),
  };
}

function partsOf<Name extends string>(parts: Readonly<Partial<Record<Name, number | null>>>) {
  const entries = Object.entries(parts) as [Name, number | null][];
  const told = toldParts(entries.map(([, part]) => part ?? 0));
  return Object.fromEntries(entries.map(([name], at) => [name, told[at] === TOO_FEW ? null : told[at]!])) as Record<
    Name,
    number | null
  >;
}

function rest(total: Figures, part: Figures): Told {
  return Object.fromEntries(COLUMNS.map((column) => [column, (total[column] ?? 0) - (part[column] ?? 0)])) as Told;
}

function orNull(count: number): number | null {
  return count > 0 && count < RESULTS.peopleMin ? null : count;
}
