/**
 * Receipts as strange carriers write them (SMPP 3.4, 4.6.1, 4.7 and appendix B, and what is made of it).
 */
import { RECEIPT, type RECEIPT_FLAG, receiptBase } from "../carrier/behaviour.js";
import { COMMAND } from "../carrier/bind/wire.js";
import type { Receipt, Senders } from "../carrier/receipts.js";
import type { Character } from "./character.js";
import { cString, packed, pdu, TLV, tlv, UNKNOWN_TLVS, ucs2 } from "./pdu.js";
import type { Random } from "./random.js";
import type { PersonalityName } from "./table.js";

/** What fits into short_message. */
const SHORT_BYTES = 254;
const ESM_CLASS = {
  message: 0x00,
  receipt: 0x04,
  intermediate: 0x20,
  receiptWithFeature: 0x44,
  receiptWithHeader: 0x44,
} as const;
const STATE = { enroute: 1, delivered: 2, undeliverable: 5 } as const;
const WORD = { 1: "ENROUTE", 2: "DELIVRD", 5: "UNDELIV" } as const;
type State = keyof typeof WORD;
/** As SMS Central, PSWinCom, Kaleyra and others document them. */
const VENDOR_WORDS: Readonly<Record<State, readonly string[]>> = {
  1: ["BUFFRED", "EN ROUTE", "DELIVERY_PENDING", "SENT - NO DLR"],
  2: ["DELIVERED", "Delivered", "DELIVERY_SUCCESS", "DLVRD"],
  5: ["NOCRED", "BARRED", "SYSERR", "DELIVERY_FAILED", "Delivery failed", "ABSENT-SUB", "BLACKLIST", "NACK", "ZEROBAL"],
};

export interface ReceiptHelp {
  readonly random: Random;
  readonly ids: Pick<Character, "idInReceipt">;
  readonly senders: Senders;
  readonly flags: typeof RECEIPT_FLAG;
}

export function strangeReceipt(
  names: ReadonlySet<PersonalityName>,
  help: ReceiptHelp,
  sequence: number,
  receipt: Receipt,
): Buffer {
  const isIntermediate = (receipt.kind & help.flags.intermediate) !== 0;
  const id = help.ids.idInReceipt(receipt.message, (receipt.kind & help.flags.foreign) !== 0);
  const isOvertaken = (receipt.kind & help.flags.overtaken) !== 0;
  const finalState = isOvertaken ? STATE.undeliverable : stateOf(receipt.kind);
  const state = isIntermediate ? STATE.enroute : finalState;
  const inText = names.has("disagreeing") && !isIntermediate ? otherThan(state) : state;
  const text = names.has("tlv-only") ? "" : textOf(names, help.random, id, inText, receipt);
  const isUcs2 = names.has("ucs2-receipts");
  const bytes = receiptBytes(names, help.random, text);
  const tlvs = TEXT_ALONE.some((name) => names.has(name)) ? Buffer.alloc(0) : tlvsOf(names, id, state);
  const extra = names.has("extra-tlvs") ? UNKNOWN_TLVS : Buffer.alloc(0);
  const addresses = Buffer.concat([
    Buffer.from([0, 1, 1]),
    cString(String(receipt.number)),
    help.senders.bytes(receipt.sender),
  ]);
  const esmClass = esmClassOf(names, help.random, isIntermediate);
  const coding = isUcs2 ? 8 : 0;
  if (names.has("data-sm")) {
    const payload = tlv(TLV.messagePayload, bytes);
    return pdu(COMMAND.dataSm, 0, sequence, addresses, Buffer.from([esmClass, 0, coding]), payload, tlvs, extra);
  }
  const isShort = bytes.length <= SHORT_BYTES;
  // protocol_id, priority_flag, schedule_delivery_time, validity_period, registered_delivery, replace_if_present_flag,
  // data_coding, sm_default_msg_id, sm_length.
  const fields = Buffer.from([esmClass, 0, 0, 0, 0, 0, 0, coding, 0, isShort ? bytes.length : 0]);
  const payload = isShort ? Buffer.alloc(0) : tlv(TLV.messagePayload, bytes);
  return pdu(
    COMMAND.deliverSm,
    0,
    sequence,
    addresses,
    fields,
    isShort ? bytes : Buffer.alloc(0),
    payload,
    tlvs,
    extra,
  );
}

/** The text as it stands in the PDU. */
function receiptBytes(names: ReadonlySet<PersonalityName>, random: Random, text: string): Buffer {
  if (names.has("ucs2-receipts")) return ucs2(text);
  if (names.has("ucs2-little")) return Buffer.from(random.pick(["", "\ufeff"]) + text, "utf16le");
  if (names.has("packed-receipts")) return packed(Buffer.from(text));
  const first = names.has("first-character") ? random.pick(["\ufeff", "\0", " ", "\n"]) : "";
  return Buffer.from(first + text);
}

/** What has its say in the text only where no TLV says it better. */
const TEXT_ALONE: readonly PersonalityName[] = [
  ...(["text-only", "ucs2-little", "first-character", "header-bit", "packed-receipts"] as const),
  ...(["vendor-words", "no-word"] as const),
];

function stateOf(kind: number): State {
  return receiptBase(kind) === RECEIPT.delivered ? STATE.delivered : STATE.undeliverable;
}

function otherThan(state: State): State {
  return state === STATE.delivered ? STATE.undeliverable : STATE.delivered;
}

/** Intermediate notices come under their own type, or as receipts with a state that is not final. */
function esmClassOf(names: ReadonlySet<PersonalityName>, random: Random, isIntermediate: boolean): number {
  if (names.has("esm-class-0")) return ESM_CLASS.message;
  if (names.has("header-bit")) return ESM_CLASS.receiptWithHeader;
  if (names.has("esm-class-44")) return ESM_CLASS.receiptWithFeature;
  return isIntermediate && random.chance(0.5) ? ESM_CLASS.intermediate : ESM_CLASS.receipt;
}

function tlvsOf(names: ReadonlySet<PersonalityName>, id: string, state: State): Buffer {
  const named = names.has("foreign-tlv") ? `gw-${id.length}-${state}` : id;
  const value = names.has("tlv-without-nul") ? Buffer.from(named, "latin1") : cString(named);
  return Buffer.concat([tlv(TLV.receiptedMessageId, value), tlv(TLV.messageState, Buffer.from([state]))]);
}

function textOf(
  names: ReadonlySet<PersonalityName>,
  random: Random,
  id: string,
  state: State,
  receipt: Receipt,
): string {
  const withSeconds = names.has("fields-extra");
  const isDelivered = state === STATE.delivered;
  let rest = [
    "sub:001",
    `dlvrd:00${isDelivered ? 1 : 0}`,
    `submit date:${dateOf(receipt.submittedAtMs, withSeconds)}`,
    `done date:${dateOf(receipt.doneAtMs, withSeconds)}`,
    `err:${isDelivered ? "000" : "001"}`,
    "text:",
  ];
  if (names.has("fields-missing")) rest = rest.filter(() => random.chance(0.4));
  const stat = statOf(names, random, state);
  const extra = withSeconds ? ["mccmnc:20404", "price:0.0650 EUR", "smsc id:7"] : [];
  if (names.has("fields-reordered")) return random.shuffle([`id:${id}`, stat, ...rest, ...extra]).join(" ");
  return [`id:${id}`, ...rest.slice(0, 4), ...extra, stat, ...rest.slice(4)].join(" ");
}

function statOf(names: ReadonlySet<PersonalityName>, random: Random, state: State): string {
  if (names.has("no-word")) return random.pick(["stat:", "price:0.04"]);
  return `stat:${names.has("vendor-words") ? random.pick(VENDOR_WORDS[state]) : WORD[state]}`;
}

/** YYMMDDhhmm, with or without ss, in UTC. */
function dateOf(timeMs: number, withSeconds: boolean): string {
  const digits = new Date(timeMs).toISOString().replace(/\D/g, "");
  return digits.slice(2, withSeconds ? 14 : 12);
}
