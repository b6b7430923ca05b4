import fc from "fast-check";
import smpp from "smpp";
import { describe, expect, test } from "vitest";
import { Wave } from "../../../../gateway/smpp/carrier/waves.js";
import { SubmitTemplate } from "../../../../gateway/smpp/messages/submit.js";
import { type EncodedText, encodeText } from "../../../../gateway/smpp/text/text.js";
import {
  type CarrierConfiguration,
  CONCATENATIONS,
  DEFAULT_ALPHABETS,
  NATIONAL_TABLES,
  RECEIPTS_ASKED,
} from "../../../../schemas/carrier.js";
import { configuration } from "../harness.js";

const GSM =
  "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿" +
  "abcdefghijklmnopqrstuvwxyzäöñüà\f^{}\\[~]|€";

const gsmText = fc.string({ unit: fc.constantFrom(...GSM), maxLength: 700, size: "max" });
const anyText = fc.string({ unit: "binary", maxLength: 400, size: "max" });
const text = fc.oneof(
  gsmText,
  anyText,
  fc.string({ unit: fc.constantFrom(..."aé{ @"), maxLength: 400, size: "max" }),
  fc.string({ unit: fc.constantFrom(..."az{ @|_9"), maxLength: 400, size: "max" }),
  fc.string({ unit: fc.constantFrom(..."aşıçÁãô "), maxLength: 400, size: "max" }),
  fc.tuple(gsmText, anyText).map(([one, two]) => `${one}ë${two}`),
);
const number = fc.oneof(
  fc.integer({ min: 31_600_000_000, max: 31_699_999_999 }),
  fc.integer({ min: 1, max: 999_999_999_999_999 }),
  fc.integer({ min: 1, max: 15 }).map((digits) => 10 ** digits - 1),
  fc.integer({ min: 0, max: 14 }).map((digits) => 10 ** digits),
);
const sender = fc.oneof(
  fc.constantFrom("Burgernet", "NL-Alert", "0800-0011", "31600000001", "+31600000001", "1600", "+1600", "0612345678"),
  fc.string({ unit: fc.constantFrom(..."abcXYZ 019-."), minLength: 1, maxLength: 11 }),
);
const octet = fc.nat(255);
const priority = fc.nat(3);
const settings = fc.record({
  sender,
  senderTon: fc.option(octet),
  senderNpi: fc.option(octet),
  numberPrefix: fc.constantFrom("", "+", "00"),
  destinationTon: octet,
  destinationNpi: octet,
  serviceType: fc.constantFrom("", "CMT", "WAP"),
  priority: fc.record({ urgent: priority, normal: priority }),
  receipts: fc.constantFrom(...RECEIPTS_ASKED),
  intermediate: fc.boolean(),
  alphabet: fc.constantFrom(...DEFAULT_ALPHABETS),
  nationalTables: fc.subarray([...NATIONAL_TABLES]),
  concatenation: fc.constantFrom(...CONCATENATIONS),
});
const validity = fc.constantFrom("", "260309070503200+", "000002235959000R");

/** What the package is to make of a sender, by the rules of carriers. */
function source({ sender, senderTon, senderNpi }: CarrierConfiguration): Record<string, unknown> {
  const digits = sender.replace(/^\+/, "");
  let looks = { ton: 5, npi: 0, address: sender };
  if (/^\d+$/.test(digits)) {
    looks = { ton: digits.startsWith("0") ? 0 : 1, npi: 1, address: digits };
    if (sender.startsWith("+")) looks = { ton: 1, npi: 1, address: digits };
    else if (digits.length < 9) looks = { ton: 3, npi: 0, address: digits };
  }
  return {
    source_addr_ton: senderTon ?? looks.ton,
    source_addr_npi: senderNpi ?? looks.npi,
    source_addr: looks.address,
  };
}

/**
 * The fields that hold the text. Where the package can, it encodes characters; national tables and carriers that want another
 * alphabet than GSM 03.38 are bytes to it.
 */
function content(encoded: EncodedText, part: number, by: CarrierConfiguration): Record<string, unknown> {
  const { message, tlvs } = encoded.parts[part]!;
  const payload = tlvs[0] === 0x04 ? Buffer.from(tlvs.subarray(4)) : null;
  const bytes = payload ?? Buffer.from(message);
  const udhBytes = encoded.esmClass === 0 ? 0 : bytes[0]! + 1;
  const body = bytes.subarray(udhBytes);
  const shifted = [0x24, 0x25].some((element) => bytes.subarray(1, udhBytes).includes(element));
  const asBytes = encoded.dataCoding === 0 && (shifted || by.alphabet !== "gsm0338");
  const characters = encoded.dataCoding === 8 ? Buffer.from(body).swap16().toString("utf16le") : fromGsm(body);
  const udh = udhBytes === 0 ? {} : { udh: bytes.subarray(0, udhBytes) };
  const value = asBytes ? bytes : { ...udh, message: characters };
  const fields =
    payload === null ? { short_message: value } : { short_message: Buffer.alloc(0), message_payload: value };
  if (tlvs.length === 0 || payload !== null) return fields;
  const sar = Buffer.from(tlvs);
  expect(sar.length).toBe(16);
  return {
    ...fields,
    sar_msg_ref_num: sar.readUInt16BE(4),
    sar_total_segments: encoded.parts.length,
    sar_segment_seqnum: part + 1,
  };
}

function fromGsm(bytes: Uint8Array): string {
  const basic = `${GSM.slice(0, 27)}\u001b${GSM.slice(27, 127)}`;
  const extension: Record<number, string> = {
    10: "\f",
    20: "^",
    40: "{",
    41: "}",
    47: "\\",
    60: "[",
    61: "~",
    62: "]",
  };
  let characters = "";
  for (let at = 0; at < bytes.length; at++) {
    if (bytes[at] !== 0x1b) characters += basic[bytes[at]!];
    else characters += { ...extension, 64: "|", 101: "€" }[bytes[++at]!];
  }
  return characters;
}

describe("bulk submit", () => {
  test("is byte for byte what the package smpp encodes for the same fields, under any settings", () => {
    const base = configuration(1, {});
    const seen = new Set<string>();
    fc.assert(
      fc.property(
        text,
        fc.array(number, { minLength: 1, maxLength: 5 }),
        settings,
        validity,
        fc.boolean(),
        fc.integer({ min: 1, max: 0x7fff_ffff }),
        fc.nat(0xffff),
        (message, numbers, some, until, urgent, sequence, reference) => {
          const by = { ...base, ...some };
          const encoded = encodeText(message, by, reference);
          const alphabet = encoded.dataCoding === 8 ? "ucs2" : by.alphabet;
          seen.add(`${alphabet} ${encoded.onAir > 1 ? by.concatenation : "whole"}`);
          encoded.parts.forEach((_, part) => {
            const template = new SubmitTemplate(by, encoded, part, urgent, until);
            const bytes = Buffer.alloc(template.maxBytes * numbers.length);
            let at = 0;
            const expected = numbers.map((to) => {
              at = template.write(bytes, at, to, sequence);
              const pdu = new smpp.PDU("submit_sm", {
                sequence_number: sequence,
                service_type: by.serviceType,
                ...source(by),
                dest_addr_ton: by.destinationTon,
                dest_addr_npi: by.destinationNpi,
                destination_addr: `${by.numberPrefix}${to}`,
                esm_class: encoded.esmClass,
                priority_flag: urgent ? by.priority.urgent : by.priority.normal,
                validity_period: until,
                registered_delivery:
                  { none: 0, final: 1, failure: 2, success: 3 }[by.receipts] + (by.intermediate ? 16 : 0),
                data_coding: encoded.dataCoding,
                ...content(encoded, part, by),
              });
              return pdu.toBuffer();
            });
            expect(bytes.subarray(0, at).toString("hex")).toBe(Buffer.concat(expected).toString("hex"));
          });
        },
      ),
      { numRuns: 2_000 },
    );
    for (const encoding of [...DEFAULT_ALPHABETS, "ucs2"]) {
      for (const how of ["whole", ...CONCATENATIONS]) expect(seen).toContain(`${encoding} ${how}`);
    }
  });

  test("priority, validity and text come from the wave and the carrier", () => {
    const nowMs = Date.UTC(2026, 2, 9, 7, 5, 3, 250);
    const wave = {
      ...{ slot: 1, rank: 1, roster: new SharedArrayBuffer(4), texts: ["Burgernet"], textNumbers: undefined },
      ...{ urgent: true, reference: 1, toSwitchedOff: false, expiresAtMs: nowMs + 90_061_500 },
    };
    const sent = (opened: Wave) => {
      const bytes = Buffer.alloc(opened.maxBytes);
      const end = opened.messageAt(0).templates[0]!.write(bytes, 0, 31_600_000_001, 1);
      // The package reads a relative time as a date from now, so the field is cut out behind the destination.
      const from = bytes.indexOf("31600000001\0") + "31600000001\0".length;
      return {
        priority: bytes[from + 2]!,
        validity: bytes.toString("latin1", from + 4, bytes.indexOf(0, from + 4)),
        end: bytes.toString("latin1", end - 9, end),
      };
    };
    let passedMs = 0;
    let setMs = 0;
    const clock = { now: () => nowMs + passedMs + setMs, steadyMs: () => passedMs };
    const by = (form: CarrierConfiguration["validity"]) => configuration(1, { validity: form });
    expect(sent(new Wave(wave, by("absolute"), clock)).validity).toBe("260310080604700+");
    expect(sent(new Wave(wave, by("none"), clock)).validity).toBe("");
    const relative = new Wave(wave, by("relative"), clock);
    expect(sent(relative)).toEqual({ priority: 3, validity: "000001010101000R", end: "Burgernet" });
    passedMs = 999;
    relative.renew();
    expect(sent(relative).validity).toBe("000001010101000R");
    passedMs = 90_000_000;
    relative.renew();
    expect(sent(relative)).toEqual({ priority: 3, validity: "000000000101000R", end: "Burgernet" });
    passedMs = 90_061_400;
    relative.renew();
    expect(sent(relative).validity).toBe("000000000001000R");
    // Somebody sets the clock back: the message is as old as it was.
    setMs = -86_400_000;
    relative.renew();
    expect([relative.isOver, sent(relative).validity]).toEqual([false, "000000000001000R"]);
    passedMs = 90_061_500;
    expect(relative.isOver).toBe(true);
    [passedMs, setMs] = [0, 90_061_500];
    expect(relative.isOver).toBe(true);
    setMs = 0;
    expect(sent(new Wave({ ...wave, urgent: false }, by("none"), clock)).priority).toBe(0);
    const months = new Wave({ ...wave, expiresAtMs: nowMs + 1e11 }, by("relative"), clock);
    expect(sent(months).validity).toBe("000030000000000R");
  });
});
