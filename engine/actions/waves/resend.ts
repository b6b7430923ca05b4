/**
 * An operator's word that those of whom it is unknown whether they have the message get it once more: what must be so for it, and
 * what to do where it is not.
 */
import { fail, type Result } from "../../../schemas/errors.js";
import type { Archive } from "../../dispatch/ledger/archive.js";
import type { Dispatcher } from "../../dispatch/ledger/dispatcher.js";
import { liveWave } from "../../dispatch/ledger/live-waves.js";
import type { LiveWave } from "../../dispatch/wave/wave.js";
import type { ActionRecord } from "../record.js";

export class Resending {
  readonly #archive: Archive;
  readonly #dispatcher: Dispatcher;

  constructor(archive: Archive, dispatcher: Dispatcher) {
    this.#archive = archive;
    this.#dispatcher = dispatcher;
  }

  /** Why it can't be; undefined if it can. */
  refusal(record: ActionRecord): Result<never> | undefined {
    if (record.expiresAtMs <= this.#dispatcher.hooks.now()) {
      return fail("WRONG_STATE", "the action has expired, and nothing stale goes out; create a new one", "id");
    }
    if (this.#wavesOf(record).length > 0) return undefined;
    const kept = "it is only kept what became of each recipient, not what may still be sent";
    return fail("LEDGER_CLOSED", `${kept}; create a new action for the same area`, "id");
  }

  /** To be called where nothing speaks against it; durable with the ledger's next commit. Gives the waves of which somebody goes again. */
  begin(record: ActionRecord): number[] {
    const waves = this.#wavesOf(record);
    for (const wave of waves) this.#dispatcher.resend(wave);
    return waves.filter(({ isSent }) => !isSent).map(({ record: { waveId } }) => waveId);
  }

  /** Those that may still be sent; who is unknown in a thank-you is not asked again, and nobody gets a text that was corrected. */
  #wavesOf({ waves }: ActionRecord): LiveWave[] {
    return waves.flatMap(({ id, kind }) => {
      const live = kind === "ending" ? undefined : liveWave(this.#dispatcher, id);
      return live && live.stoppedAtMs === null && !this.#archive.isLeaving(live) ? [live] : [];
    });
  }
}
