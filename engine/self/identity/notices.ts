/**
 * Tells whoever has the contacts of a participant that one of them is to be replaced. A notice twice is harmless, one too few is
 * not: so it goes to every contact there is, and again after a restart.
 */
import { PROPOSALS } from "../../../schemas/limits.js";
import type { Participant } from "../../registry/record/participant.js";
import type { CodeChannel } from "../code-channel.js";
import { noticeText } from "../codes/texts.js";
import { type Contact, contactsOf } from "../contact.js";

export class Notices {
  readonly #channels: Readonly<Record<Contact["kind"], CodeChannel>>;
  readonly #now: () => number;

  constructor(channels: Readonly<Record<Contact["kind"], CodeChannel>>, now: () => number) {
    this.#channels = channels;
    this.#now = now;
  }

  /** True if every contact whose channel is there was told; false: not now, try again. */
  tell(participant: Participant): boolean {
    const contacts = contactsOf(participant);
    if (contacts.length === 0 || contacts.some(({ kind }) => !this.#channels[kind].takes)) return false;
    const expiresAtMs = this.#now() + PROPOSALS.noticeMs;
    for (const contact of contacts) {
      this.#channels[contact.kind].send({ contact, expiresAtMs, ...noticeText(participant.language) }, false);
    }
    return true;
  }
}
