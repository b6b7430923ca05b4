/**
 * The vocabulary of SMPP 3.4 that this gateway speaks, from the package `smpp`, and reading and writing of the header
 * (four 32-bit words: command_length, command_id, command_status, sequence_number).
 */
import smpp from "smpp";
import { assert } from "../../../schemas/errors.js";
import { SMPP } from "../../../schemas/limits.js";

export const HEADER_BYTES = 16;
/** interface_version of SMPP 5.0, with which responses may carry TLVs. */
export const VERSION_5 = 0x50;
/** From this one on there are TLVs (SMPP 3.4, 3.4.1). */
export const VERSION_WITH_TLVS = 0x34;
/** Sequence numbers run from 1 to this one (SMPP 3.4, 3.2). */
export const SEQUENCE_LAST = 0x7fff_ffff;
export const RESPONSE_BIT = 0x8000_0000;

function command(name: string): number {
  const found = smpp.commands[name];
  assert(found !== undefined, `the package smpp knows ${name}`);
  return found.id;
}

function status(name: string): number {
  const found = smpp.errors[name];
  assert(found !== undefined, `the package smpp knows ${name}`);
  return found;
}

export const GENERIC_NACK = command("generic_nack");
export const SUBMIT_SM = command("submit_sm");
export const SUBMIT_SM_RESP = command("submit_sm_resp");
export const DELIVER_SM = command("deliver_sm");
/** Some carriers send receipts by data_sm (SMPP 3.4, 4.7). */
export const DATA_SM = command("data_sm");
export const UNBIND = command("unbind");
export const UNBIND_RESP = command("unbind_resp");
export const BIND_RECEIVER = command("bind_receiver");
export const BIND_TRANSMITTER = command("bind_transmitter");
export const BIND_TRANSCEIVER = command("bind_transceiver");
export const ENQUIRE_LINK = command("enquire_link");
export const ENQUIRE_LINK_RESP = command("enquire_link_resp");
/** Requests that may come to an ESME unasked and want no answer (SMPP 3.4, 4.1.7 and 4.12). */
export const OUTBIND = command("outbind");
export const ALERT_NOTIFICATION = command("alert_notification");

export const ESME_ROK = status("ESME_ROK");
export const ESME_RINVMSGLEN = status("ESME_RINVMSGLEN");
export const ESME_RINVCMDID = status("ESME_RINVCMDID");
export const ESME_RBINDFAIL = status("ESME_RBINDFAIL");
const ESME_RMSGQFUL = status("ESME_RMSGQFUL");
export const ESME_RTHROTTLED = status("ESME_RTHROTTLED");
export const ESME_RUNKNOWNERR = status("ESME_RUNKNOWNERR");
/** The ESME can't take it now, try again. */
export const ESME_RX_T_APPN = status("ESME_RX_T_APPN");
/** The ESME will never take it. */
export const ESME_RX_P_APPN = status("ESME_RX_P_APPN");

/** What a bind response says of the version that the carrier speaks (SMPP 3.4, 5.3.2.25). */
export const TLV_SC_INTERFACE_VERSION = 0x0210;
/** Tag and length, 16 bits each. */
const TLV_HEADER_BYTES = 4;
export const TLV_RECEIPTED_MESSAGE_ID = 0x001e;
export const TLV_SAR_MSG_REF_NUM = 0x020c;
export const TLV_SAR_TOTAL_SEGMENTS = 0x020e;
export const TLV_SAR_SEGMENT_SEQNUM = 0x020f;
export const TLV_NETWORK_ERROR_CODE = 0x0423;
export const TLV_MESSAGE_PAYLOAD = 0x0424;
export const TLV_MESSAGE_STATE = 0x0427;
export const TLV_CONGESTION_STATE = 0x0428;

export function readUint32(bytes: Uint8Array, at: number): number {
  return ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0;
}

export function readUint16(bytes: Uint8Array, at: number): number {
  return (bytes[at]! << 8) | bytes[at + 1]!;
}

/** The value of the first TLV of one byte with this tag between `from` and `end`; -1 if there is none. */
export function byteTlv(bytes: Uint8Array, from: number, end: number, tag: number): number {
  for (let at = from; at + TLV_HEADER_BYTES < end; ) {
    const length = readUint16(bytes, at + 2);
    const value = at + TLV_HEADER_BYTES;
    if (readUint16(bytes, at) === tag && length === 1) return bytes[value]!;
    at = value + length;
  }
  return -1;
}

export function writeUint32(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >>> 24;
  bytes[at + 1] = value >>> 16;
  bytes[at + 2] = value >>> 8;
  bytes[at + 3] = value;
}

export function writeHeader(
  bytes: Uint8Array,
  at: number,
  length: number,
  commandId: number,
  commandStatus: number,
  sequence: number,
): void {
  writeUint32(bytes, at, length);
  writeUint32(bytes, at + 4, commandId);
  writeUint32(bytes, at + 8, commandStatus);
  writeUint32(bytes, at + 12, sequence);
}

/**
 * True of the responses that have a message_id, which ours leave empty: a refusal too must end with its NUL, without which some
 * SMSCs read on into the next PDU, or take it for malformed and send the delivery again (SMPP 3.4, 4.6.2 and 4.7.2).
 */
export function hasMessageId(commandId: number): boolean {
  return commandId === responseTo(DELIVER_SM) || commandId === responseTo(DATA_SM);
}

/** The command_id of the response to a request. */
export function responseTo(commandId: number): number {
  return (commandId | RESPONSE_BIT) >>> 0;
}

/**
 * Bytes of a message_id at `from`: a C-octet string that may lack its NUL, be padded, or be longer than the specification
 * allows; of a longer one the first SMPP.messageIdBytes count, in responses as in receipts, so that both stay the same.
 */
export function messageIdLength(bytes: Uint8Array, from: number, end: number): number {
  const last = Math.min(end, from + SMPP.messageIdBytes);
  let at = from;
  while (at < last && bytes[at]! > 0x20) at++;
  return at - from;
}

export function isThrottling(commandStatus: number): boolean {
  return commandStatus === ESME_RTHROTTLED || commandStatus === ESME_RMSGQFUL;
}
