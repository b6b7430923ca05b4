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
  /** Where it is a pretence the message goes as far as any other, costs the same on this thread, and is sent to nobody. */
  send(message: CodeMessage, isPretence: boolean): void;
}
