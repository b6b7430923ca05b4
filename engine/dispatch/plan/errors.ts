/**
 * What went wrong at a carrier since the process started, by cause: the command_status with which it refused, and submissions of which
 * nothing was heard. Throttling is no error, and is counted by the carrier's thread.
 */
import { CARRIER_CONTROL } from "../../../schemas/limits.js";
import { COMMAND_STATUS_LAST, EVENT, UNKNOWN_REASON } from "../../../schemas/link.js";
import { CARRIER_TROUBLES, type CarrierTrouble } from "../../../schemas/words.js";

export interface CountedError {
  readonly cause: CarrierTrouble;
  /** The command_status; 0 of the other causes, and of those that were too many to be told apart. */
  readonly code: number;
  readonly times: number;
}

export class CarrierErrors {
  /** By cause and code in one number. */
  readonly #times = new Map<number, number>();

  /** Of an event of the carrier: its kind, and its third word. */
  heed(kind: number, detail: number): void {
    if (kind === EVENT.outcome) {
      // What our own thread refused is no word of the carrier's.
      if (detail !== 0 && detail <= COMMAND_STATUS_LAST) this.#count("commandStatus", detail);
    } else if (kind === EVENT.unknown) {
      this.#count(detail === UNKNOWN_REASON.deadline ? "noResponse" : "disconnected", 0);
    }
  }

  /** The most frequent first. */
  all(): CountedError[] {
    const errors = [...this.#times].map(([name, times]) => {
      const cause = CARRIER_TROUBLES[name % CARRIER_TROUBLES.length]!;
      return { cause, code: Math.floor(name / CARRIER_TROUBLES.length), times };
    });
    return errors.sort((a, b) => b.times - a.times);
  }

  #count(cause: CarrierTrouble, code: number): void {
    const at = CARRIER_TROUBLES.indexOf(cause);
    const name = code * CARRIER_TROUBLES.length + at;
    const isNew = !this.#times.has(name) && this.#times.size >= CARRIER_CONTROL.errorCodes;
    const counted = isNew ? at : name;
    this.#times.set(counted, (this.#times.get(counted) ?? 0) + 1);
  }
}
