/**
 * How many characters a short message takes, and how the parts of a long one are told to belong together.
 *
 * Source: 3GPP TS 23.040, 9.2.3.24 (user data header), .1 and .8 (concatenation with a reference of 8 and 16 bits);
 * SMPP 3.4, 5.3.2.22 to 24 (sar_*) and 5.3.2.32 (message_payload).
 */
import type { Concatenation } from "../../../schemas/carrier.js";
import {
  TLV_MESSAGE_PAYLOAD,
  TLV_SAR_MSG_REF_NUM,
  TLV_SAR_SEGMENT_SEQNUM,
  TLV_SAR_TOTAL_SEGMENTS,
} from "../pdu/protocol.js";
import { packSeptets } from "./packed.js";

/** What can't be split: one character, as bytes of the short message, and what it costs of the room of a part. */
export interface Unit {
  readonly bytes: readonly number[];
  readonly cost: number;
}

/** The fields of one submit_sm that hold its part of the text. */
export interface Part {
  /** short_message, user data header included. */
  readonly message: Uint8Array;
  /** Optional parameters, as they stand behind it. */
  readonly tlvs: Uint8Array;
}

/** sm_length, header included (SMPP 3.4, 5.2.21). */
const SHORT_BYTES = 254;
/** A short message is 140 bytes on the air: so many septets, header and all. */
const AIR_BYTES = 140;
const AIR_SEPTETS = 160;
const IEI_CONCATENATION_8 = 0x00;
const IEI_CONCATENATION_16 = 0x08;
/**
 * Bytes of the concatenation element on the air. Where the SMSC writes it, from the sar_* parameters or because it takes the
 * payload apart, that is the one with the short reference at nearly all of them, and what other ESMEs count with.
 */
const ELEMENT_BYTES: Readonly<Record<Concatenation, number>> = { udh8: 5, udh16: 6, sar: 5, payload: 5 };

/** Room of a part beside `elementBytes` of header: in septets, which begin on a septet's border, or in bytes of UCS-2. */
function room(ucs2: boolean, elementBytes: number): number {
  const headerBytes = elementBytes === 0 ? 0 : elementBytes + 1;
  return ucs2 ? (AIR_BYTES - headerBytes) & ~1 : AIR_SEPTETS - Math.ceil((headerBytes * 8) / 7);
}

/** Bytes of text that short_message has room for, beside `elementBytes` of header; what goes as a payload has no such bound. */
function shortRoom(elementBytes: number, concatenation: Concatenation): number {
  if (concatenation === "payload") return Number.POSITIVE_INFINITY;
  return SHORT_BYTES - (elementBytes === 0 ? 0 : elementBytes + 1);
}

/**
 * Fills each part as far as whole units go, which gives the fewest. `shiftBytes` of header are in every part. In UTF-8 what fits on
 * the air may be too long for short_message, which is a second measure.
 */
export function split(
  units: readonly Unit[],
  ucs2: boolean,
  shiftBytes: number,
  concatenation: Concatenation,
): Unit[][] {
  const total = units.reduce((sum, { cost }) => sum + cost, 0);
  const bytes = units.reduce((sum, unit) => sum + unit.bytes.length, 0);
  if (total <= room(ucs2, shiftBytes) && bytes <= shortRoom(shiftBytes, concatenation)) return [[...units]];
  const headerBytes = shiftBytes + ELEMENT_BYTES[concatenation];
  const most = room(ucs2, headerBytes);
  const mostBytes = shortRoom(headerBytes, concatenation);
  let part: Unit[] = [];
  const parts = [part];
  let left = most;
  let bytesLeft = mostBytes;
  for (const unit of units) {
    if (unit.cost > left || unit.bytes.length > bytesLeft) {
      part = [];
      parts.push(part);
      left = most;
      bytesLeft = mostBytes;
    }
    part.push(unit);
    left -= unit.cost;
    bytesLeft -= unit.bytes.length;
  }
  return parts;
}

/**
 * `reference` tells the parts of different messages to one recipient apart: 16 bits, of which udh8 takes the lower eight. `packed`:
 * the units are septets, and go packed as on the air.
 */
export function join(
  parts: readonly (readonly Unit[])[],
  shift: readonly number[],
  concatenation: Concatenation,
  reference: number,
  packed: boolean,
): Part[] {
  const bodies = parts.map((units) => units.flatMap(({ bytes }) => bytes));
  const plainPart = (elements: readonly number[], body: readonly number[]): Part => {
    const head = header(elements);
    const text = packed ? packSeptets(body, head.length) : body;
    return { message: Uint8Array.from([...head, ...text]), tlvs: new Uint8Array() };
  };
  if (bodies.length === 1 && bodies[0]!.length <= SHORT_BYTES) return [plainPart(shift, bodies[0]!)];
  if (concatenation === "payload") {
    const { message } = plainPart(shift, bodies.flat());
    return [{ message: new Uint8Array(), tlvs: tlv(TLV_MESSAGE_PAYLOAD, message) }];
  }
  return bodies.map((body, at) => {
    const counts = [bodies.length, at + 1];
    if (concatenation === "sar") return { message: plainPart(shift, body).message, tlvs: sarTlvs(reference, counts) };
    const element =
      concatenation === "udh8"
        ? [IEI_CONCATENATION_8, 3, reference & 0xff, ...counts]
        : [IEI_CONCATENATION_16, 4, ...uint16(reference), ...counts];
    return plainPart([...element, ...shift], body);
  });
}

function header(elements: readonly number[]): number[] {
  return elements.length === 0 ? [] : [elements.length, ...elements];
}

/** `counts`: of the parts, and which this is, from 1. */
function sarTlvs(reference: number, [total, part]: readonly number[]): Uint8Array {
  return Buffer.concat([
    tlv(TLV_SAR_MSG_REF_NUM, uint16(reference)),
    tlv(TLV_SAR_TOTAL_SEGMENTS, [total!]),
    tlv(TLV_SAR_SEGMENT_SEQNUM, [part!]),
  ]);
}

function tlv(tag: number, value: ArrayLike<number> & Iterable<number>): Uint8Array {
  return Uint8Array.from([...uint16(tag), ...uint16(value.length), ...value]);
}

function uint16(value: number): [number, number] {
  return [(value >> 8) & 0xff, value & 0xff];
}
