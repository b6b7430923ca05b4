/** The rows of a municipality's file: those of the registry's CSV (engine/registry/csv.ts), of which it may lack some more columns. */
import { STATUS_MASK } from "../../schemas/words.js";
import { splitLine } from "../registry/csv.js";
import { RowReader, readHeader } from "../registry/row.js";
import { ALWAYS_EVERYTHING } from "../registry/terms.js";
import type { FileColumns } from "./file-columns.js";
import type { FileRow, RowSource } from "./reading.js";

/** Columns that the registry's CSV must have and a municipality's file may lack, each with what then stands in it. */
const LACKING = { participant: "", status: "active", municipality: "" } as const;

export function fileRows(header: string): RowSource | { readonly wrong: string } {
  const names = (splitLine(header) ?? []).map((name) => name.trim().toLowerCase());
  const lacking = Object.entries(LACKING).filter(([column]) => !names.includes(column));
  const read = readHeader([header, ...lacking.map(([column]) => column)].join(","));
  if ("wrong" in read) return read;
  const ending = lacking.map(([, text]) => `,${text}`).join("");
  const reader = new RowReader(read.places, { participantMayLack: true });
  const has = (column: string) => names.includes(column.toLowerCase());
  const columns: FileColumns = {
    mail: has("mail"),
    status: has("status"),
    type: has("type"),
    name: has("name"),
    needs: has("needs"),
    pausedUntil: has("pausedUntil"),
    joinedOn: has("joinedOn"),
    except: has("except"),
    timeZone: has("timeZone"),
    inDanger: has("inDanger"),
  };
  return { columns, read: (line) => reader.read(line + ending) ?? rowOf(reader) };
}

function rowOf({ values }: RowReader): FileRow {
  return {
    participant: values.participant,
    number: values.number,
    mail: "",
    status: values.status & STATUS_MASK,
    switchedOff: values.status & ~STATUS_MASK,
    language: values.language,
    type: 0,
    name: "",
    needs: 0,
    pausedUntil: 0,
    joinedDay: 0,
    kind: values.kind,
    lng: values.lng,
    lat: values.lat,
    channels: values.channels,
    terms: { ...ALWAYS_EVERYTHING, hours: values.schedule },
    municipality: values.municipality,
  };
}
