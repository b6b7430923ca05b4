/** Codes of self-service by mail; where no mail server is configured, none can be sent. */
import type { CodeChannel, CodeMessage } from "../../engine/self/code-channel.js";
import { assert } from "../../schemas/errors.js";
import type { MailChannel } from "./mail.js";

export class MailCodes implements CodeChannel {
  readonly #mail: MailChannel | undefined;

  constructor(mail: MailChannel | undefined) {
    this.#mail = mail;
  }

  get takes(): boolean {
    return this.#mail?.takes ?? false;
  }

  send({ contact, subject, text, expiresAtMs }: CodeMessage, isPretence: boolean): void {
    assert(contact.kind === "mail", "mail goes to mail addresses");
    const mail = { to: contact.mail, subject, text, expiresAtMs };
    if (isPretence) this.#mail?.pretend(mail);
    else this.#mail?.send(mail);
  }
}
