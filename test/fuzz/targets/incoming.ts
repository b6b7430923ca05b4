/**
 * Deliveries from their bytes to their event: each gives one event and an answer later, or a refusal at once; in the room
 * that is promised, and with the text and the part that a slow reader of the header finds.
 */
import { Answers } from "../../../gateway/smpp/carrier/answers.js";
import { EventWriter } from "../../../gateway/smpp/carrier/events.js";
import { Meters } from "../../../gateway/smpp/carrier/meters.js";
import { DELIVERY, DeliveryReader } from "../../../gateway/smpp/messages/deliver.js";
import { ESME_RX_P_APPN, readUint32, responseTo } from "../../../gateway/smpp/pdu/protocol.js";
import { decodeText } from "../../../gateway/smpp/text/decode.js";
import { DEFAULT_ALPHABETS } from "../../../schemas/carrier.js";
import { SMPP } from "../../../schemas/limits.js";
import { EVENT, GAUGE_WORDS, LATENCY_BUCKETS, RECEIPT_STATE } from "../../../schemas/link.js";
import { Ring } from "../../../schemas/ring.js";
import { CARRIER } from "../carrier.js";
import { PduWriter } from "../drawn/pdu-writer.js";
import { delivery } from "../drawn/pdus.js";
import { hashOf, type Random } from "../drawn/random.js";
import { writeDamaged } from "../drawn/streams.js";
import { type Delivered, readDelivered, readHeader, textOf, tlvOf } from "../reference.js";
import { holds, same, type Target } from "../target.js";

const UDHI = 0x40;
const NO_HEADER = { bytes: 0, locking: 0, single: 0, part: null } as const;

const writer = new PduWriter();
const ring = new Ring(Ring.allocate(262_144));
const events = new EventWriter(ring);
const meters = new Meters(new SharedArrayBuffer((GAUGE_WORDS + LATENCY_BUCKETS) * 4));
const thread = { carrier: CARRIER };
const answers = new Answers(
  events,
  meters,
  { again: () => {} },
  {
    at: () => {
      throw new Error("no submission was made");
    },
  },
  thread,
);
const reader = new DeliveryReader();
const shared = Buffer.from(ring.words.buffer, ring.words.byteOffset, ring.words.byteLength);

/** What a session was asked to send, or to send later. */
const asked = { sent: 0, status: 0, later: 0, response: 0, sequence: 0 };
const transport = {
  send(response: number, status: number, sequence: number): void {
    Object.assign(asked, { status, response, sequence });
    asked.sent++;
  },
  answerLater(response: number, sequence: number): void {
    Object.assign(asked, { response, sequence });
    asked.later++;
  },
};

function make(random: Random): Uint8Array {
  writer.clear();
  writeDamaged(random, writer, delivery, () => true);
  return writer.written;
}

function check(bytes: Uint8Array): void {
  if (bytes.length < 16) return;
  const alphabet = DEFAULT_ALPHABETS[hashOf(bytes) % DEFAULT_ALPHABETS.length]!;
  thread.carrier = { ...CARRIER, alphabet };
  asked.sent = 0;
  asked.later = 0;
  holds("there is room", events.fits(bytes.length));
  answers.delivered({ transport }, bytes, 0, bytes.length);
  ring.publish();
  same("answers", asked.sent + asked.later, 1);
  same("the response's command", asked.response, responseTo(readUint32(bytes, 4)));
  same("the response's sequence number", asked.sequence, readUint32(bytes, 12));
  const kind = reader.read(bytes, 0, bytes.length, CARRIER);
  const at = ring.next();
  same("an event", at >= 0, asked.later === 1);
  same("an event", at >= 0, kind !== DELIVERY.malformed);
  if (at < 0) same("the refusal", asked.status, ESME_RX_P_APPN);
  else checkEvent(bytes, at, kind, alphabet);
  same("events beside it", ring.next(), -1);
  ring.release(ring.position());
}

function checkEvent(bytes: Uint8Array, at: number, kind: number, alphabet: (typeof DEFAULT_ALPHABETS)[number]): void {
  const { words } = ring;
  const payload = words[at]! >>> 16;
  holds("an event takes no more than 16/7 of its PDU", (words[at - 1]! + 1) * 4 <= (bytes.length * 16) / 7);
  const otherBytes = kind === DELIVERY.receipt ? words[at + 3]! : 0;
  same("words of the event", words[at - 1], 4 + ((payload + 3) >>> 2) + ((otherBytes + 3) >>> 2));
  same("kind of the event", words[at]! & 0xff, kind === DELIVERY.receipt ? EVENT.receipt : EVENT.message);
  const start = (at + 4) * 4;
  const number = shared.readDoubleLE(start);
  holds("a number is E.164", Number.isSafeInteger(number) && number >= 0 && number < 1e15);
  if (kind === DELIVERY.receipt) {
    holds("a state of the specification", words[at + 1]! >= 1 && words[at + 1]! <= RECEIPT_STATE.rejected);
    holds("an id is no longer than it may be", payload >= 8 && payload <= 8 + SMPP.messageIdBytes);
    for (let place = start + 8; place < start + payload; place++) holds("an id can be read", shared[place]! > 0x20);
    return;
  }
  checkMessage(bytes, words, at, shared.toString("utf16le", start + 8, start + payload), alphabet);
}

function checkMessage(
  bytes: Uint8Array,
  words: Uint32Array,
  at: number,
  text: string,
  alphabet: (typeof DEFAULT_ALPHABETS)[number],
): void {
  const part = words[at + 2]! & 0xff;
  const parts = words[at + 2]! >>> 8;
  holds("a part is one of its parts", parts === 0 ? part === 0 : parts > 1 && part >= 1 && part <= parts);
  if (parts === 0) same("reference of a whole message", words[at + 1], 0);
  same("the third word", words[at + 3], 0);
  const delivered = readDelivered(bytes);
  holds("a message has its mandatory fields", delivered !== null);
  const raw = textOf(delivered);
  const header = (delivered.esmClass & UDHI) !== 0 ? readHeader(raw) : NO_HEADER;
  const expected = header.part ?? sarOf(delivered);
  const [, ofPart, ofParts] = expected;
  const kept = raw.subarray(header.bytes, header.bytes + SMPP.messageBytes);
  const context = { ...header, part: ofPart, parts: ofParts };
  const whole = decodeText(delivered.dataCoding, alphabet, kept, context);
  const isCut = header.bytes + kept.length < raw.length || whole.length > SMPP.messageBytes;
  const cut = whole.slice(0, SMPP.messageBytes - 3).replace(/[\ud800-\udbff]$/, "");
  same("text", text, isCut ? `${cut}[…]` : whole);
  same("part", `${words[at + 1]}: ${part}/${parts}`, `${expected[0]}: ${expected[1]}/${expected[2]}`);
}

/** Reference, part and parts from the sar TLVs (SMPP 3.4, 5.3.2.22 to 24). */
function sarOf(delivered: Delivered): readonly [number, number, number] {
  const reference = tlvOf(delivered, 0x020c, (length) => length === 2)?.readUInt16BE(0) ?? 0;
  const parts = tlvOf(delivered, 0x020e, (length) => length === 1)?.[0] ?? 0;
  const part = tlvOf(delivered, 0x020f, (length) => length === 1)?.[0] ?? 0;
  return parts > 1 && part >= 1 && part <= parts ? [reference, part, parts] : [0, 0, 0];
}

export const incoming: Target = { name: "incoming", make, check };
