/**
 * A registry from CSV (csv.ts), streaming. A bad row is refused by its line number with a stable code, and costs nothing but
 * itself; the good ones become the registry when the file ends. A file that ends early (a broken pipe) or has no good row
 * changes nothing.
 *
 * Memory: one block, two commits, and 12 to 40 bytes for each phone number, against giving one to two people.
 */

import { fail, ok, type Result } from "../../schemas/errors.js";
import { REGISTRY } from "../../schemas/limits.js";
import { LineSplitter } from "./lines.js";
import { NumberRegister } from "./numbers.js";
import { type KekOptions, openDataFolder } from "./open.js";
import { type OnProgress, ProgressMeter } from "./progress.js";
import type { RegistryRecord } from "./record.js";
import { ROW_CODES, type RowCode, RowReader, readHeader } from "./row.js";
import { switchedOffByNumber } from "./switched-off.js";
import { ALWAYS_EVERYTHING } from "./terms.js";
import { RegistryWriter } from "./writer.js";

export interface Refusal {
  readonly line: number;
  readonly code: RowCode;
  readonly reason: string;
}

export interface ImportReport {
  readonly registry: RegistryRecord;
  /** Rows with a location, taken or refused. */
  readonly rows: number;
  readonly refused: number;
  readonly refusedByCode: Partial<Record<RowCode, number>>;
  /** Participants with a channel that the file has on, and that stays off because they switched it off themselves. */
  readonly keptOff: number;
  /** The first of the refused rows, at most REGISTRY.reportedRows. */
  readonly refusals: readonly Refusal[];
}

export interface ImportOptions extends KekOptions {
  readonly replace?: boolean;
  /** Bytes that will come, when they are known; for the time left. */
  readonly totalBytes?: number;
  readonly onProgress?: OnProgress;
  /** Called once, for each of the refusals in the report, as it happens. */
  readonly onRefusal?: (refusal: Refusal) => void;
}

/** REGISTRY_EXISTS without `replace`, ROW_INVALID for a file without a header or any good row, or a store's problem. */
export async function importRegistry(
  folder: string,
  input: AsyncIterable<Buffer>,
  options: ImportOptions = {},
): Promise<Result<ImportReport>> {
  const data = openDataFolder(folder, options);
  if (!data.ok) return data;
  try {
    const switchedOff = switchedOffByNumber(data.value);
    if (!switchedOff.ok) {
      const { code, detail, field } = switchedOff.problem;
      const choice = "so who switched a channel off can't be known; to go on without, import into another folder";
      return fail(code, `${detail}, ${choice}`, field);
    }
    const begun = await RegistryWriter.begin(data.value, { generated: false, replace: options.replace ?? false });
    if (!begun.ok) return begun;
    const written = await importInto(begun.value, switchedOff.value, input, options);
    if (!written.ok) await begun.value.abandon();
    return written;
  } finally {
    await data.value.store.close();
  }
}

async function importInto(
  writer: RegistryWriter,
  switchedOff: ReadonlyMap<number, number>,
  input: AsyncIterable<Buffer>,
  options: ImportOptions,
): Promise<Result<ImportReport>> {
  const importer = new Importer(writer, switchedOff, options.onRefusal);
  const lines = new LineSplitter((line) => importer.line(line));
  const meter = new ProgressMeter(options.onProgress);
  let bytes = 0;
  try {
    for await (const chunk of input) {
      lines.push(chunk);
      if (importer.headerProblem) return fail("ROW_INVALID", importer.headerProblem, "line 1");
      bytes += chunk.byteLength;
      meter.at(importer.rows, undefined, options.totalBytes ? bytes / options.totalBytes : undefined);
      const flushed = writer.full ? await writer.flush() : ok(undefined);
      if (!flushed.ok) return flushed;
    }
  } catch (error) {
    return fail("INVALID_FIELD", `the file can't be read: ${(error as Error).message}`);
  }
  lines.end();
  if (importer.empty) return fail("ROW_INVALID", "the file is empty; its first line must be a header", "line 1");
  if (importer.headerProblem) return fail("ROW_INVALID", importer.headerProblem, "line 1");
  if (writer.participants === 0) return fail("ROW_INVALID", importer.nothingTaken());
  const registry = await writer.finish();
  if (!registry.ok) return registry;
  meter.end(importer.rows);
  return ok({ registry: registry.value, ...importer.counts() });
}

/** Takes lines, checks each against those before it, and gives the good ones to the writer. */
class Importer {
  rows = 0;
  headerProblem: string | undefined;
  readonly #numbers = new NumberRegister();
  readonly #refusals: Refusal[] = [];
  readonly #refusedByCode: Partial<Record<RowCode, number>> = {};
  #refused = 0;
  #keptOff = 0;
  #line = 0;
  #reader: RowReader | undefined;
  /** The participant whose rows are being read. */
  #current = { participant: -1, number: 0, status: 0, language: 0, locations: 0 };

  constructor(
    private readonly writer: RegistryWriter,
    private readonly switchedOff: ReadonlyMap<number, number>,
    private readonly onRefusal: ((refusal: Refusal) => void) | undefined,
  ) {}

  get empty(): boolean {
    return this.#line === 0;
  }

  line(text: string | undefined): void {
    this.#line++;
    if (this.#line === 1) {
      this.#header(text ?? "");
      return;
    }
    if (this.#reader === undefined || text?.trim() === "") return;
    this.rows++;
    if (text === undefined) {
      this.#refuse("ROW_TOO_LONG");
      return;
    }
    const code = this.#reader.read(text) ?? this.#take(this.#reader);
    if (code !== undefined) this.#refuse(code);
  }

  #header(text: string): void {
    const header = readHeader(text);
    this.headerProblem = "wrong" in header ? header.wrong : undefined;
    if ("places" in header) this.#reader = new RowReader(header.places);
  }

  /** Gives the row to the writer, or says why it does not fit those before it. */
  #take({ values }: RowReader): RowCode | undefined {
    const current = this.#current;
    const terms = this.writer.terms.add({ ...ALWAYS_EVERYTHING, hours: values.schedule });
    if (terms === undefined) return "TOO_MANY_TERMS";
    if (values.participant === current.participant) {
      if (values.number !== current.number || values.status !== current.status) return "PARTICIPANT_DIFFERS";
      if (values.language !== current.language) return "PARTICIPANT_DIFFERS";
      if (current.locations === REGISTRY.locationsPerParticipant) return "TOO_MANY_LOCATIONS";
    } else {
      const { participant, number, status, language } = values;
      if (participant < current.participant) return "PARTICIPANT_ORDER";
      if (participant - current.participant > REGISTRY.participantGap) return "PARTICIPANT_GAP";
      const taken = number === 0 ? undefined : this.#numbers.take(number, this.#line);
      if (taken !== undefined) {
        this.#refuse("NUMBER_TAKEN", `${ROW_CODES.NUMBER_TAKEN}, on line ${taken}`);
        return undefined;
      }
      this.#current = { participant, number, status, language, locations: 0 };
      const off = this.switchedOff.get(number) ?? 0;
      if ((off & ~status) !== 0) this.#keptOff++;
      this.writer.participant(participant, number, status | off, language);
    }
    this.#current.locations++;
    if (values.generated) this.writer.markGenerated();
    this.writer.location(values.lng, values.lat, values.channels, terms, values.municipality, values.kind);
    return undefined;
  }

  #refuse(code: RowCode, reason: string = ROW_CODES[code]): void {
    this.#refused++;
    this.#refusedByCode[code] = (this.#refusedByCode[code] ?? 0) + 1;
    if (this.#refusals.length >= REGISTRY.reportedRows) return;
    const refusal = { line: this.#line, code, reason };
    this.#refusals.push(refusal);
    this.onRefusal?.(refusal);
  }

  nothingTaken(): string {
    const first = this.#refusals[0];
    if (first === undefined) return "the file has a header and no rows";
    return `none of ${this.rows} rows can be taken; line ${first.line}: ${first.code}, ${first.reason}`;
  }

  counts(): Omit<ImportReport, "registry"> {
    return {
      rows: this.rows,
      refused: this.#refused,
      refusedByCode: this.#refusedByCode,
      keptOff: this.#keptOff,
      refusals: this.#refusals,
    };
  }
}
