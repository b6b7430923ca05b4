/**
 * A file of participants as it comes in: bytes to lines, lines to rows, rows to persons of the plan. A row that can't be
 * taken is refused by its line and costs nothing but itself; what it can't cost either is a location of the person that it
 * may have belonged to, so the persons before and after it are marked.
 *
 * The rows of a person are adjacent and say the same of the person. A number or a mail address that an earlier person of the
 * file has is refused: the first has it.
 */
import { MUNICIPALITY, REGISTRY } from "../../../schemas/limits.js";
import { PARTICIPANT_STATUSES, STATUS_MASK } from "../../../schemas/words.js";
import { CsvRecords, type CsvTarget, type FileForm, type RecordFault } from "../../files/csv-records.js";
import type { Charset } from "../../files/file-text.js";
import { isColumn } from "../../registry/csv/csv.js";
import type { RowValues } from "../../registry/csv/row-values.js";
import { type Terms, TermsTable } from "../../registry/record/terms.js";
import { NEWCOMER, Persons, type PlannedLocation, type PlannedPerson } from "../plan/planned.js";
import type { Municipalities, Scope } from "../ports.js";
import { Claims } from "./claims.js";
import { IMPORT_CODES, type ImportCode } from "./codes.js";
import type { FileColumns } from "./file-columns.js";
import { Refusals } from "./refusals.js";

/** Reads rows by the header of their file. */
export interface RowSource {
  readonly columns: FileColumns;
  /** What the columns that the file lacks are taken for, of who is new. */
  readonly defaults: Readonly<Record<string, string>>;
  /** The row, which the next one overwrites, or why not. */
  read(fields: readonly string[]): RowValues | ImportCode;
}

const ERASED = PARTICIPANT_STATUSES.indexOf("erased");

/** A person whose rows are being read. */
interface Open extends PlannedPerson {
  partial: boolean;
  readonly locations: PlannedLocation[];
}

export interface ReadingOptions {
  readonly scope: Scope;
  readonly places: Municipalities;
  readonly sourceOf: (names: readonly string[]) => RowSource | { readonly wrong: string };
  /** What the file is written in, where no byte order mark says it; UTF-8 when absent. */
  readonly charset?: Charset | undefined;
  /** Whether nobody in the registry exists. */
  readonly generated: boolean;
  /** MUNICIPALITY.importRows when absent. */
  readonly maxRows?: number;
}

/** How the file was taken: for the report. */
export interface FileTaken extends FileForm {
  readonly defaults: Readonly<Record<string, string>>;
}

export class Reading implements CsvTarget {
  readonly isColumn = isColumn;
  readonly persons = new Persons();
  readonly terms = new TermsTable();
  readonly refusals = new Refusals();
  rows = 0;
  /** Why the file can't be taken at all: its header, or that it has too many rows. */
  problem:
    | { readonly code: "ROW_INVALID" | "TOO_MANY_ROWS"; readonly detail: string; readonly line: number }
    | undefined;
  readonly #records: CsvRecords;
  readonly #claims = new Claims();
  readonly #termsRows = new WeakMap<Terms, number>();
  #source: RowSource | undefined;
  #line = 0;
  #open: Open | undefined;
  /** The row before was refused, so what follows may be the rest of a person. */
  #afterRefused = false;
  readonly #options: ReadingOptions;

  constructor(options: ReadingOptions) {
    this.#options = options;
    this.#records = new CsvRecords(this, options.charset);
  }

  /** Of a file whose header was read. */
  get columns(): FileColumns | undefined {
    return this.#source?.columns;
  }

  get taken(): FileTaken {
    return { ...this.#records.form, defaults: this.#source?.defaults ?? {} };
  }

  push(bytes: Buffer): void {
    if (this.problem !== undefined || bytes.length === 0) return;
    this.#records.push(bytes);
    this.#look();
  }

  /** Bytes that are no text refuse the file, whatever was read of it before. */
  #look(): void {
    const { problem } = this.#records;
    if (problem !== undefined && this.problem === undefined) this.#refuseFile("ROW_INVALID", problem);
  }

  /** The file is whole. */
  end(): void {
    if (this.problem !== undefined) return;
    this.#records.end();
    this.#look();
    this.#close();
    if (this.problem !== undefined) return;
    if (this.#line === 0) this.#refuseFile("ROW_INVALID", "the file is empty; its first line must be a header");
    else if (this.rows === 0) this.#refuseFile("ROW_INVALID", "the file has a header and no rows");
  }

  #refuseFile(code: "ROW_INVALID" | "TOO_MANY_ROWS", detail: string): void {
    this.problem = { code, detail, line: Math.max(1, this.#line) };
  }

  header(names: readonly string[], line: number): void {
    this.#line = line;
    const source = this.#options.sourceOf(names);
    if ("wrong" in source) this.#refuseFile("ROW_INVALID", source.wrong);
    else this.#source = source;
  }

  record(fields: readonly string[] | RecordFault, line: number): void {
    if (this.problem !== undefined) return;
    this.#line = line;
    const { maxRows = MUNICIPALITY.importRows } = this.#options;
    if (this.rows === maxRows) {
      this.#refuseFile("TOO_MANY_ROWS", `an import has at most ${maxRows} rows`);
      return;
    }
    this.rows++;
    const row = typeof fields === "string" ? fields : this.#source!.read(fields);
    const code = typeof row === "string" ? row : this.#place(row);
    if (code === undefined) {
      this.#afterRefused = false;
      return;
    }
    if (code !== REFUSED_ALREADY) this.refusals.add(this.#line, code);
    if (this.#open) this.#open.partial = true;
    this.#afterRefused = true;
  }

  /** The row as a location of the person that is open or of a new one, or why not. */
  #place(row: RowValues): ImportCode | typeof REFUSED_ALREADY | undefined {
    if ((row.status & STATUS_MASK) === ERASED) return "STATUS_ERASED";
    if (row.generated && !this.#options.generated) return "ORIGIN_GENERATED";
    if (row.place !== "location") return this.#placeless(row);
    const municipality = this.#municipalityOf(row);
    if (typeof municipality === "string") return municipality;
    const terms = this.#termsOf(row.terms);
    if (terms === undefined) return "TOO_MANY_TERMS";
    const { kind, lng, lat, channels, postcode } = row;
    const location = { kind, lng, lat, channels, terms, municipality, postcode };
    if (this.#open === undefined || !continues(this.#open, row)) return this.#begin(row, location);
    if (!sameSelf(this.#open, row)) return "PARTICIPANT_DIFFERS";
    if (this.#open.locations.length === REGISTRY.locationsPerParticipant) return "TOO_MANY_LOCATIONS";
    this.#open.locations.push(location);
    return undefined;
  }

  #municipalityOf(row: RowValues): number | ImportCode {
    const { places, scope } = this.#options;
    const at = places.municipalityAt(row.lng, row.lat);
    if (at === undefined) return "POSITION_AT_SEA";
    const isStated = row.municipality !== 0;
    // Without outlines the file knows better than a guess by what is nearest.
    const municipality = isStated && places.boundaries === undefined ? row.municipality : at;
    if (scope === undefined) return municipality;
    return municipality === scope && (!isStated || row.municipality === scope) ? scope : "ROW_ELSEWHERE";
  }

  /**
   * A row without a position. Where the phone is, is the participant's own to allow, so such a row is read over: it only must
   * belong to somebody. One that says nothing of a place corrects the rest of somebody who is known, and no location of theirs.
   */
  #placeless(row: RowValues): ImportCode | typeof REFUSED_ALREADY | undefined {
    const open = this.#open;
    if (open === undefined || !continues(open, row)) {
      return row.place === "phone" ? "LOCATION_MISSING" : this.#begin(row, undefined);
    }
    return sameSelf(open, row) ? undefined : "PARTICIPANT_DIFFERS";
  }

  #begin(row: RowValues, location: PlannedLocation | undefined): ImportCode | typeof REFUSED_ALREADY | undefined {
    if (row.number === 0 && row.mail === "" && row.participant < 0) return "IDENTITY_MISSING";
    const taken = this.#takenBefore(row);
    if (taken !== undefined) {
      this.refusals.add(this.#line, taken.code, 1, `${IMPORT_CODES[taken.code]}, on line ${taken.line}`);
      return REFUSED_ALREADY;
    }
    this.#close();
    this.#claims.take(this.persons.count, row.number, row.mail);
    const partial = this.#afterRefused || location === undefined;
    this.#open = { ...selfOf(row), line: this.#line, partial, locations: location ? [location] : [] };
    return undefined;
  }

  /** The row of the table; a file repeats a few terms over and over, as the same object. */
  #termsOf(terms: Terms): number | undefined {
    const known = this.#termsRows.get(terms);
    if (known !== undefined) return known;
    const row = this.terms.add(terms);
    if (row !== undefined) this.#termsRows.set(terms, row);
    return row;
  }

  /** The line of an earlier person with this number or mail address. */
  #takenBefore(row: RowValues): { code: "NUMBER_TAKEN" | "MAIL_TAKEN"; line: number } | undefined {
    const number = this.#claims.byNumber(row.number);
    if (number !== undefined) return { code: "NUMBER_TAKEN", line: this.#lineOf(number) };
    const mail = this.#claims.byMail(row.mail);
    return mail === undefined ? undefined : { code: "MAIL_TAKEN", line: this.#lineOf(mail) };
  }

  /** Of a person by its place in the plan, which the open one will have. */
  #lineOf(person: number): number {
    return person < this.persons.count ? this.persons.at(person).line : this.#open!.line;
  }

  #close(): void {
    if (this.#open !== undefined) this.persons.add(this.#open);
    this.#open = undefined;
  }
}

/** Said with its own reason where it was found. */
const REFUSED_ALREADY = "refused already";

/** Whether the row is about the same person: by number, without one by mail, without either by participant number. */
function continues(open: PlannedPerson, row: RowValues): boolean {
  if (row.number !== 0 || open.number !== 0) return row.number === open.number;
  if (row.mail !== "" || open.mail !== "") return row.mail === open.mail;
  return row.participant === open.target;
}

type Self = Omit<PlannedPerson, "line" | "partial" | "locations">;

function selfOf(row: RowValues): Self {
  return {
    target: row.participant < 0 ? NEWCOMER : row.participant,
    number: row.number,
    mail: row.mail,
    status: row.status & STATUS_MASK,
    switchedOff: row.status & ~STATUS_MASK,
    language: row.language,
    kind: row.type,
    name: row.name,
    needs: row.needs,
    pausedUntil: row.pausedUntil,
    joinedDay: row.joinedDay,
  };
}

function sameSelf(open: PlannedPerson, row: RowValues): boolean {
  const self = selfOf(row);
  return (Object.keys(self) as (keyof Self)[]).every((field) => self[field] === open[field]);
}
