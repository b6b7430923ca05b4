/**
 * What a strange carrier is as a whole: how it writes its ids, who shares a limit, and how often it deviated.
 */
import type { MessageIds } from "../simulator-receipts.js";
import type { SimulatorSettings } from "../simulator-settings.js";
import { ofCarrier, ofConnection } from "./draw.js";
import { type IdForm, idForm } from "./ids.js";
import { type Limiter, limiterKey, makeLimiter } from "./limits.js";
import type { PersonalityName } from "./table.js";

export class Character {
  form: IdForm;
  readonly struck: Partial<Record<PersonalityName, number>> = {};
  readonly #limiters = new Map<string, Limiter>();

  constructor(
    readonly ids: MessageIds,
    readonly seed: number,
    settings: SimulatorSettings,
  ) {
    this.form = idForm(ofCarrier(settings.personalities, seed), ids);
  }

  change({ personalities }: SimulatorSettings): void {
    this.form = idForm(ofCarrier(personalities, this.seed), this.ids);
    this.#limiters.clear();
  }

  /** Of one connection; null: it does as SMPP says. */
  personalitiesOf(connection: number, { personalities }: SimulatorSettings): ReadonlySet<PersonalityName> | null {
    return personalities.length === 0 ? null : ofConnection(personalities, this.seed, connection);
  }

  /** What counts for this bind and those that share its limit; null: nothing but throttleAbove. */
  limiterFor(key: LimiterKey, { throttleAbove }: SimulatorSettings): Limiter | null {
    const name = limiterKey(key.names, key.systemId, key.connection);
    const limiter = this.#limiters.get(name) ?? makeLimiter(key.names, throttleAbove);
    if (limiter !== null) this.#limiters.set(name, limiter);
    return limiter;
  }

  strike(name: PersonalityName): void {
    this.struck[name] = (this.struck[name] ?? 0) + 1;
  }
}

export interface LimiterKey {
  readonly names: ReadonlySet<PersonalityName>;
  readonly systemId: string;
  readonly connection: number;
}
