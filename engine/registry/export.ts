/** A registry to CSV (csv.ts), streaming; importing what was exported gives the same registry, participant numbers too. */

import { once } from "node:events";
import type { Writable } from "node:stream";
import { fail, ok, type Result } from "../../schemas/errors.js";
import { csvHeader, formatBlock } from "./csv.js";
import { type DataFolder, type KekOptions, withRegistry } from "./open.js";
import { type OnProgress, ProgressMeter } from "./progress.js";
import type { RegistryRecord } from "./record.js";
import { scanBlocks } from "./scan.js";
import { formatSchedule, SCHEDULE_WORDS } from "./schedule.js";
import { TERMS_WORDS } from "./terms.js";

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
  const schedules = scheduleTexts(record.terms);
  let rows = 0;
  // A reader that has gone is told by the next write; without a listener it would end the process.
  const ignore = () => undefined;
  output.on("error", ignore);
  try {
    await write(output, csvHeader(record.generated));
    for (const block of scanBlocks(data, record)) {
      if (!block.ok) return block;
      const { rows: found, firstParticipant } = block.value;
      await write(output, formatBlock(found, firstParticipant, schedules, record.generated));
      rows += found.locationCount;
      meter.at(rows, record.locations);
    }
  } catch (error) {
    return fail("INVALID_FIELD", `the output can't be written: ${(error as Error).message}`);
  } finally {
    output.off("error", ignore);
  }
  meter.end(rows);
  return ok({ rows });
}

/** The text of the hours of each row of the table of terms. */
export function scheduleTexts(words: Uint32Array): string[] {
  const count = words.length / TERMS_WORDS;
  return Array.from({ length: count }, (_, row) =>
    formatSchedule(words.subarray(row * TERMS_WORDS, row * TERMS_WORDS + SCHEDULE_WORDS)),
  );
}

/** Waits while the other end does not read; throws what the stream fails with. */
async function write(output: Writable, text: string): Promise<void> {
  if (output.errored) throw output.errored;
  if (!output.write(text)) await once(output, "drain");
}
