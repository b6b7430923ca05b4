/**
 * Messages from citizens: deliver_sm with a text, whole or in parts, in one of the ways in which carriers write them.
 *
 * The encoding is the simulator's own, apart from `gateway/smpp`. Assumes that what is not in GSM 03.38 is sent in UCS-2.
 */
import { z } from "zod";
import { API, SIMULATOR } from "../../../schemas/limits.js";
import { cString, packed, pdu, TLV, tlv, ucs2 } from "../../personalities/pdu.js";
import { COMMAND } from "./wire.js";

/** TS 23.038, 6.2.1: the code of a character is its place; the escape to the extension table is a gap. */
const GSM =
  "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
const GSM_EXTENSION: Readonly<Record<string, number>> = {
  "\f": 0x0a,
  "^": 0x14,
  "{": 0x28,
  "}": 0x29,
  "\\": 0x2f,
  "[": 0x3c,
  "~": 0x3d,
  "]": 0x3e,
  "|": 0x40,
  "€": 0x65,
};
const ESCAPE = 0x1b;
const ESM_CLASS_UDH = 0x40;
/** `packed`: the septets of GSM 03.38 as they are on the air. What data_coding 0 is, is the carrier's own. */
const DATA_CODING = { gsm: 0, packed: 0, utf8: 0, ucs2: 8 } as const;
type Encoding = keyof typeof DATA_CODING;
/** Of a whole message, and of one part with the longest header, before septets are packed. */
const WHOLE = { gsm: 160, packed: 160, utf8: 140, ucs2: 140 } as const;
const PART = { gsm: 152, packed: 152, utf8: 132, ucs2: 132 } as const;

/** The body of POST /deliver. */
export const deliverSchema = z.strictObject({
  from: z.string().regex(/^\+?[0-9]{1,15}$/),
  /** Nothing: the sender that this carrier saw first. */
  to: z.string().min(1).max(20).optional(),
  text: z.string().max(API.textCharacters),
  /** At least so many; more when the text needs them. */
  parts: z.int().min(1).max(API.segmentsPerMessage).default(1),
  /** Nothing: gsm where it can be. */
  encoding: z.enum(["gsm", "packed", "utf8", "ucs2"]).optional(),
  concatenation: z.enum(["udh8", "udh16", "sar"]).default("udh8"),
  /** Parts end wherever they are full: behind the escape of a character, between the bytes of one. */
  cutAnywhere: z.boolean().default(false),
  /** The length of a header counts its own byte. */
  headerCountsItself: z.boolean().default(false),
  /** The last part first. */
  reversed: z.boolean().default(false),
  /** Every part twice. */
  doubled: z.boolean().default(false),
  /** To which account; nothing: one that receives. */
  systemId: z.string().optional(),
});

export type DeliverRequest = z.input<typeof deliverSchema>;
export type Delivery = z.output<typeof deliverSchema>;
type Concatenation = Delivery["concatenation"];

/** Every character for itself; an escape pair is one piece, and so is a surrogate pair. */
function pieces(text: string, encoding: Encoding): Buffer[] {
  return [...text].map((character) => {
    if (encoding === "ucs2") return ucs2(character);
    if (encoding === "utf8") return Buffer.from(character);
    const extension = GSM_EXTENSION[character];
    return Buffer.from(extension === undefined ? [Math.max(0, GSM.indexOf(character))] : [ESCAPE, extension]);
  });
}

function isGsm(text: string): boolean {
  return [...text].every((character) => GSM.includes(character) || character in GSM_EXTENSION);
}

/** As split, without heed of what a piece is; a unit of UCS-2 stays whole. */
function cut(text: Buffer, limit: number): Buffer[] {
  const parts: Buffer[] = [];
  for (let at = 0; at < text.length; at += limit) parts.push(text.subarray(at, at + limit));
  return parts;
}

/** Splits at pieces, so that each part has at most `limit` bytes. */
function split(text: readonly Buffer[], limit: number): Buffer[] {
  const parts: Buffer[][] = [[]];
  let length = 0;
  for (const piece of text) {
    if (length + piece.length > limit) {
      parts.push([]);
      length = 0;
    }
    parts.at(-1)!.push(piece);
    length += piece.length;
  }
  return parts.map((part) => Buffer.concat(part));
}

function header(concatenation: Concatenation, reference: number, parts: number, part: number): Buffer {
  if (concatenation === "udh8") return Buffer.from([5, 0, 3, reference & 0xff, parts, part]);
  if (concatenation === "udh16") return Buffer.from([6, 8, 4, reference >> 8, reference & 0xff, parts, part]);
  return Buffer.alloc(0);
}

function sarOf(reference: number, parts: number, part: number): Buffer {
  return Buffer.concat([
    tlv(TLV.sarReference, Buffer.from([reference >> 8, reference & 0xff])),
    tlv(TLV.sarTotal, Buffer.from([parts])),
    tlv(TLV.sarPart, Buffer.from([part])),
  ]);
}

export class Incoming {
  #bodies: Buffer[] = [];
  #reference = 0;

  /**
   * Makes the parts of a message and returns their numbers, in the order in which they go; none when it has made all that
   * it may. `to` as on the wire.
   */
  add(delivery: Delivery, to: Buffer): number[] {
    const encoding = delivery.encoding ?? (isGsm(delivery.text) ? "gsm" : "ucs2");
    const text = pieces(delivery.text, encoding);
    const length = text.reduce((sum, piece) => sum + piece.length, 0);
    const isWhole = delivery.parts === 1 && length <= WHOLE[encoding];
    const even = Math.max(2, Math.ceil(length / delivery.parts));
    const limit = Math.min(PART[encoding], even + (even % 2));
    const parts = delivery.cutAnywhere ? cut(Buffer.concat(text), limit) : split(text, limit);
    const texts = isWhole ? [Buffer.concat(text)] : parts;
    if (this.#bodies.length + texts.length > SIMULATOR.messages) return [];
    const reference = this.#reference++ & 0xffff;
    const numbers = texts.map((part, at) => {
      const body = this.#body(delivery, to, encoding, part, reference, texts.length, at + 1);
      return this.#bodies.push(body) - 1;
    });
    if (delivery.reversed) numbers.reverse();
    return delivery.doubled ? numbers.flatMap((number) => [number, number]) : numbers;
  }

  pdu(number: number, sequence: number): Buffer {
    return pdu(COMMAND.deliverSm, 0, sequence, this.#bodies[number]!);
  }

  clear(): void {
    this.#bodies = [];
  }

  #body(
    { from, concatenation, headerCountsItself }: Delivery,
    to: Buffer,
    encoding: Encoding,
    characters: Buffer,
    reference: number,
    parts: number,
    part: number,
  ): Buffer {
    const isOneOfMany = parts > 1;
    const udh = isOneOfMany ? header(concatenation, reference, parts, part) : Buffer.alloc(0);
    const text = encoding === "packed" ? packed(characters, udh.length) : characters;
    if (headerCountsItself && udh.length > 0) udh[0]!++;
    const coding = DATA_CODING[encoding];
    const fields = [udh.length > 0 ? ESM_CLASS_UDH : 0, 0, 0, 0, 0, 0, 0, coding, 0, udh.length + text.length];
    const sar = isOneOfMany && concatenation === "sar" ? sarOf(reference, parts, part) : Buffer.alloc(0);
    return Buffer.concat([
      Buffer.from([0, 1, 1]),
      cString(from.replace("+", "")),
      to,
      Buffer.from(fields),
      udh,
      text,
      sar,
    ]);
  }
}

/** What citizens send back of themselves, drawn by their number; one in eight wants no more. */
const REPLIES = [
  "Gezien bij het station",
  "Ik zie hem lopen",
  "Nee",
  "STOP",
  "Rode jas, richting centrum",
  "Ja",
  "?",
  "Ok",
];

export function replyOf(number: number): string {
  return REPLIES[number % REPLIES.length]!;
}
