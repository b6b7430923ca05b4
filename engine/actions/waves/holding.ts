/**
 * Actions that are held: nothing of them leaves until an operator says that it does. What the operator sees is what the ledger
 * knows; who stops or ends one uses the same calls as ever (course.ts), who lets it go on comes here.
 */
import { fail, type Problem, type Result } from "../../../schemas/errors.js";
import type { Dispatcher } from "../../dispatch/ledger/dispatcher.js";
import type { LiveWave } from "../../dispatch/wave/wave.js";
import type { ActionStore } from "../action-store.js";
import type { Course } from "../course.js";
import { type ActionRecord, courseOf, heldFor, settled } from "../record.js";

export class Holding {
  readonly #course: Course;
  readonly #actions: ActionStore;
  readonly #dispatcher: Dispatcher;

  constructor(course: Course, actions: ActionStore, dispatcher: Dispatcher) {
    this.#course = course;
    this.#actions = actions;
    this.#dispatcher = dispatcher;
  }

  /** How many are held now. */
  get count(): number {
    return [...this.#course.underWay].filter(({ status }) => status === "held").length;
  }

  /**
   * Holds all that is under way, for the clock got ahead by so much at once, and doubts it: what follows may have been sent
   * before. At once; settles when it is durable.
   */
  async clockAhead(aheadMs: number): Promise<void> {
    const seconds = Math.round(aheadMs / 1_000);
    const detail = `the clock got ahead by ${seconds} s at once: it was set, or the machine stood still; see that it is right, then resume it, and whoever is sent to is flagged, or stop or end it`;
    const problem: Problem = { code: "CLOCK_STEPPED", detail };
    const held: Promise<void>[] = [];
    for (const record of [...this.#course.underWay]) {
      const next = heldFor(record, problem);
      if (next !== record) held.push(this.#hold({ ...next, doubted: true }));
    }
    await Promise.all(held);
  }

  /** Why this one can't go on; undefined if it can. */
  refusal(record: ActionRecord): Result<never> | undefined {
    const damage = this.#course.found.damageOf(record);
    if (damage) return fail("STORE_CORRUPT", `who was sent to is not known: ${damage.detail}; stop or end it`, "id");
    if (!this.#course.isForeign(record)) return undefined;
    return fail("REGISTRY_REPLACED", "its recipients are people of the registry of before; stop or end it", "id");
  }

  /** Goes on where it was. `write` goes into the commit that makes it durable; nothing is sent before that. */
  async resume(record: ActionRecord, write: (next: ActionRecord) => void): Promise<void> {
    const next = settled(record, courseOf(record));
    this.#course.note(next);
    await this.#dispatcher.write(() => {
      this.#actions.put(next);
      write(next);
    });
    const current = this.#course.record(record.id);
    // Stopped or ended while that was written.
    if (!current.ok || current.value.status !== next.status) return;
    for (const wave of this.#wavesOf(record)) this.#dispatcher.letGo(wave);
    this.#course.takeUp(current.value);
  }

  async #hold(record: ActionRecord): Promise<void> {
    this.#course.note(record);
    const put = (): void => this.#actions.put(record);
    const [first, ...others] = this.#wavesOf(record).filter((wave) => !wave.isSent);
    if (first === undefined) return this.#dispatcher.write(put);
    for (const wave of others) void this.#dispatcher.hold(wave, true, () => {});
    await this.#dispatcher.hold(first, true, put);
  }

  #wavesOf({ id }: ActionRecord): LiveWave[] {
    return this.#dispatcher.waves.filter(({ record }) => record.actionId === id);
  }
}
