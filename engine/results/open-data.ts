/**
 * Results as everybody may have them: nothing that tells of fewer than five, be it people who reacted or actions at which they did.
 *
 * All is told as reach tells it (engine/reach/privacy.ts): a total rounded to a multiple of five, for what came to it between two days, or
 * with another month, would be their difference; what it is divided into such that no difference tells a small part, each column for
 * itself; and a time only where the count is told that it is of. Only whole months of whole years can be asked for: of two periods that a
 * day sets apart the difference would be that day. Each is worked out at most once in RESULTS.openForMs, however many ask.
 */

import type { Result } from "../../schemas/errors.js";
import { RESULTS } from "../../schemas/limits.js";
import type { Figures, ResultsReport } from "../../schemas/results/results.js";
import { rounded, TOO_FEW, toldParts } from "../reach/privacy.js";
import type { Results } from "./results.js";

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

export class OpenResults {
  /** By period: years, and of the running one the months that were over. */
  readonly #made = new Map<string, { readonly atMs: number; readonly report: Promise<Result<ResultsReport>> }>();
  readonly #results: Pick<Results, "report">;
  readonly #steadyMs: () => number;

  constructor(results: Pick<Results, "report">, steadyMs: () => number) {
    this.#results = results;
    this.#steadyMs = steadyMs;
  }

  of(period: { readonly from: string; readonly to: string }): Promise<Result<ResultsReport>> {
    const [name, atMs] = [`${period.from} ${period.to}`, this.#steadyMs()];
    const known = this.#made.get(name);
    if (known !== undefined && atMs - known.atMs < RESULTS.openForMs) return known.report;
    const report = this.#make(period);
    this.#made.set(name, { atMs, report });
    return report;
  }

  async #make(period: { readonly from: string; readonly to: string }): Promise<Result<ResultsReport>> {
    const report = await this.#results.report(period);
    return report.ok ? { ok: true, value: openData(report.value) } : report;
  }
}

export function openData(report: ResultsReport): ResultsReport {
  const { total, timeCritical, months, kinds, municipalities } = report;
  const whole = Object.fromEntries(COLUMNS.map((column) => [column, toldTotal(total[column] ?? 0)])) as Told;
  const [critical] = toldRows([timeCritical, rest(total, timeCritical)]);
  return {
    ...report,
    unsettled: 0,
    total: {
      ...figuresOf(whole, total),
      ...{ messages: partsOf(total.messages), reactionsBy: partsOf(total.reactionsBy) },
      // As exact as the messages would tell how many those were.
      cost: (total.cost ?? []).map(({ currency, amount }) => ({ currency, amount: rounded(amount) })),
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
  // Beside a count that is hidden because of another, a time would say that it is the larger of the two.
  const spread = (one: Figures["firstMessageToEnd"], of: number | null): Figures["firstMessageToEnd"] =>
    of === null || (one.actions ?? 0) < RESULTS.peopleMin
      ? { actions: null, median: null, p90: null }
      : { ...one, actions: null };
  return {
    ...told,
    ...{ messages: {}, reactionsBy: {}, cost: null, outcomes: {} },
    withReactionShare: share(told.withReaction),
    directShare: share(told.direct),
    caughtShare: share(told.caught),
    incidentToFirstMessage: spread(figures.incidentToFirstMessage, told.actions),
    firstMessageToFirstReaction: spread(figures.firstMessageToFirstReaction, told.withReaction),
    firstMessageToEnd: spread(figures.firstMessageToEnd, told.actions),
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

function toldTotal(count: number): number | null {
  return count > 0 && count < RESULTS.peopleMin ? null : rounded(count);
}
