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
    if (isPretence) return;
    assert(contact.kind === "mail", "mail goes to mail addresses");
    this.#mail?.send({ to: contact.mail, subject, text, expiresAtMs });
  }
}
