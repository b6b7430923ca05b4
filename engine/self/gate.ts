/**
 * Who may ask for a code, and who may try one. A request for a number that nobody has counts like any other, so that the
 * bounds tell nothing about who takes part. Contacts and addresses are known here by a keyed hash only.
 */
import { fail, ok, type Result } from "../../schemas/errors.js";
import { SELF } from "../../schemas/limits.js";
import { type Contact, contactText } from "./contact.js";
import { Quota, Windows } from "./quota.js";
import type { Secrets } from "./secrets.js";

const TOO_MANY = fail("TOO_MANY_REQUESTS", "Too many codes were asked for; try again later");
const TOO_MANY_WRONG = fail("TOO_MANY_REQUESTS", "Too many wrong codes; try again later");

export class Gate {
  readonly #perContact = new Quota(SELF.codesPerContact, SELF.contacts);
  readonly #perClient = new Quota(SELF.codesPerClient, SELF.clients);
  readonly #wrongPerClient = new Quota(SELF.wrongPerClient, SELF.clients);
  readonly #codes = new Windows(SELF.codes);
  readonly #wrong = new Windows(SELF.wrong);

  constructor(private readonly secrets: Secrets) {}

  /** Takes one code to this contact, asked for from this address, or TOO_MANY_REQUESTS. */
  takeCode(contact: Contact, client: string, nowMs: number): Result<void> {
    const contactKey = this.secrets.blind(contactText(contact));
    const clientKey = this.secrets.blind(client);
    const allowed =
      this.#perContact.allows(contactKey, nowMs) &&
      this.#perClient.allows(clientKey, nowMs) &&
      this.#codes.allows(nowMs);
    if (!allowed) return TOO_MANY;
    this.#perContact.take(contactKey, nowMs);
    this.#perClient.take(clientKey, nowMs);
    this.#codes.take(nowMs);
    return ok(undefined);
  }

  /** Whether this address may try a code. */
  mayTry(client: string, nowMs: number): Result<void> {
    const allowed = this.#wrongPerClient.allows(this.secrets.blind(client), nowMs) && this.#wrong.allows(nowMs);
    return allowed ? ok(undefined) : TOO_MANY_WRONG;
  }

  wrongCode(client: string, nowMs: number): void {
    this.#wrongPerClient.take(this.secrets.blind(client), nowMs);
    this.#wrong.take(nowMs);
  }

  /** To be called now and then: what need not be known any more goes. */
  sweep(nowMs: number): void {
    for (const quota of [this.#perContact, this.#perClient, this.#wrongPerClient]) quota.sweep(nowMs);
  }
}
