/**
 * Delivery receipts on the wire (SMPP 3.4, 4.6.1 and appendix B): the deliver_sm, its text, the senders that receipts go
 * back to, and the message_ids that they name.
 *
 * A message_id is ten characters: four of this run, and six base-36 digits that count submits. Assumes fewer than 36^6
 * submits in one run.
 */
import { SIMULATOR } from "../../schemas/limits.js";
import { RECEIPT } from "./behaviour.js";
import { COMMAND, writeDigits, writeHeader } from "./bind/wire.js";

export const MESSAGE_ID_BYTES = 10;
const PREFIX_BYTES = 4;
const TRIPLES = 36 ** 3;
/** The longest receipt: header, addresses of at most 21 bytes with their NUL, and what follows. */
export const RECEIPT_BYTES_MAX = 256;

export class MessageIds {
  /** Different for each run, below 36^4. */
  readonly run = Math.floor(Math.random() * 36 ** PREFIX_BYTES);
  readonly #prefix: Uint8Array;
  /** Every three-digit base-36 number as text; two look-ups write a message_id. */
  readonly #triples = new Uint8Array(TRIPLES * 3);

  constructor() {
    this.#prefix = Buffer.from(this.run.toString(36).toUpperCase().padStart(PREFIX_BYTES, "0"));
    for (let i = 0; i < TRIPLES; i++) {
      this.#triples.set(Buffer.from(i.toString(36).toUpperCase().padStart(3, "0")), i * 3);
    }
  }

  text(message: number): string {
    const bytes = Buffer.alloc(MESSAGE_ID_BYTES);
    this.write(bytes, 0, message);
    return bytes.toString("latin1");
  }

  write(bytes: Uint8Array, at: number, message: number): void {
    const prefix = this.#prefix;
    const triples = this.#triples;
    for (let i = 0; i < PREFIX_BYTES; i++) bytes[at + i] = prefix[i]!;
    const high = Math.floor(message / TRIPLES);
    const low = message - high * TRIPLES;
    for (let i = 0; i < 3; i++) {
      bytes[at + 4 + i] = triples[high * 3 + i]!;
      bytes[at + 7 + i] = triples[low * 3 + i]!;
    }
  }
}

/** The senders seen, numbered from 1; a record of the log carries the number. */
export class Senders {
  readonly #numbers = new Map<string, number>();
  /** source_addr_ton, source_addr_npi, source_addr and its NUL, by number; 0 is a sender without an address. */
  readonly #bytes: Buffer[] = [Buffer.alloc(3)];
  #last = 0;

  /** The number of the sender in [at, end), where `end` is that of its NUL. */
  number(pdu: Buffer, at: number, end: number): number {
    const last = this.#bytes[this.#last]!;
    let same = last.length === end + 1 - at;
    for (let i = at; same && i < end; i++) same = pdu[i] === last[i - at];
    if (!same) this.#last = this.#lookUp(pdu, at, end);
    return this.#last;
  }

  /** Those with an address. */
  get length(): number {
    return this.#bytes.length - 1;
  }

  bytes(number: number): Buffer {
    return this.#bytes[number]!;
  }

  /** Beyond the limit every further sender is the one without an address. */
  #lookUp(pdu: Buffer, at: number, end: number): number {
    const key = pdu.toString("latin1", at, end);
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    if (this.#bytes.length > SIMULATOR.senders) return 0;
    this.#bytes.push(Buffer.from(`${key}\0`, "latin1"));
    this.#numbers.set(key, this.#bytes.length - 1);
    return this.#bytes.length - 1;
  }
}

/** YYMMDDhhmm in UTC, remembered for the minute that was asked for last. */
class MinuteText {
  #minute = -1;
  readonly bytes = new Uint8Array(10);

  write(to: Uint8Array, at: number, timeMs: number): void {
    const minute = Math.floor(timeMs / 60_000);
    if (minute !== this.#minute) {
      this.#minute = minute;
      this.bytes.set(Buffer.from(new Date(timeMs).toISOString().replace(/\D/g, "").slice(2, 12)));
    }
    const bytes = this.bytes;
    for (let i = 0; i < 10; i++) to[at + i] = bytes[i]!;
  }
}

/** Everything after the addresses of one kind of receipt, with gaps where message_ids and dates go. */
class ReceiptTail {
  readonly bytes: Buffer;
  readonly textIdAt: number;
  readonly submitDateAt: number;
  readonly doneDateAt: number;
  readonly tlvIdAt: number;

  constructor(delivered: boolean) {
    const id = "?".repeat(MESSAGE_ID_BYTES);
    const outcome = delivered ? "stat:DELIVRD err:000" : "stat:UNDELIV err:001";
    const text = `id:${id} sub:001 dlvrd:00${delivered ? 1 : 0} submit date:0000000000 done date:0000000000 ${outcome} text:`;
    // esm_class (4: a receipt), protocol_id, priority_flag, schedule_delivery_time, validity_period,
    // registered_delivery, replace_if_present_flag, data_coding, sm_default_msg_id, sm_length.
    const fields = [4, 0, 0, 0, 0, 0, 0, 0, 0, text.length];
    const receiptedMessageId = [0x00, 0x1e, 0, MESSAGE_ID_BYTES + 1, ...Buffer.from(`${id}\0`)];
    const messageState = [0x04, 0x27, 0, 1, delivered ? 2 : 5];
    this.bytes = Buffer.from([...fields, ...Buffer.from(text), ...receiptedMessageId, ...messageState]);
    this.textIdAt = fields.length + 3;
    this.submitDateAt = fields.length + text.indexOf("submit date:") + 12;
    this.doneDateAt = fields.length + text.indexOf("done date:") + 10;
    this.tlvIdAt = fields.length + text.length + 4;
  }
}

/** What one receipt says. */
export interface Receipt {
  number: number;
  sender: number;
  message: number;
  kind: number;
  submittedAtMs: number;
  doneAtMs: number;
}

export class ReceiptWriter {
  readonly #delivered = new ReceiptTail(true);
  readonly #failed = new ReceiptTail(false);
  readonly #submitDate = new MinuteText();
  readonly #doneDate = new MinuteText();

  constructor(
    readonly ids: MessageIds,
    readonly senders: Senders,
  ) {}

  /** Writes a deliver_sm of at most RECEIPT_BYTES_MAX bytes and returns where it ends. */
  write(bytes: Buffer, at: number, sequence: number, receipt: Receipt): number {
    let end = at + 16;
    bytes[end] = 0; // service_type
    bytes[end + 1] = 1; // source_addr_ton: international
    bytes[end + 2] = 1; // source_addr_npi: E.164
    end = writeDigits(bytes, end + 3, receipt.number);
    bytes[end++] = 0;
    const sender = this.senders.bytes(receipt.sender);
    for (let i = 0; i < sender.length; i++) bytes[end++] = sender[i]!;
    const tail = receipt.kind === RECEIPT.delivered ? this.#delivered : this.#failed;
    bytes.set(tail.bytes, end);
    this.ids.write(bytes, end + tail.textIdAt, receipt.message);
    this.#submitDate.write(bytes, end + tail.submitDateAt, receipt.submittedAtMs);
    this.#doneDate.write(bytes, end + tail.doneDateAt, receipt.doneAtMs);
    this.ids.write(bytes, end + tail.tlvIdAt, receipt.message);
    end += tail.bytes.length;
    writeHeader(bytes, at, end - at, COMMAND.deliverSm, 0, sequence);
    return end;
  }
}
