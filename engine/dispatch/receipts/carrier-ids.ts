/**
 * What is known of one carrier's receipts: how their message_ids relate to those of its responses, and how many receipts
 * belonged to no one. Where the configuration leaves the relation open it is learnt: the form that worked last is tried
 * first, and after RECEIPTS.settled in a row of one form it is settled, and only that one is tried at once. A receipt
 * that is about to be given up is looked for in every form, so a carrier that changes its ways is noticed.
 */
import { RECEIPTS } from "../../../schemas/limits.js";
import type { ChannelPort } from "../plan/channel-port.js";
import { ID_FORMS, type IdForm, IdShape, WITHOUT_PART } from "./id-forms.js";
import { ReceiptParts } from "./receipt-parts.js";

/** Every form, the one first that has worked last. */
function ordered(first: IdForm): readonly IdForm[] {
  return [first, ...ID_FORMS.filter((form) => form !== first)];
}

export class CarrierIds {
  /** Final receipts that belonged to no one. */
  strays = 0;
  /** Receipts that say that the carrier itself does not know what became of the message. */
  undecided = 0;
  /** What the ids of its responses look like, by the wave that was looked into last. */
  shape = new IdShape();
  /** Whether they are for parts or for messages. */
  readonly parts: ReceiptParts;
  #learnt: IdForm = "same";
  #inARow = 0;
  readonly #port: Pick<ChannelPort, "name" | "messageIds" | "receiptsPer">;

  /** `hash`: what the message index knows the carrier by. */
  constructor(
    port: Pick<ChannelPort, "name" | "messageIds" | "receiptsPer">,
    readonly hash: number,
  ) {
    this.#port = port;
    this.parts = new ReceiptParts(() => port.receiptsPer);
  }

  get name(): string {
    return this.#port.name;
  }

  /** The form to try first. */
  get leads(): IdForm {
    return this.#port.messageIds === "auto" ? this.#learnt : this.#port.messageIds;
  }

  /** True when that form has always been right lately, or is configured. */
  get isSettled(): boolean {
    return this.#port.messageIds !== "auto" || this.#inARow >= RECEIPTS.settled;
  }

  /** The forms in which a receipt that comes in is looked for. */
  get likely(): readonly IdForm[] {
    return this.isSettled ? [this.leads] : this.possible;
  }

  /** The forms in which one is looked for that would be given up. */
  get possible(): readonly IdForm[] {
    return this.#port.messageIds === "auto" ? ordered(this.#learnt) : [this.leads];
  }

  /** Whether a receipt may name a message where the responses named its parts. */
  get mayNameWhole(): boolean {
    return this.#port.messageIds === "auto";
  }

  /** A receipt was found by this form, and is certainly the right one. */
  hit(form: IdForm): void {
    if (form === WITHOUT_PART) return;
    if (form === this.#learnt) {
      this.#inARow++;
      return;
    }
    this.#learnt = form;
    this.#inARow = 1;
  }

  /** For people: what is configured, and behind it what was found out. */
  get shown(): string {
    const { messageIds } = this.#port;
    return messageIds === "auto" && this.isSettled ? `auto: ${this.#learnt}` : messageIds;
  }
}
