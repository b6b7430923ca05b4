/** A way to send a code. */
import type { Contact } from "./contact.js";

/** A code on its way to one contact. */
export interface CodeMessage {
  readonly contact: Contact;
  readonly subject: string;
  readonly text: string;
  readonly expiresAtMs: number;
}

/** SMS, or mail. */
export interface CodeChannel {
  /** Whether it can take a code now. Says nothing about whom it is for. */
  readonly takes: boolean;
  /** `isPretence`: it is made and takes its place like any other, and is dropped where it would be handed to who carries it. */
  send(message: CodeMessage, isPretence: boolean): void;
}
