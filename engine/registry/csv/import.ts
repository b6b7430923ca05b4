/**
 * A registry from CSV (csv.ts), streaming. A bad row is refused by its line number with a stable code, and costs nothing but
 * itself; the good ones become the registry when the file ends. A file that ends early (a broken pipe) or has no good row
 * changes nothing.
 *
 * Memory: one block, two commits, and 12 to 40 bytes for each phone number and mail address, against giving one to two people.
 */

import { fail, ok, type Result } from "../../../schemas/errors.js";
import { CsvRecords, type FileForm } from "../../files/csv-records.js";
import type { Charset } from "../../files/file-text.js";
import { Places } from "../../places/places.js";
import { type KekOptions, openDataFolder } from "../open.js";
import { type OnProgress, ProgressMeter } from "../progress.js";
import type { RegistryRecord } from "../record/record.js";
import { type Alongside, RegistryWriter } from "../record/writer.js";
import { readSwitchedOff } from "../switched-off.js";
import { type ImportCounts, Importer, type Refusal } from "./importer.js";

export interface ImportReport extends ImportCounts {
  readonly registry: RegistryRecord;
  readonly form: FileForm;
}

export interface ImportOptions extends KekOptions {
  readonly replace?: boolean;
  /** What the file is written in, where no byte order mark says it; UTF-8 when absent. */
  readonly charset?: Charset;
  /** Bytes that will come, when they are known; for the time left. */
  readonly totalBytes?: number;
  readonly onProgress?: OnProgress;
  readonly alongside?: Alongside;
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
    const switchedOff = readSwitchedOff(data.value);
    if (!switchedOff.ok) {
      const { code, detail, field } = switchedOff.problem;
      const choice = "so who switched a channel off can't be known; to go on without, import into another folder";
      return fail(code, `${detail}, ${choice}`, field);
    }
    const places = await Places.load(data.value.store);
    if (!places.ok) return places;
    const { replace = false, alongside } = options;
    const begun = await RegistryWriter.begin(data.value, { generated: false, replace, alongside });
    if (!begun.ok) return begun;
    const written = await importInto(
      begun.value,
      new Importer(begun.value, switchedOff.value, places.value, options.onRefusal),
      input,
      options,
    );
    if (!written.ok) await begun.value.abandon();
    return written;
  } finally {
    await data.value.store.close();
  }
}

async function importInto(
  writer: RegistryWriter,
  importer: Importer,
  input: AsyncIterable<Buffer>,
  options: ImportOptions,
): Promise<Result<ImportReport>> {
  const records = new CsvRecords(importer, options.charset);
  const meter = new ProgressMeter(options.onProgress);
  let bytes = 0;
  try {
    for await (const chunk of input) {
      records.push(chunk);
      const wrong = records.problem ?? importer.headerProblem;
      if (wrong) return fail("ROW_INVALID", wrong, wrong === importer.headerProblem ? "line 1" : undefined);
      bytes += chunk.byteLength;
      meter.at(importer.rows, undefined, options.totalBytes ? bytes / options.totalBytes : undefined);
      const flushed = writer.full ? await writer.flush() : ok(undefined);
      if (!flushed.ok) return flushed;
    }
  } catch (error) {
    return fail("INVALID_FIELD", `the file can't be read: ${(error as Error).message}`);
  }
  records.end();
  if (records.problem) return fail("ROW_INVALID", records.problem);
  if (importer.empty) return fail("ROW_INVALID", "the file is empty; its first line must be a header", "line 1");
  if (importer.headerProblem) return fail("ROW_INVALID", importer.headerProblem, "line 1");
  if (writer.participants === 0) return fail("ROW_INVALID", importer.nothingTaken());
  const registry = await writer.finish();
  if (!registry.ok) return registry;
  meter.end(importer.rows);
  return ok({ registry: registry.value, form: records.form, ...importer.counts() });
}
