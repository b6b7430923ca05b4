/**
 * Who has switched a channel off, by phone number and mail address: an import that replaces the registry must not switch it on
 * again, however old its file is or wherever it comes from. Only the participants do that themselves.
 */
import { ok, type Result } from "../../schemas/errors.js";
import { STATUS_MASK } from "../../schemas/words.js";
import type { DataFolder } from "./open.js";
import { readRecord } from "./record/record.js";
import { scanBlocks } from "./record/scan.js";

/** Bits of the status byte; who has neither number nor mail can't be known again. */
export class SwitchedOff {
  readonly #byNumber = new Map<number, number>();
  readonly #byMail = new Map<string, number>();

  /** What is switched off by either; 0 for no number, "" for no mail. */
  of(number: number, mail: string): number {
    return (this.#byNumber.get(number) ?? 0) | (this.#byMail.get(mail) ?? 0);
  }

  add(number: number, mail: string, bits: number): void {
    if (number !== 0) this.#byNumber.set(number, (this.#byNumber.get(number) ?? 0) | bits);
    if (mail !== "") this.#byMail.set(mail, (this.#byMail.get(mail) ?? 0) | bits);
  }
}

/** Who has any channel off; nobody when there is no registry yet. */
export function readSwitchedOff(data: DataFolder): Result<SwitchedOff> {
  const found = new SwitchedOff();
  const record = readRecord(data.store);
  if (!record.ok) return record.problem.code === "REGISTRY_MISSING" ? ok(found) : record;
  for (const block of scanBlocks(data, record.value)) {
    if (!block.ok) return block;
    const { status, numbers, extras, participantCount } = block.value.rows;
    for (let index = 0; index < participantCount; index++) {
      const off = status[index]! & ~STATUS_MASK;
      if (off !== 0) found.add(numbers[index]!, extras.mail[index]!, off);
    }
  }
  return ok(found);
}
