/** Takes the records of a file that becomes a registry (import.ts). */

import { REGISTRY } from "../../../schemas/limits.js";
import type { ContactMark } from "../../../schemas/words.js";
import type { CsvTarget, RecordFault } from "../../files/csv-records.js";
import { contactBit } from "../record/contact-marks.js";
import type { RowExtras } from "../record/extras.js";
import type { Places } from "../record/profile/wishes.js";
import type { Terms } from "../record/terms.js";
import type { RegistryWriter } from "../record/writer.js";
import type { SwitchedOff } from "../switched-off.js";
import { isColumn } from "./csv.js";
import { defaultsOf, readHeader } from "./header.js";
import { MailRegister, NumberRegister } from "./numbers.js";
import { RowReader } from "./row.js";
import { ROW_CODES, type RowCode } from "./row-codes.js";
import type { PersonValues, RowValues } from "./row-values.js";

export interface Refusal {
  readonly line: number;
  readonly code: RowCode;
  readonly reason: string;
}

export interface ImportCounts {
  /** Rows taken or refused. */
  readonly rows: number;
  readonly refused: number;
  readonly refusedByCode: Partial<Record<RowCode, number>>;
  /** Participants with a channel that the file has on, and that stays off because they switched it off themselves. */
  readonly keptOff: number;
  /** The first of the refused rows, at most REGISTRY.reportedRows. */
  readonly refusals: readonly Refusal[];
  /** Columns that the file lacks, and what they were taken for. */
  readonly defaults: Readonly<Record<string, string>>;
}

/** Refused because an earlier line has it. */
interface Taken {
  readonly code: "NUMBER_TAKEN" | "MAIL_TAKEN";
  readonly line: number;
}

interface Current extends PersonValues {
  locations: number;
  hasPhone: boolean;
}

/** Takes records, checks each against those before it, and gives the good ones to the writer. */
export class Importer implements CsvTarget {
  readonly isColumn = isColumn;
  rows = 0;
  headerProblem: string | undefined;
  readonly #numbers = new NumberRegister();
  readonly #mails = new MailRegister();
  readonly #termsRows = new WeakMap<Terms, number>();
  readonly #refusals: Refusal[] = [];
  readonly #refusedByCode: Partial<Record<RowCode, number>> = {};
  #refused = 0;
  #keptOff = 0;
  #line = 0;
  #reader: RowReader | undefined;
  /** The participant whose rows are being read. */
  #current: Current | undefined;
  readonly #writer: RegistryWriter;
  readonly #switchedOff: SwitchedOff;
  readonly #places: Places;
  readonly #onRefusal: ((refusal: Refusal) => void) | undefined;

  constructor(
    writer: RegistryWriter,
    switchedOff: SwitchedOff,
    places: Places,
    onRefusal: ((refusal: Refusal) => void) | undefined,
  ) {
    this.#writer = writer;
    this.#switchedOff = switchedOff;
    this.#places = places;
    this.#onRefusal = onRefusal;
  }

  get empty(): boolean {
    return this.#reader === undefined && this.headerProblem === undefined;
  }

  header(names: readonly string[]): void {
    const header = readHeader(names);
    this.headerProblem = "wrong" in header ? header.wrong : undefined;
    if ("at" in header) this.#reader = new RowReader(header, { places: this.#places });
  }

  record(fields: readonly string[] | RecordFault, line: number): void {
    if (this.#reader === undefined) return;
    this.#line = line;
    this.rows++;
    const read = typeof fields === "string" ? fields : this.#reader.read(fields);
    const why = read ?? this.#complete(this.#reader) ?? this.#take(this.#reader);
    if (why !== undefined) this.#refuse(why);
  }

  /** What the row lacks and others or the places tell: whose it is, and in which municipality. */
  #complete(reader: RowReader): RowCode | undefined {
    const { values } = reader;
    if (values.participant < 0) {
      const { number, mail } = values;
      if (number === 0 && mail === "") return "IDENTITY_MISSING";
      const last = this.#current;
      const isTheirs = last !== undefined && number === last.number && mail === last.mail;
      values.participant = last === undefined ? 0 : isTheirs ? last.participant : last.participant + 1;
    }
    if (values.place !== "location" || reader.has("municipality")) return undefined;
    const municipality = this.#places.municipalityAt(values.lng, values.lat);
    values.municipality = municipality ?? 0;
    return municipality === undefined ? "POSITION_AT_SEA" : undefined;
  }

  /** Gives the row to the writer, or says why it does not fit those before it. */
  #take({ values }: RowReader): RowCode | Taken | undefined {
    const terms = values.place === "nowhere" ? 0 : this.#termsRow(values.terms);
    if (terms === undefined) return "TOO_MANY_TERMS";
    const current = this.#current;
    if (values.participant === current?.participant) {
      if (!isSame(values, current)) return "PARTICIPANT_DIFFERS";
      if (values.place === "phone" && current.hasPhone) return "PHONE_TWICE";
      if (values.place === "location" && current.locations === REGISTRY.locationsPerParticipant) {
        return "TOO_MANY_LOCATIONS";
      }
    } else {
      const code = this.#begin(values);
      if (code !== undefined) return code;
    }
    this.#put(values, terms);
    return undefined;
  }

  /** A participant whose first row this is, or why it can't be one. */
  #begin(values: RowValues): RowCode | Taken | undefined {
    const last = this.#current?.participant ?? -1;
    const { participant, number, mail, status, language } = values;
    if (participant < last) return "PARTICIPANT_ORDER";
    if (participant - last > REGISTRY.participantGap) return "PARTICIPANT_GAP";
    // What is only claimed somebody else may have.
    const isOwn = (mark: ContactMark): boolean => (values.contacts & contactBit(mark)) === 0;
    const [ownNumber, ownMail] = [isOwn("numberClaimed") ? number : 0, isOwn("mailClaimed") ? mail : ""];
    const numberLine = ownNumber === 0 ? undefined : this.#numbers.lineOf(ownNumber);
    if (numberLine !== undefined) return { code: "NUMBER_TAKEN", line: numberLine };
    const mailLine = ownMail === "" ? undefined : this.#mails.lineOf(ownMail);
    if (mailLine !== undefined) return { code: "MAIL_TAKEN", line: mailLine };
    if (ownNumber !== 0) this.#numbers.take(ownNumber, this.#line);
    if (ownMail !== "") this.#mails.take(ownMail, this.#line);
    const off = this.#switchedOff.of(number, mail);
    if ((off & ~status) !== 0) this.#keptOff++;
    this.#writer.participant(participant, number, status | off, language, extrasOf(values));
    this.#current = {
      participant,
      number,
      mail,
      status,
      language,
      type: values.type,
      name: values.name,
      needs: values.needs,
      pausedUntil: values.pausedUntil,
      joinedDay: values.joinedDay,
      contacts: values.contacts,
      locations: 0,
      hasPhone: false,
    };
    return undefined;
  }

  #put(values: RowValues, terms: number): void {
    const current = this.#current!;
    if (values.generated) this.#writer.markGenerated();
    if (values.place === "phone") {
      this.#writer.phone(values.channels, terms);
      current.hasPhone = true;
    } else if (values.place === "location") {
      this.#writer.location(values.lng, values.lat, values.channels, terms, values.municipality, values.kind);
      this.#writer.postcode(values.postcode);
      current.locations++;
    }
  }

  /** The row of these terms in the table; what the reader gives again is known by identity. */
  #termsRow(terms: Terms): number | undefined {
    const known = this.#termsRows.get(terms);
    if (known !== undefined) return known;
    const row = this.#writer.terms.add(terms);
    if (row !== undefined) this.#termsRows.set(terms, row);
    return row;
  }

  #refuse(why: RowCode | Taken): void {
    const code = typeof why === "string" ? why : why.code;
    const reason = typeof why === "string" ? ROW_CODES[code] : `${ROW_CODES[code]}, on line ${why.line}`;
    this.#refused++;
    this.#refusedByCode[code] = (this.#refusedByCode[code] ?? 0) + 1;
    if (this.#refusals.length >= REGISTRY.reportedRows) return;
    const refusal = { line: this.#line, code, reason };
    this.#refusals.push(refusal);
    this.#onRefusal?.(refusal);
  }

  nothingTaken(): string {
    const first = this.#refusals[0];
    if (first === undefined) return "the file has a header and no rows";
    return `none of ${this.rows} rows can be taken; line ${first.line}: ${first.code}, ${first.reason}`;
  }

  counts(): ImportCounts {
    return {
      rows: this.rows,
      refused: this.#refused,
      refusedByCode: this.#refusedByCode,
      keptOff: this.#keptOff,
      refusals: this.#refusals,
      defaults: this.#reader === undefined ? {} : defaultsOf(this.#reader.header),
    };
  }
}

/** Undefined for who has nothing of it, as most; the wishes for the phone come in a row of their own. */
function extrasOf({
  mail,
  name,
  type: kind,
  needs,
  pausedUntil,
  joinedDay,
  contacts,
}: PersonValues): RowExtras | undefined {
  const isBlank = mail === "" && kind === 0 && needs === 0 && pausedUntil === 0 && joinedDay === 0 && contacts === 0;
  return isBlank ? undefined : { mail, name, kind, needs, pausedUntil, joinedDay, contacts, phone: undefined };
}

function isSame(values: RowValues, current: PersonValues): boolean {
  return (
    values.number === current.number &&
    values.status === current.status &&
    values.language === current.language &&
    values.type === current.type &&
    values.name === current.name &&
    values.mail === current.mail &&
    values.needs === current.needs &&
    values.pausedUntil === current.pausedUntil &&
    values.joinedDay === current.joinedDay &&
    values.contacts === current.contacts
  );
}
