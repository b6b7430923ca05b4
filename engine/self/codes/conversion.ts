/**
 * How many of the codes that went to new numbers were used, by country, within the last hour: people who join use theirs, and
 * who only wants messages to arrive somewhere does not. Codes to those who take part already are not counted: that would tell
 * who does.
 */
import { SELF } from "../../../schemas/limits.js";

const HOUR_MS = 3_600_000;
const SLOTS = 12;
const SLOT_MS = HOUR_MS / SLOTS;

export interface Converted {
  readonly country: string;
  /** Since the process started. */
  readonly sent: number;
  readonly used: number;
  /** So few of those of the last hour were used that somebody should look into it. */
  readonly isSuspicious: boolean;
}

interface Slot {
  from: number;
  sent: number;
  used: number;
}

class Country {
  sent = 0;
  used = 0;
  readonly #slots: Slot[] = Array.from({ length: SLOTS }, () => ({ from: Number.NEGATIVE_INFINITY, sent: 0, used: 0 }));

  count(what: "sent" | "used", steadyMs: number): void {
    const from = Math.floor(steadyMs / SLOT_MS);
    const slot = this.#slots[((from % SLOTS) + SLOTS) % SLOTS]!;
    if (slot.from !== from) Object.assign(slot, { from, sent: 0, used: 0 });
    slot[what]++;
    this[what]++;
  }

  isSuspicious(steadyMs: number): boolean {
    const now = Math.floor(steadyMs / SLOT_MS);
    const recent = this.#slots.filter(({ from }) => from > now - SLOTS);
    const sent = recent.reduce((sum, slot) => sum + slot.sent, 0);
    const used = recent.reduce((sum, slot) => sum + slot.used, 0);
    return sent >= SELF.conversionFrom && used * 100 < sent * SELF.conversionPercent;
  }
}

export class Conversion {
  /** As many as are configured. */
  readonly #countries = new Map<string, Country>();

  count(country: string, what: "sent" | "used", steadyMs: number): void {
    const known = this.#countries.get(country) ?? new Country();
    this.#countries.set(country, known);
    known.count(what, steadyMs);
  }

  all(steadyMs: number): Converted[] {
    return [...this.#countries].map(([country, counted]) => {
      return { country, sent: counted.sent, used: counted.used, isSuspicious: counted.isSuspicious(steadyMs) };
    });
  }
}
