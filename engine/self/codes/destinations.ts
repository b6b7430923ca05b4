/**
 * Where codes by SMS may go: to mobile numbers of the countries that are configured, and so many to each block of numbers and
 * each country in an hour and a day. Whoever earns by the messages that arrive at numbers of theirs (SMS pumping) finds neither
 * expensive countries here nor a budget worth the trouble.
 *
 * Codes to new numbers and those to participants have budgets of their own, so that the ones never use up the others'. What is
 * refused of the ones may be told, for it follows from what was asked; the others are only told to nobody.
 */
import { fail, ok, type Result } from "../../../schemas/errors.js";
import { SELF } from "../../../schemas/limits.js";
import { NUMBER_FAULTS, originOf } from "../../registry/phone-number.js";
import { Allowance } from "./quota.js";

/** Numbers of one block have all digits but the last four in common. */
const BLOCK = 10_000;
const COUNTRIES = 256;

export interface DestinationOptions {
  /** ISO 3166, the first is one's own. */
  readonly countries: readonly string[];
  /** Whether the registry is one of people who don't exist, whose numbers are in no plan. */
  readonly generated: boolean;
}

export class Destinations {
  readonly toNew: SmsBudget;
  readonly toParticipants: SmsBudget;
  readonly #options: DestinationOptions;

  constructor(options: DestinationOptions) {
    this.#options = options;
    const [home = ""] = options.countries;
    this.toNew = new SmsBudget(home);
    this.toParticipants = new SmsBudget(home);
  }

  /** NUMBER_ABROAD or NUMBER_NOT_MOBILE. */
  check(number: number): Result<void> {
    const { countries, generated } = this.#options;
    const { country, type } = originOf(number);
    if (country === undefined || !countries.includes(country)) {
      return fail("NUMBER_ABROAD", `Codes go by SMS to numbers of ${countries.join(", ")} alone`, "/number");
    }
    if (type === "MOBILE" || (generated && type === undefined)) return ok(undefined);
    return fail("NUMBER_NOT_MOBILE", NUMBER_FAULTS.NUMBER_NOT_MOBILE, "/number");
  }

  sweep(steadyMs: number): void {
    this.toNew.sweep(steadyMs);
    this.toParticipants.sweep(steadyMs);
  }
}

/** Of codes of one kind. */
class SmsBudget {
  readonly #blocks = new Allowance(SELF.smsPerBlock, SELF.smsBlocks);
  readonly #atHome = new Allowance(SELF.smsAtHome, 1);
  readonly #abroad = new Allowance(SELF.smsAbroad, COUNTRIES);
  readonly #home: string;

  constructor(home: string) {
    this.#home = home;
  }

  waitMs(number: number, steadyMs: number): number {
    const country = countryOf(number);
    const blockMs = this.#blocks.waitMs(blockOf(number), steadyMs);
    return Math.max(blockMs, this.#of(country).waitMs(country, steadyMs));
  }

  take(number: number, steadyMs: number): void {
    const country = countryOf(number);
    this.#blocks.take(blockOf(number), steadyMs);
    this.#of(country).take(country, steadyMs);
  }

  sweep(steadyMs: number): void {
    for (const allowance of [this.#blocks, this.#atHome, this.#abroad]) allowance.sweep(steadyMs);
  }

  #of(country: string): Allowance {
    return country === this.#home ? this.#atHome : this.#abroad;
  }
}

/** The country whose budget a number counts for. */
export function countryOf(number: number): string {
  return originOf(number).country ?? "";
}

function blockOf(number: number): string {
  return String(Math.floor(number / BLOCK));
}
