/** The first line of a file of participants: which columns it has (csv.ts), and what those are taken for that it lacks. */

import { COLUMNS, type CsvColumn, DEFAULTS, isColumn } from "./csv.js";

/** Where each column of a file is, -1 where it is none; and the columns without a name, which must be empty. */
export interface Header {
  readonly at: Readonly<Record<CsvColumn, number>>;
  readonly nameless: readonly number[];
}

/** The header of a file, or what is wrong with it. */
export function readHeader(names: readonly string[]): Header | { readonly wrong: string } {
  const lower = names.map((name) => name.toLowerCase());
  const named = lower.filter((name) => name !== "");
  if (!named.some(isColumn)) return { wrong: `the first line is not a header, with columns of: ${COLUMNS.join(", ")}` };
  if (named.length > new Set(named).size || !named.every(isColumn)) {
    return { wrong: `the header has columns twice, or others than: ${COLUMNS.join(", ")}` };
  }
  if (!named.includes("number") && !named.includes("mail")) {
    return { wrong: "the header has neither a column number nor a column mail" };
  }
  const at = Object.fromEntries(COLUMNS.map((column) => [column, lower.indexOf(column.toLowerCase())]));
  const nameless = lower.flatMap((name, index) => (name === "" ? [index] : []));
  return { at: at as Header["at"], nameless };
}

/** What the columns that a file lacks are taken for. */
export function defaultsOf({ at }: Header): Record<string, string> {
  return Object.fromEntries(Object.entries(DEFAULTS).filter(([column]) => at[column as CsvColumn] < 0));
}
