/**
 * The bulk submit_sm. All submissions of one part of a wave are the same but for sequence_number and destination_addr, so
 * a template holds the bytes before and behind the number, and a submission is two copies and a handful of digits.
 *
 * Source: SMPP 3.4, 4.4.1. Allocates nothing after it was made.
 */

import { HEADER_BYTES, SUBMIT_SM, writeHeader, writeUint32 } from "./protocol.js";
import type { EncodedText } from "./text.js";

const TON_INTERNATIONAL = 1;
const TON_ALPHANUMERIC = 5;
const NPI_UNKNOWN = 0;
const NPI_ISDN = 1;
/** A receipt for each final outcome, delivered or not. */
const REGISTERED_DELIVERY = 1;
/** E.164 numbers have at most 15 digits. */
const DIGITS_MAX = 15;

/** Type of number and numbering plan of a sender: digits are an international number, anything else a name. */
export function senderType(sender: string): { ton: number; npi: number; address: string } {
  const digits = /^\+?(\d+)$/.exec(sender)?.[1];
  return digits === undefined
    ? { ton: TON_ALPHANUMERIC, npi: NPI_UNKNOWN, address: sender }
    : { ton: TON_INTERNATIONAL, npi: NPI_ISDN, address: digits };
}

/** An absolute time in UTC as SMPP has it (7.1.1): YYMMDDhhmmss, tenths, quarters of an hour from UTC, sign. */
export function absoluteTime(timeMs: number): string {
  const iso = new Date(timeMs).toISOString();
  return `${iso.slice(2, 19).replace(/\D/g, "")}${iso[20]}00+`;
}

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
  readonly #tail: Uint8Array;
  /** No submission of this template is longer. */
  readonly maxBytes: number;

  constructor(sender: string, encoded: EncodedText, segment: number, expiresAtMs: number) {
    const source = senderType(sender);
    const message = encoded.segments[segment]!;
    this.#head = Buffer.concat([
      Buffer.alloc(HEADER_BYTES),
      Buffer.from([0, source.ton, source.npi]),
      Buffer.from(`${source.address}\0`, "latin1"),
      Buffer.from([TON_INTERNATIONAL, NPI_ISDN]),
    ]);
    writeHeader(this.#head, 0, 0, SUBMIT_SM, 0, 0);
    this.#tail = Buffer.concat([
      Buffer.from([0, encoded.esmClass, 0, 0, 0]),
      Buffer.from(`${absoluteTime(expiresAtMs)}\0`, "latin1"),
      Buffer.from([REGISTERED_DELIVERY, 0, encoded.dataCoding, 0, message.length]),
      message,
    ]);
    this.maxBytes = this.#head.length + DIGITS_MAX + this.#tail.length;
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
