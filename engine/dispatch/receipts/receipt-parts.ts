/**
 * Whether a carrier reports on each part of a long message or once on all of it. Many send one receipt, for the first part or the
 * last, and some give all parts one id; who waits for the others then waits in vain.
 *
 * Where the configuration leaves it open it is found out. A second part that is reported on settles it, for good. When of
 * RECEIPTS.partsSettled messages one part was delivered, and for RECEIPTS.partsMs more nothing came of another of any message, it
 * is one receipt for all; those that were waiting till then are handed out to be completed. One id for all parts is proof at once.
 */
import type { ReceiptsPer } from "../../../schemas/carrier.js";
import { RECEIPTS } from "../../../schemas/limits.js";
import type { LiveWave } from "../wave/wave.js";

/** Of whom one part has been delivered. */
export interface Partly {
  readonly wave: LiveWave;
  readonly position: number;
}

export class ReceiptParts {
  #learnt: "part" | "message" | null = null;
  /** While nothing is settled: as many as RECEIPTS.partsKept, for the rest there is no going back. */
  #partly: Partly[] = [];
  #count = 0;
  /** When there were enough of them. */
  #enoughAtMs = Number.POSITIVE_INFINITY;
  readonly #configured: () => ReceiptsPer;

  /** `configured`: what it is now, for a configuration may change. */
  constructor(configured: () => ReceiptsPer) {
    this.#configured = configured;
  }

  /** For people: what is configured, and behind it what was found out. */
  get shown(): string {
    const configured = this.#configured();
    return configured === "auto" && this.#learnt !== null ? `auto: ${this.#learnt}` : configured;
  }

  /** Whether it is certain that one receipt stands for all parts, also of whom a part is not known to be taken. */
  get isForAll(): boolean {
    return this.#configured() === "message";
  }

  /** Takes note that a part was delivered; true if that is a receipt for all of the message. */
  delivered(wave: LiveWave, position: number, segment: number, steadyMs: number): boolean {
    const configured = this.#configured();
    if (configured !== "auto") return configured === "message";
    if (this.#learnt !== null) return this.#learnt === "message";
    if (wave.said.hasOther(position, segment)) {
      this.#learnt = "part";
      this.#partly = [];
      return false;
    }
    this.#count++;
    this.keep({ wave, position });
    if (this.#count === RECEIPTS.partsSettled) this.#enoughAtMs = steadyMs;
    return false;
  }

  /** To be handed out, or once more, when it is known that there is one receipt for all parts. */
  keep(partly: Partly): void {
    if (this.#partly.length < RECEIPTS.partsKept) this.#partly.push(partly);
  }

  /** All parts of a message have one id. */
  haveOneId(): void {
    this.#learnt ??= "message";
  }

  /** Those who wait in vain, as many as one turn may complete; none until it is known that they do. */
  takePartly(steadyMs: number): readonly Partly[] {
    if (this.#learnt === null && steadyMs - this.#enoughAtMs >= RECEIPTS.partsMs) this.#learnt = "message";
    return this.#learnt === "message" ? this.#partly.splice(0, RECEIPTS.partsPerTurn) : [];
  }

  /** A wave that was forgotten is waited for no more. */
  forget(wave: LiveWave): void {
    this.#partly = this.#partly.filter((each) => each.wave !== wave);
  }
}
