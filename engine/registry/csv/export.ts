/** A registry to CSV (csv.ts), streaming; importing what was exported gives the same registry, participant numbers too. */

import { once } from "node:events";
import type { Writable } from "node:stream";
import { fail, ok, type Result } from "../../../schemas/errors.js";
import { type DataFolder, type KekOptions, withRegistry } from "../open.js";
import { type OnProgress, ProgressMeter } from "../progress.js";
import type { RegistryRecord } from "../record/record.js";
import { scanBlocks } from "../record/scan.js";
import { CsvFormat } from "./csv.js";

export interface ExportOptions extends KekOptions {
  readonly onProgress?: OnProgress;
}

/** Writes to `output` and leaves it open. The number of rows, or REGISTRY_MISSING or a store's problem. */
export function exportRegistry(
  folder: string,
  output: Writable,
  options: ExportOptions = {},
): Promise<Result<{ rows: number }>> {
  return withRegistry(folder, options, ({ record, ...data }) => exportFrom(data, record, output, options.onProgress));
}

async function exportFrom(
  data: DataFolder,
  record: RegistryRecord,
  output: Writable,
  onProgress?: OnProgress,
): Promise<Result<{ rows: number }>> {
  const meter = new ProgressMeter(onProgress);
  const format = new CsvFormat(record.terms, record.generated);
  let rows = 0;
  let locations = 0;
  // A reader that has gone is told by the next write; without a listener it would end the process.
  const ignore = () => undefined;
  output.on("error", ignore);
  try {
    await write(output, format.header());
    for (const block of scanBlocks(data, record)) {
      if (!block.ok) return block;
      const { rows: found, firstParticipant } = block.value;
      const formatted = format.block(found, firstParticipant);
      await write(output, formatted.text);
      rows += formatted.rows;
      locations += found.locationCount;
      meter.at(locations, record.locations);
    }
  } catch (error) {
    return fail("INVALID_FIELD", `the output can't be written: ${(error as Error).message}`);
  } finally {
    output.off("error", ignore);
  }
  meter.end(locations);
  return ok({ rows });
}

/** Waits while the other end does not read; throws what the stream fails with. */
async function write(output: Writable, text: string): Promise<void> {
  if (output.errored) throw output.errored;
  if (!output.write(text)) await once(output, "drain");
}
