/**
 * An operator's word that those of whom it is unknown whether they have the message get it once more: what must be so for it, and
 * what to do where it is not.
 */
import { fail, type Result } from "../../../schemas/errors.js";
import type { Archive } from "../../dispatch/ledger/archive.js";
import type { Dispatcher } from "../../dispatch/ledger/dispatcher.js";
import { liveWave } from "../../dispatch/ledger/live-waves.js";
import type { LiveWave } from "../../dispatch/wave/wave.js";
import { type ActionRecord, waveOf } from "../record.js";

export class Resending {
  readonly #archive: Archive;
  readonly #dispatcher: Dispatcher;

  constructor(archive: Archive, dispatcher: Dispatcher) {
    this.#archive = archive;
    this.#dispatcher = dispatcher;
  }

  /** Why it can't be; undefined if it can. */
  refusal(record: ActionRecord): Result<never> | undefined {
    const wave = this.#waveOf(record);
    if (record.expiresAtMs <= this.#dispatcher.hooks.now() || (wave?.stoppedAtMs ?? null) !== null) {
      return fail("WRONG_STATE", "the action has expired, and nothing stale goes out; create a new one", "id");
    }
    if (wave === undefined || this.#archive.isLeaving(wave)) {
      const kept = "it is only kept what became of each recipient, not what may still be sent";
      return fail("LEDGER_CLOSED", `${kept}; create a new action for the same area`, "id");
    }
    return undefined;
  }

  /** To be called where nothing speaks against it; durable with the ledger's next commit. False: nobody is left to send to. */
  begin(record: ActionRecord): boolean {
    const wave = this.#waveOf(record);
    if (wave !== undefined) this.#dispatcher.resend(wave);
    return wave !== undefined && !wave.isSent;
  }

  /** The one that asks; who is unknown in a thank-you is not asked again. */
  #waveOf(record: ActionRecord): LiveWave | undefined {
    const first = waveOf(record, "first");
    return first && liveWave(this.#dispatcher, first.id);
  }
}
