/**
 * Who may ask for a code, and who may try one. A request for a number that nobody has counts like any other, so that the
 * bounds tell nothing about who takes part. Contacts and addresses are known here by a keyed hash only.
 */
import { ok, type Result } from "../../schemas/errors.js";
import { SELF } from "../../schemas/limits.js";
import { type Contact, contactText } from "./contact.js";
import { Quota, tooMany, Windows } from "./quota.js";
import type { Secrets } from "./secrets.js";

export class Gate {
  readonly #perContact = new Quota(SELF.codesPerContact, SELF.contacts);
  readonly #perClient = new Quota(SELF.codesPerClient, SELF.clients);
  readonly #wrongPerClient = new Quota(SELF.wrongPerClient, SELF.clients);
  readonly #codes = new Windows(SELF.codes);
  readonly #wrong = new Windows(SELF.wrong);

  constructor(private readonly secrets: Secrets) {}

  /** Takes one code to this contact, asked for from this address, or TOO_MANY_REQUESTS. */
  takeCode(contact: Contact, client: string, steadyMs: number): Result<void> {
    const contactKey = this.secrets.blind(contactText(contact));
    const clientKey = this.secrets.blind(client);
    const waitMs = Math.max(
      this.#perContact.waitMs(contactKey, steadyMs),
      this.#perClient.waitMs(clientKey, steadyMs),
      this.#codes.waitMs(steadyMs),
    );
    if (waitMs > 0) return tooMany("Too many codes were asked for", waitMs);
    this.#perContact.take(contactKey, steadyMs);
    this.#perClient.take(clientKey, steadyMs);
    this.#codes.take(steadyMs);
    return ok(undefined);
  }

  /** Whether this address may try a code. */
  mayTry(client: string, steadyMs: number): Result<void> {
    const clientMs = this.#wrongPerClient.waitMs(this.secrets.blind(client), steadyMs);
    const waitMs = Math.max(clientMs, this.#wrong.waitMs(steadyMs));
    return waitMs === 0 ? ok(undefined) : tooMany("Too many wrong codes", waitMs);
  }

  /**
   * `isGuess`: at a challenge that was open. Who names one that never was guesses at nothing, and could otherwise use up
   * everybody's tries without asking for a single code.
   */
  wrongCode(client: string, isGuess: boolean, steadyMs: number): void {
    this.#wrongPerClient.take(this.secrets.blind(client), steadyMs);
    if (isGuess) this.#wrong.take(steadyMs);
  }

  /** To be called now and then: what need not be known any more goes. */
  sweep(steadyMs: number): void {
    for (const quota of [this.#perContact, this.#perClient, this.#wrongPerClient]) quota.sweep(steadyMs);
  }
}
