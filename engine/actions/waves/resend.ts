/**
 * An operator's word that those of whom it is unknown whether they have the message get it once more: what must be so for it,
 * what to do where it is not, and how the action goes on.
 */
import { fail, type Result } from "../../../schemas/errors.js";
import type { Archive } from "../../dispatch/ledger/archive.js";
import type { Dispatcher } from "../../dispatch/ledger/dispatcher.js";
import type { LiveWave } from "../../dispatch/wave/wave.js";
import type { ActionStore } from "../action-store.js";
import type { Course } from "../course.js";
import { type ActionRecord, settled } from "../record.js";

export class Resending {
  readonly #course: Course;
  readonly #actions: ActionStore;
  readonly #archive: Archive;
  readonly #dispatcher: Dispatcher;

  constructor(course: Course, actions: ActionStore, archive: Archive, dispatcher: Dispatcher) {
    this.#course = course;
    this.#actions = actions;
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

  /** To be called where nothing speaks against it. `write` goes into the commit that makes it durable; nothing is sent before that. */
  async resume(record: ActionRecord, write: (next: ActionRecord) => void): Promise<void> {
    const wave = this.#waveOf(record);
    if (wave !== undefined) this.#dispatcher.resend(wave);
    const next = wave === undefined || wave.isSent ? record : settled(record, "sending");
    this.#course.note(next);
    await this.#dispatcher.write(() => {
      this.#actions.put(next);
      write(next);
    });
  }

  /** The one that asks; who is unknown in a thank-you is not asked again. */
  #waveOf({ id }: ActionRecord): LiveWave | undefined {
    return this.#dispatcher.waves.find(({ record }) => record.actionId === id && record.kind === "first");
  }
}
