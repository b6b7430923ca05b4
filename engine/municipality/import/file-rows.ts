/** The rows of a municipality's file: those of the registry's CSV (engine/registry/csv/csv.ts). */
import { defaultsOf, readHeader } from "../../registry/csv/header.js";
import { RowReader } from "../../registry/csv/row.js";
import type { Places } from "../../registry/record/profile/wishes.js";
import { FILE_COLUMNS, type FileColumns } from "./file-columns.js";
import type { RowSource } from "./reading.js";

/** `nowMs`: pauses that end before have been. */
export function fileRows(
  names: readonly string[],
  nowMs: number,
  places: Pick<Places, "positionOfPostcode">,
): RowSource | { readonly wrong: string } {
  const header = readHeader(names);
  if ("wrong" in header) return header;
  const reader = new RowReader(header, { nowMs, participantMayLack: true, places });
  const present = FILE_COLUMNS.map((column) => [column, reader.has(column)]);
  const columns = Object.fromEntries(present) as FileColumns;
  return { columns, defaults: defaultsOf(header), read: (fields) => reader.read(fields) ?? reader.values };
}
