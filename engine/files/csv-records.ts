/**
 * A file of CSV as records of fields: RFC 4180, and what spreadsheets and municipal systems make of it. The fields stand
 * between commas, semicolons, tabs or bars, found out by which of them divides the header into columns that are known, or
 * said by a first line "sep=;". Records of empty fields and empty fields at the end are read over; the last line need not end.
 *
 * Excel leaves the separators away behind the last cell that is filled in any of sixteen rows, so a record may be shorter than the
 * header, and what it lacks is empty. Of a last line without an end nobody knows whether it was cut off, so that one must be whole.
 *
 * A quoted field may hold line ends. A quote that is not closed would so swallow the rest of the file: a record has few lines
 * (REGISTRY.recordLines), and where it does not come to an end in them, or in more fields than the header has, or in fewer of
 * which one holds a line end and separators, as rows behind a stray quote do, its first line is refused and the others are read as
 * if that one had not been. So a stray quote costs one row.
 */

import { REGISTRY } from "../../schemas/limits.js";
import { type Charset, FileText } from "./file-text.js";
import { LineSplitter } from "./lines.js";

export type RecordFault = "ROW_TOO_LONG" | "QUOTE_UNCLOSED" | "FIELD_COUNT";

/** Who reads the file. Lines are counted from 1; a record has that of its first one. */
export interface CsvTarget {
  /** Whether the name is that of a column; by this the separator is told. */
  isColumn(name: string): boolean;
  header(names: readonly string[], line: number): void;
  record(fields: readonly string[] | RecordFault, line: number): void;
}

/** How the file turned out to be written, for whoever wonders what was made of it. */
export interface FileForm {
  readonly charset: Charset;
  readonly separator: string;
  /** False: the last line may have been cut off. */
  readonly lastLineEnded: boolean;
}

const SEPARATORS = [",", ";", "\t", "|"];
const DECLARED = /^"?sep=(.)"?$/i;

export class CsvRecords {
  readonly #text: FileText;
  readonly #lines = new LineSplitter((line) => this.#take(line, ++this.#line));
  #line = 0;
  #separator: string | undefined;
  #columns = 0;
  /** The lines of a record whose quote is open. */
  #open: string[] = [];
  #openCharacters = 0;
  /** The number of the last line, where that has no end. */
  #cutOff: number | undefined;
  readonly #target: CsvTarget;

  constructor(target: CsvTarget, charset?: Charset) {
    this.#target = target;
    this.#text = new FileText(charset);
  }

  /** Why the file can't be read at all. */
  get problem(): string | undefined {
    return this.#text.problem;
  }

  get form(): FileForm {
    const { charset } = this.#text;
    return { charset, separator: this.#separator ?? ",", lastLineEnded: this.#cutOff === undefined };
  }

  push(chunk: Uint8Array): void {
    this.#lines.push(this.#text.decode(chunk));
  }

  end(): void {
    this.#lines.push(this.#text.end());
    if (this.#lines.isInLine) this.#cutOff = this.#line + 1;
    this.#lines.end();
    while (this.#open.length > 0) this.#giveUp(this.#line);
  }

  /** `line` is the number of this one. */
  #take(text: string | undefined, line: number): void {
    if (this.#open.length > 0) this.#goOn(text, line);
    else if (text === undefined || !hasOddQuotes(text)) this.#record(text, line);
    else this.#keep(text);
  }

  /** A line behind one whose quote is open. */
  #goOn(text: string | undefined, line: number): void {
    if (text === undefined) {
      while (this.#open.length > 0) this.#giveUp(line - 1);
      this.#record(undefined, line);
      return;
    }
    this.#keep(text);
    const isOver = this.#open.length === REGISTRY.recordLines || this.#openCharacters > REGISTRY.rowCharacters;
    if (!hasOddQuotes(text)) {
      if (isOver) this.#giveUp(line);
      return;
    }
    const fields = this.#fieldsOf(this.#open.join("\n"), line);
    if (typeof fields === "string") {
      this.#giveUp(line);
      return;
    }
    const first = line - this.#open.length + 1;
    this.#clear();
    this.#deliver(fields, first);
  }

  #keep(text: string): void {
    this.#open.push(text);
    this.#openCharacters += text.length;
  }

  /** Refuses the first of the open lines, and takes the others anew; `line` is that of the last. */
  #giveUp(line: number): void {
    const lines = this.#open;
    const first = line - lines.length + 1;
    this.#clear();
    this.#deliver("QUOTE_UNCLOSED", first);
    for (const [index, text] of lines.slice(1).entries()) this.#take(text, first + 1 + index);
  }

  #clear(): void {
    this.#open = [];
    this.#openCharacters = 0;
  }

  #record(text: string | undefined, line: number): void {
    if (text === undefined) this.#deliver("ROW_TOO_LONG", line);
    else if (text.trim() !== "") this.#deliver(this.#fieldsOf(text, line), line);
  }

  /** `line` is that of the record's end. */
  #fieldsOf(text: string, line: number): string[] | RecordFault {
    if (this.#columns === 0) return this.#header(text);
    const fields = splitLine(text, this.#separator!);
    if (fields === undefined) return "QUOTE_UNCLOSED";
    if (fields.length < this.#columns) return this.#lengthened(fields, line);
    // Nearly always; to cut nothing off would make a list of nothing for each row.
    if (fields.length === this.#columns) return fields;
    return fields.splice(this.#columns).every(isEmpty) ? fields : "FIELD_COUNT";
  }

  #lengthened(fields: string[], line: number): string[] | RecordFault {
    const hasRowsInside = fields.some((field) => field.includes("\n") && field.includes(this.#separator!));
    if (line === this.#cutOff || hasRowsInside) return "FIELD_COUNT";
    while (fields.length < this.#columns) fields.push("");
    return fields;
  }

  /** The names of the columns; none for a line that only says what separates them. */
  #header(text: string): string[] {
    const declared = DECLARED.exec(text)?.[1];
    if (declared !== undefined) this.#separator = declared;
    if (declared !== undefined) return [];
    this.#separator ??= this.#separatorOf(text);
    return splitLine(text, this.#separator) ?? [text];
  }

  #separatorOf(header: string): string {
    const known = SEPARATORS.map((separator) => {
      const names = splitLine(header, separator) ?? [];
      return names.filter((name) => this.#target.isColumn(name.trim().toLowerCase())).length;
    });
    return SEPARATORS[known.indexOf(Math.max(...known))]!;
  }

  #deliver(fields: string[] | RecordFault, line: number): void {
    if (this.#columns === 0) {
      const names = typeof fields === "string" ? [""] : fields;
      this.#columns = names.length;
      const trimmed = names.map((name) => name.trim());
      if (names.length > 0) this.#target.header(trimmed, line);
    } else if (typeof fields === "string" || !fields.every(isEmpty)) {
      this.#target.record(fields, line);
    }
  }
}

/** Quotes come in pairs, also those that are doubled inside a field: with an odd one a field goes on, or begins. */
function hasOddQuotes(text: string): boolean {
  let odd = false;
  for (let at = text.indexOf('"'); at !== -1; at = text.indexOf('"', at + 1)) odd = !odd;
  return odd;
}

function isEmpty(field: string): boolean {
  return field === "" || field.trim() === "";
}

const FIELDS = new Map<string, RegExp>();

/** The fields of a record, or undefined when a quote is not closed or stands where none can. */
export function splitLine(line: string, separator = ","): string[] | undefined {
  if (!line.includes('"')) return line.split(separator);
  let field = FIELDS.get(separator);
  if (field === undefined) {
    const escaped = separator.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
    field = new RegExp(`(?:"((?:[^"]|"")*)"|([^"${escaped}]*))(?:${escaped}|$)`, "y");
    FIELDS.set(separator, field);
  }
  const fields: string[] = [];
  field.lastIndex = 0;
  // A separator at the end means one more, empty, field; the end without one means that the last was read.
  for (let open = true; open; ) {
    const match = field.exec(line);
    if (match === null) return undefined;
    fields.push(match[1] === undefined ? match[2]! : match[1].replaceAll('""', '"'));
    open = match[0].endsWith(separator);
  }
  return field.lastIndex === line.length ? fields : undefined;
}
