/**
 * Actions that are held: nothing of them leaves until an operator says that it does. What the operator sees is what the ledger
 * knows; who stops or ends one uses the same calls as ever, and so does who lets it go on, where nothing speaks against it here.
 */
import { fail, type Problem, type Result } from "../../../schemas/errors.js";
import type { Lifecycle } from "../lifecycle.js";
import type { ActionRecord } from "../record.js";

export class Holding {
  readonly #lifecycle: Lifecycle;

  constructor(lifecycle: Lifecycle) {
    this.#lifecycle = lifecycle;
  }

  /** How many are held now. */
  get count(): number {
    return [...this.#lifecycle.underWay].filter(({ status }) => status === "held").length;
  }

  /**
   * Holds all that is under way, for the clock got ahead by so much at once, and doubts it: what follows may have been sent
   * before. At once; settles when it is durable.
   */
  async clockAhead(aheadMs: number): Promise<void> {
    const seconds = Math.round(aheadMs / 1_000);
    const detail = `the clock got ahead by ${seconds} s at once: it was set, or the machine stood still; see that it is right, then resume it, and whoever is sent to is flagged, or stop or end it`;
    const reason: Problem = { code: "CLOCK_STEPPED", detail };
    await Promise.all(
      [...this.#lifecycle.underWay].map(({ id }) => this.#lifecycle.apply(id, { type: "held", reason })),
    );
  }

  /** Why this one can't go on; undefined if it can. */
  refusal(record: ActionRecord): Result<never> | undefined {
    const damage = this.#lifecycle.found.damageOf(record);
    if (damage) return fail("STORE_CORRUPT", `who was sent to is not known: ${damage.detail}; stop or end it`, "id");
    if (!this.#lifecycle.live.isForeign(record)) return undefined;
    return fail("REGISTRY_REPLACED", "its recipients are people of the registry of before; stop or end it", "id");
  }
}
