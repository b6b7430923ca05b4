/** The rows of a municipality's file: those of the registry's CSV (engine/registry/csv.ts), of which it may lack some more columns. */
import { splitLine } from "../registry/csv.js";
import { RowReader, readHeader } from "../registry/row.js";
import { FILE_COLUMNS, type FileColumns } from "./file-columns.js";
import type { RowSource } from "./reading.js";

/** Columns that the registry's CSV must have and a municipality's file may lack, each with what then stands in it. */
const LACKING = { participant: "", status: "active", municipality: "" } as const;

/** `nowMs`: pauses that end before have been. */
export function fileRows(header: string, nowMs: number): RowSource | { readonly wrong: string } {
  const names = (splitLine(header) ?? []).map((name) => name.trim().toLowerCase());
  const lacking = Object.entries(LACKING).filter(([column]) => !names.includes(column));
  const read = readHeader([header, ...lacking.map(([column]) => column)].join(","));
  if ("wrong" in read) return read;
  const ending = lacking.map(([, text]) => `,${text}`).join("");
  const reader = new RowReader(read.places, { nowMs, participantMayLack: true });
  const present = FILE_COLUMNS.map((column) => [column, names.includes(column.toLowerCase())]);
  const columns = Object.fromEntries(present) as FileColumns;
  return { columns, read: (line) => reader.read(line + ending) ?? reader.values };
}
