/**
 * Who may ask for a code, and who may try one. Bounds fall on who causes them: on a contact, on a client address, and on the
 * network around it; there is none over all, which a stranger could use up for everybody. Where a contact's codes were used up,
 * a few are left for who comes from a network that has asked for little, for that may be their owner.
 *
 * A request for a contact that nobody has counts like any other, so that the bounds tell nothing about who takes part. Contacts
 * and addresses are known here by a keyed hash only.
 */
import { ok, type Result } from "../../../schemas/errors.js";
import { SELF } from "../../../schemas/limits.js";
import { type Contact, contactText } from "../contact.js";
import type { Secrets } from "../secrets.js";
import { networkOf } from "./network.js";
import { Allowance, Quota, tooMany } from "./quota.js";

/** A client whose address nobody can tell, because a proxy names none: it may be everybody, so no bound of a client falls on it. */
const UNNAMED = "";
/** All guesses at codes that count are one thing. */
const ALL = "all";

export class Gate {
  readonly #perContact = new Quota(SELF.codesPerContact, SELF.contacts);
  readonly #keptForContact = new Quota(SELF.codesKeptForContact, SELF.contacts);
  readonly #perClient = new Quota(SELF.codesPerClient, SELF.clients);
  readonly #perNetwork = new Allowance(SELF.codesPerNetwork, SELF.networks);
  readonly #wrongPerClient = new Quota(SELF.wrongPerClient, SELF.clients);
  readonly #wrongPerNetwork = new Allowance(SELF.wrongPerNetwork, SELF.networks);
  readonly #guesses = new Allowance(SELF.guesses, 1);
  readonly #secrets: Secrets;

  constructor(secrets: Secrets) {
    this.#secrets = secrets;
  }

  /** Whether the client comes from a network that has asked for few codes lately, and missed few. */
  isClean(client: string, steadyMs: number): boolean {
    if (client === UNNAMED) return false;
    const network = this.#secrets.blind(networkOf(client));
    const asked = this.#perNetwork.used(network, steadyMs);
    return asked + this.#wrongPerNetwork.used(network, steadyMs) < SELF.cleanNetwork;
  }

  /** Takes one code to this contact, asked for from this address, or TOO_MANY_REQUESTS. */
  takeCode(contact: Contact, client: string, steadyMs: number): Result<void> {
    const [contactKey, clientKey] = [this.#secrets.blind(contactText(contact)), this.#secrets.blind(client)];
    const networkKey = this.#secrets.blind(networkOf(client));
    const quota = this.#quotaFor(contactKey, client, steadyMs);
    const isNamed = client !== UNNAMED;
    const waitMs = Math.max(
      quota.waitMs(contactKey, steadyMs),
      isNamed ? this.#perClient.waitMs(clientKey, steadyMs) : 0,
      isNamed ? this.#perNetwork.waitMs(networkKey, steadyMs) : 0,
    );
    if (waitMs > 0) return tooMany("Too many codes were asked for", waitMs);
    quota.take(contactKey, steadyMs);
    if (!isNamed) return ok(undefined);
    this.#perClient.take(clientKey, steadyMs);
    this.#perNetwork.take(networkKey, steadyMs);
    return ok(undefined);
  }

  /** Of which of a contact's codes one is taken: what is kept is used once the others are, and from clean networks. */
  #quotaFor(contactKey: string, client: string, steadyMs: number): Quota {
    const kept = this.#keptForContact;
    const isLeft = this.#perContact.waitMs(contactKey, steadyMs) === 0;
    const mayUseKept = !isLeft && this.isClean(client, steadyMs) && kept.waitMs(contactKey, steadyMs) === 0;
    return mayUseKept ? kept : this.#perContact;
  }

  /** Whether this address may try a code. The bound on its network is not for an address that missed none. */
  mayTry(client: string, steadyMs: number): Result<void> {
    if (client === UNNAMED) return ok(undefined);
    const clientKey = this.#secrets.blind(client);
    if (!this.#wrongPerClient.has(clientKey, steadyMs)) return ok(undefined);
    const networkMs = this.#wrongPerNetwork.waitMs(this.#secrets.blind(networkOf(client)), steadyMs);
    const waitMs = Math.max(this.#wrongPerClient.waitMs(clientKey, steadyMs), networkMs);
    return waitMs === 0 ? ok(undefined) : tooMany("Too many wrong codes", waitMs);
  }

  /** `isGuess`: at a challenge that is open and could be met. Who names one that never was guesses at nothing. */
  wrongCode(client: string, isGuess: boolean, steadyMs: number): void {
    if (client !== UNNAMED) {
      this.#wrongPerClient.take(this.#secrets.blind(client), steadyMs);
      this.#wrongPerNetwork.take(this.#secrets.blind(networkOf(client)), steadyMs);
    }
    if (isGuess) this.#guesses.take(ALL, steadyMs);
  }

  /** Whether somebody is guessing, from wherever: codes are harder to guess then, and nobody is shut out. */
  isGuessedAt(steadyMs: number): boolean {
    return this.#guesses.used(ALL, steadyMs) >= SELF.guesses[0].count / 2;
  }

  /** To be called now and then: what need not be known any more goes. */
  sweep(steadyMs: number): void {
    const quotas = [this.#perContact, this.#keptForContact, this.#perClient, this.#wrongPerClient];
    for (const quota of quotas) quota.sweep(steadyMs);
    for (const allowance of [this.#perNetwork, this.#wrongPerNetwork, this.#guesses]) allowance.sweep(steadyMs);
  }
}
