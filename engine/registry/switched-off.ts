/**
 * Who has switched a channel off, by phone number: an import that replaces the registry must not switch it on again, however
 * old its file is or wherever it comes from. Only the participants do that themselves.
 */
import { ok, type Result } from "../../schemas/errors.js";
import { STATUS_MASK } from "../../schemas/words.js";
import type { DataFolder } from "./open.js";
import { readRecord } from "./record.js";
import { scanBlocks } from "./scan.js";

/** The switched-off bits of the status byte by number, for who has any; empty when there is no registry yet. */
export function switchedOffByNumber(data: DataFolder): Result<ReadonlyMap<number, number>> {
  const bits = new Map<number, number>();
  const record = readRecord(data.store);
  if (!record.ok) return record.problem.code === "REGISTRY_MISSING" ? ok(bits) : record;
  for (const block of scanBlocks(data, record.value)) {
    if (!block.ok) return block;
    const { status, numbers, participantCount } = block.value.rows;
    for (let index = 0; index < participantCount; index++) {
      const off = status[index]! & ~STATUS_MASK;
      // Without a number nobody can be known again.
      if (off !== 0 && numbers[index]! > 0) bits.set(numbers[index]!, (bits.get(numbers[index]!) ?? 0) | off);
    }
  }
  return ok(bits);
}
