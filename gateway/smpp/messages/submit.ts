/**
 * The bulk submit_sm. All submissions of one part of a wave are the same but for sequence_number and destination_addr, so
 * a template holds the bytes before and behind the number, and a submission is two copies and a handful of digits.
 *
 * Source: SMPP 3.4, 4.4.1. Allocates nothing after it was made.
 */

import type { CarrierConfiguration } from "../../../schemas/carrier.js";
import { assert } from "../../../schemas/errors.js";
import { HEADER_BYTES, SUBMIT_SM, writeHeader, writeUint32 } from "../pdu/protocol.js";
import type { EncodedText } from "../text/text.js";
import { registeredDelivery, senderAddress } from "./fields.js";

/** E.164 numbers have at most 15 digits. */
const DIGITS_MAX = 15;
/** Of validity_period in the tail: behind the number's NUL, esm_class, protocol_id, priority_flag and no delivery time. */
const VALIDITY_AT = 5;

/** Writes the digits of a positive whole number below 10^15 and returns the place behind them. */
function writeDigits(bytes: Uint8Array, at: number, number: number): number {
  let high = Math.floor(number / 1e6);
  let low = number - high * 1e6;
  let digits = 1;
  for (let power = 10; power <= number; power *= 10) digits++;
  const end = at + digits;
  let place = end - 1;
  for (let count = 0; place >= at && count < 6; count++) {
    const tenth = (low / 10) | 0;
    bytes[place--] = 48 + low - tenth * 10;
    low = tenth;
  }
  while (place >= at) {
    const tenth = Math.floor(high / 10);
    bytes[place--] = 48 + high - tenth * 10;
    high = tenth;
  }
  return end;
}

/** One part of one wave. */
export class SubmitTemplate {
  readonly #head: Uint8Array;
  readonly #tail: Buffer;
  readonly #validityBytes: number;
  /** No submission of this template is longer. */
  readonly maxBytes: number;

  constructor(carrier: CarrierConfiguration, encoded: EncodedText, part: number, urgent: boolean, validity: string) {
    const source = senderAddress(carrier);
    const { message, tlvs } = encoded.parts[part]!;
    this.#head = Buffer.concat([
      Buffer.alloc(HEADER_BYTES),
      Buffer.from(`${carrier.serviceType}\0`, "latin1"),
      Buffer.from([source.ton, source.npi]),
      Buffer.from(`${source.address}\0`, "latin1"),
      Buffer.from([carrier.destinationTon, carrier.destinationNpi]),
      Buffer.from(carrier.numberPrefix, "latin1"),
    ]);
    writeHeader(this.#head, 0, 0, SUBMIT_SM, 0, 0);
    const priority = urgent ? carrier.priority.urgent : carrier.priority.normal;
    this.#tail = Buffer.concat([
      Buffer.from([0, encoded.esmClass, 0, priority, 0]),
      Buffer.from(`${validity}\0`, "latin1"),
      Buffer.from([registeredDelivery(carrier), 0, encoded.dataCoding, 0, message.length]),
      message,
      tlvs,
    ]);
    this.#validityBytes = validity.length;
    this.maxBytes = this.#head.length + DIGITS_MAX + this.#tail.length;
  }

  /** A relative validity period counts from the submission, so it gets shorter as time goes by. */
  renew(validity: string): void {
    assert(validity.length === this.#validityBytes, "a validity period keeps its length");
    this.#tail.write(validity, VALIDITY_AT, "latin1");
  }

  /** Writes one submission to `number` at `at`, where `maxBytes` are free, and returns the place behind it. */
  write(bytes: Uint8Array, at: number, number: number, sequence: number): number {
    bytes.set(this.#head, at);
    const behindNumber = writeDigits(bytes, at + this.#head.length, number);
    bytes.set(this.#tail, behindNumber);
    const end = behindNumber + this.#tail.length;
    writeUint32(bytes, at, end - at);
    writeUint32(bytes, at + 12, sequence);
    return end;
  }
}
