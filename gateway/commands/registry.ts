/**
 * The command `seinpost registry`: generate, import, export and look into the participants in a data folder. Not to be used
 * on the folder of a service that is running.
 * Progress and refused rows go to stderr, results to stdout.
 */

import { createReadStream, renameSync, rmSync, statSync } from "node:fs";
import { open } from "node:fs/promises";
import { finished } from "node:stream/promises";
import { Command } from "commander";
import type { Charset } from "../../engine/files/file-text.js";
import { registryStats } from "../../engine/registry/columns/stats.js";
import { type ExportOptions, exportRegistry } from "../../engine/registry/csv/export.js";
import { type ImportReport, importRegistry } from "../../engine/registry/csv/import.js";
import type { OnProgress } from "../../engine/registry/progress.js";
import { fail, type Result } from "../../schemas/errors.js";
import { runGenerator } from "../service/demo/generator.js";
import { alone, type DataOption, onData, report } from "./data.js";
import { EXIT } from "./exit-codes.js";
import { sayKekMade } from "./kek.js";
import { onRecord, orRefused, putDeed } from "./on-record.js";
import { statsText } from "./stats-text.js";
import { charset, wholeNumber } from "./values.js";
import { showProgress } from "./watch/progress.js";

const READ_BYTES = 1_048_576;
/** An export holds phone numbers: it is for its owner alone. */
const PRIVATE = 0o600;

export function registryCommand(): Command {
  const registry = new Command("registry").description("generate, import, export and look into the participants");
  add(registry, "generate", "make a registry that looks like the Netherlands")
    .option("--participants <n>", "how many (default 1600000)", wholeNumber)
    .option("--seed <n>", "the same seed gives the same people (default 1)", wholeNumber)
    .option("--postcodes <file>", "homes follow this file of the population (as of places import)")
    .option("--replace", "replace the registry that is there")
    .action(runGenerate);
  add(registry, "import", "take participants from CSV, one row a location")
    .argument("<file>", 'a file, or "-" for standard input')
    .option("--replace", "replace the registry that is there")
    .option(
      "--charset <name>",
      "what the file is written in, where no byte order mark says it (default utf-8)",
      charset,
    )
    .action(runImport);
  add(registry, "export", "write the participants as CSV")
    .argument("<file>", 'a file, or "-" for standard output')
    .action(runExport);
  add(registry, "stats", "what is in the registry").option("--json", "as one JSON object").action(runStats);
  return registry;
}

function add(parent: Command, name: string, description: string): Command {
  return onData(parent.command(name).description(description));
}

interface GenerateFlags extends DataOption {
  readonly participants?: number;
  readonly seed?: number;
  readonly postcodes?: string;
  readonly replace?: boolean;
}

async function runGenerate(options: GenerateFlags): Promise<void> {
  const shown = showProgress("participants");
  const generated = await orRefused(options.data, "registry.generated", () =>
    runGenerator(options, { onProgress: shown.onProgress, onKekMade: sayKekMade }),
  );
  shown.stop();
  if (!generated.ok) return report(generated.problem);
  const { participants, locations, unmatchedMunicipalities } = generated.value;
  process.stdout.write(`generated ${participants} participants with ${locations} locations\n`);
  if (unmatchedMunicipalities.length > 0) {
    process.stdout.write(`without a municipality number: ${unmatchedMunicipalities.join(", ")}\n`);
  }
}

interface ImportFlags extends DataOption {
  readonly replace?: boolean;
  readonly charset?: Charset;
}

async function runImport(file: string, options: ImportFlags): Promise<void> {
  const shown = showProgress("rows");
  const imported = await orRefused(options.data, "registry.imported", () =>
    importFrom(file, options, shown.onProgress),
  );
  shown.stop();
  if (!imported.ok) return report(imported.problem);
  const { registry, rows, refused, refusedByCode, keptOff, form, defaults } = imported.value;
  process.stdout.write(`imported ${registry.participants} participants with ${registry.locations} locations\n`);
  for (const [column, text] of Object.entries(defaults)) process.stdout.write(`without a column ${column}: ${text}\n`);
  if (!form.lastLineEnded) process.stdout.write("the last line has no line end: it may have been cut off\n");
  if (keptOff > 0) process.stdout.write(`${keptOff} participants had switched a channel off; it stays off\n`);
  if (refused === 0) return;
  const byCode = Object.entries(refusedByCode).map(([code, count]) => `${code} ${count}`);
  process.stdout.write(`refused ${refused} of ${rows} rows: ${byCode.join(", ")}\n`);
  process.exitCode = EXIT.inPart;
}

async function importFrom(file: string, options: ImportFlags, onProgress: OnProgress): Promise<Result<ImportReport>> {
  const totalBytes = file === "-" ? undefined : sizeOf(file);
  if (totalBytes?.ok === false) return totalBytes;
  const input = file === "-" ? process.stdin : createReadStream(file, { highWaterMark: READ_BYTES });
  return alone(options.data, () =>
    importRegistry(options.data, input, {
      replace: options.replace ?? false,
      kekFile: options.kekFile,
      onKekMade: sayKekMade,
      ...(options.charset && { charset: options.charset }),
      ...(totalBytes && { totalBytes: totalBytes.value }),
      alongside: (store) => putDeed(store, "registry.imported"),
      onProgress,
      onRefusal: ({ line, code, reason }) => process.stderr.write(`line ${line}: ${code}: ${reason}\n`),
    }),
  );
}

function sizeOf(file: string): Result<number> {
  const stat = statSync(file, { throwIfNoEntry: false });
  if (stat === undefined) return fail("INVALID_FIELD", "there is no such file", file);
  return stat.isDirectory() ? fail("INVALID_FIELD", "it is a folder", file) : { ok: true, value: stat.size };
}

async function runExport(file: string, options: DataOption): Promise<void> {
  const shown = showProgress("rows");
  const how = { kekFile: options.kekFile, onProgress: shown.onProgress };
  const exported = await onRecord(options.data, ["registry.exporting", "registry.exported"], () =>
    file === "-" ? exportRegistry(options.data, process.stdout, how) : exportToFile(file, options.data, how),
  );
  shown.stop();
  if (!exported.ok) return report(exported.problem);
  if (file !== "-") process.stdout.write(`exported ${exported.value.rows} rows\n`);
}

/** Under another name until it is whole, so that a file of this name is never half an export. */
async function exportToFile(file: string, data: string, options: ExportOptions): Promise<Result<{ rows: number }>> {
  const part = `${file}.part`;
  try {
    const output = (await open(part, "w", PRIVATE)).createWriteStream();
    const exported = await exportRegistry(data, output, options);
    if (!exported.ok) {
      output.destroy();
      rmSync(part, { force: true });
      return exported;
    }
    output.end();
    await finished(output);
    renameSync(part, file);
    return exported;
  } catch (error) {
    rmSync(part, { force: true });
    return fail("INVALID_FIELD", `it can't be written: ${(error as Error).message}`, file);
  }
}

async function runStats(options: DataOption & { readonly json?: boolean }): Promise<void> {
  const stats = await registryStats(options.data, options);
  if (!stats.ok) return report(stats.problem);
  process.stdout.write(options.json ? `${JSON.stringify(stats.value)}\n` : statsText(stats.value));
}
