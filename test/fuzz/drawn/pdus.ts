/** Valid PDUs of all kinds that a carrier sends, each in many of the ways in which carriers write them. */
import * as protocol from "../../../gateway/smpp/pdu/protocol.js";
import type { PduWriter } from "./pdu-writer.js";
import type { Random } from "./random.js";
import { citizenText, messageId, receiptText } from "./texts.js";

/** A response whose sequence number has this above its lowest byte answers one of what is outstanding, whatever its number. */
export const ANY_OUTSTANDING = 0x7e00_0000;

const BIND_TRANSCEIVER_RESP = 0x8000_0009;

const SOURCES = [
  "31612345678",
  "+31612345678",
  "0031612345678",
  "0612345678",
  "612345678",
  "Burgernet",
  "",
  "1008",
  "0",
  "+",
];
const ESM_CLASSES = [0, 0, 4, 4, 4, 0x20, 0x40, 0x40, 0x44, 0x80, 0x84, 0x08, 0x10, 0x24, 0xff];
const DATA_CODINGS = [0, 0, 0, 1, 2, 3, 4, 8, 8, 0x10, 0x18, 0xf5, 0xff];
const STATUSES = [0, 0, 0, 1, 0x0b, 0x14, 0x58, 0x45, 0xff, 0x400, 0x2000_0001, 0xffff_ffff];
const HEADERS_ALONE = [
  ...[protocol.ENQUIRE_LINK, protocol.ENQUIRE_LINK_RESP, protocol.GENERIC_NACK, protocol.UNBIND_RESP],
  ...[protocol.OUTBIND, protocol.ALERT_NOTIFICATION, 0x999, 0x8000_0999, 0x8000_0103, 3, 4, 9],
];

export type Write = (random: Random, to: PduWriter) => void;

export function delivery(random: Random, to: PduWriter): void {
  const data = random.once(4);
  const esmClass = random.pick(ESM_CLASSES);
  const dataCoding = random.pick(DATA_CODINGS);
  to.begin(data ? protocol.DATA_SM : protocol.DELIVER_SM, 0, random.below(1_000));
  to.string(random.pick(["", "", "CMT"]))
    .uint8(random.below(7))
    .uint8(1)
    .string(random.pick(SOURCES));
  to.uint8(random.below(7)).uint8(1).string(random.pick(SOURCES)).uint8(esmClass);
  const text = shortMessage(random, (esmClass & 0x40) !== 0, dataCoding);
  const inPayload = data || text.length > 255 || random.once(6);
  if (data) to.uint8(0).uint8(dataCoding);
  else {
    to.uint8(0)
      .uint8(0)
      .string("")
      .string(random.once(8) ? "000001000000000R" : "")
      .uint8(0)
      .uint8(0)
      .uint8(dataCoding);
    to.uint8(0).uint8(inPayload ? 0 : text.length);
    if (!inPayload) to.raw(text);
  }
  if (inPayload && text.length > 0) to.tlv(protocol.TLV_MESSAGE_PAYLOAD, text);
  tlvs(random, to);
  to.end();
}

function shortMessage(random: Random, headed: boolean, dataCoding: number): Uint8Array {
  const words = random.once(2) ? receiptText(random) : citizenText(random);
  const text =
    dataCoding === 8 && !random.once(4) ? Buffer.from(words, "utf16le").swap16() : Buffer.from(words, "latin1");
  return headed ? Buffer.concat([userDataHeader(random), text]) : text;
}

function userDataHeader(random: Random): Uint8Array {
  const elements: number[] = [];
  for (let count = random.below(3); count >= 0; count--) {
    const parts = random.pick([0, 1, 2, 3, 255]);
    const part = random.pick([0, 1, 2, 3, 255]);
    elements.push(
      ...random.pick([
        [0, 3, random.below(256), parts, part],
        [8, 4, random.below(256), random.below(256), parts, part],
        [0x24, 1, random.below(5)],
        [0x25, 1, random.below(5)],
        [5, 4, 0x15, 0x81, 0, 0],
      ]),
    );
  }
  // A header that ends within an element, or goes on into the text.
  const length = elements.length + (random.once(4) ? random.between(-4, 4) : 0);
  return Uint8Array.from([length, ...elements]);
}

function tlvs(random: Random, to: PduWriter): void {
  for (let count = random.below(4); count > 0; count--) {
    switch (random.below(9)) {
      case 0:
      case 1:
        to.tlv(
          protocol.TLV_RECEIPTED_MESSAGE_ID,
          Buffer.from(`${messageId(random)}${random.pick(["", "\0"])}`, "latin1"),
        );
        break;
      case 2:
        to.tlv(protocol.TLV_MESSAGE_STATE, Uint8Array.of(random.below(12)));
        break;
      case 3:
        to.tlv(protocol.TLV_NETWORK_ERROR_CODE, Uint8Array.of(3, random.below(3), random.below(256)));
        break;
      case 4:
        to.tlv(protocol.TLV_SAR_MSG_REF_NUM, Uint8Array.of(random.below(256), random.below(256)));
        to.tlv(protocol.TLV_SAR_TOTAL_SEGMENTS, Uint8Array.of(random.below(5)));
        to.tlv(protocol.TLV_SAR_SEGMENT_SEQNUM, Uint8Array.of(random.below(5)));
        break;
      case 5:
        to.tlv(protocol.TLV_MESSAGE_PAYLOAD, Buffer.from(random.pick(["", "x"])));
        break;
      case 6:
        to.tlv(random.below(0x1500), new Uint8Array(random.below(20)).fill(random.below(256)));
        break;
      default:
        to.tlv(random.pick([0x0204, 0x020b, 0x1400, 0xffff]), Uint8Array.of(random.below(256), random.below(256)));
    }
  }
}

export function submitResponse(random: Random, to: PduWriter): void {
  to.begin(protocol.SUBMIT_SM_RESP, random.pick(STATUSES), sequence(random));
  if (!random.once(8)) to.ascii(messageId(random));
  if (!random.once(8)) to.uint8(0);
  if (random.once(4)) tlvs(random, to);
  to.end();
}

export function bindResponse(random: Random, to: PduWriter): void {
  to.begin(BIND_TRANSCEIVER_RESP, random.pick(STATUSES), random.below(10));
  if (!random.once(4)) to.string("smsc");
  if (random.once(2)) to.tlv(0x0210, Uint8Array.of(random.pick([0x33, 0x34, 0x50])));
  to.end();
}

export function headerAlone(random: Random, to: PduWriter): void {
  to.begin(random.pick(HEADERS_ALONE), random.pick(STATUSES), sequence(random));
  if (random.once(8)) to.raw(new Uint8Array(random.below(60)).fill(random.below(256)));
  to.end();
}

export function unbind(_: Random, to: PduWriter): void {
  to.begin(protocol.UNBIND, 0, 7).end();
}

function sequence(random: Random): number {
  return random.once(4)
    ? random.pick([0, 1, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff])
    : ANY_OUTSTANDING | random.below(4);
}
