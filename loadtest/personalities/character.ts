/**
 * What a strange carrier is as a whole: how it writes its ids, who shares a limit, and how often it deviated.
 */
import { RECEIPT_FLAG } from "../carrier/behaviour.js";
import type { Submit } from "../carrier/bind/wire.js";
import type { MessageIds, Receipt, Senders } from "../carrier/receipts.js";
import type { SimulatorSettings } from "../carrier/settings.js";
import { ofCarrier, ofConnection } from "./draw.js";
import { type IdForm, idForm, Parts } from "./ids.js";
import { type Limiter, limiterKey, makeLimiter } from "./limits.js";
import { Random } from "./random.js";
import { strangeReceipt } from "./receipts.js";
import { makeService, type Service } from "./service.js";
import type { PersonalityName } from "./table.js";

const PLAIN: ReadonlySet<PersonalityName> = new Set();

export class Character {
  readonly #parts = new Parts();
  /** The forms that ids had, each from the message that first had it: a receipt names an id as its response did. */
  readonly #forms: { readonly from: number; readonly form: IdForm }[];
  readonly struck: Partial<Record<PersonalityName, number>> = {};
  readonly #random = new Random(0);
  readonly #limiters = new Map<string, Limiter>();
  /** Where messages are done one after the other; null: at once. */
  service: Service | null;

  constructor(
    readonly ids: MessageIds,
    readonly seed: number,
    settings: SimulatorSettings,
  ) {
    const names = ofCarrier(settings.personalities, seed);
    this.#forms = [{ from: 0, form: idForm(names, ids) }];
    this.service = makeService(names, () => this.strike("pauses"));
  }

  /** The message_id as in the response. */
  idOf(message: number): string {
    return this.#formOf(message).response(this.#parts.firstOf(message), this.#parts.partOf(message));
  }

  /** As in its receipt, or in one for an id that nobody has. */
  idInReceipt(message: number, isForeign: boolean): string {
    return this.#formOf(message).receipt(this.#parts.firstOf(message), isForeign);
  }

  /** This message has the id of the first part, if it is a part of a long one to this number. */
  join(message: number, submit: Submit): void {
    this.#parts.add(message, submit);
  }

  #formOf(message: number): IdForm {
    return this.#forms.findLast(({ from }) => from <= message)!.form;
  }

  /** Other settings count from the next message on. */
  change({ personalities }: SimulatorSettings, nextMessage: number): void {
    const names = ofCarrier(personalities, this.seed);
    const form = idForm(names, this.ids);
    // Of forms that no message had only the last one is kept.
    if (this.#forms.at(-1)!.from === nextMessage) this.#forms.pop();
    this.#forms.push({ from: nextMessage, form });
    this.#limiters.clear();
    this.service = makeService(names, () => this.strike("pauses"));
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

  /** Whether earlier messages may have ids of another form than the plain one. */
  get hasChanged(): boolean {
    return this.#forms.length > 1;
  }

  /** As a carrier that is strange no more writes it: plain, but for the id that its response had. */
  receipt(sequence: number, receipt: Receipt, senders: Senders): Buffer {
    const help = { random: this.#random, ids: this, senders, flags: RECEIPT_FLAG };
    return strangeReceipt(PLAIN, help, sequence, receipt);
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
