import fc from "fast-check";
import smpp from "smpp";
import { describe, expect, test } from "vitest";
import { absoluteTime, SubmitTemplate, senderType } from "../../../gateway/smpp/submit.js";
import { encodeText } from "../../../gateway/smpp/text.js";

const GSM =
  "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿" +
  "abcdefghijklmnopqrstuvwxyzäöñüà\f^{}\\[~]|€";

const gsmText = fc.string({ unit: fc.constantFrom(...GSM), maxLength: 700 });
const anyText = fc.string({ unit: "binary", maxLength: 400 });
const text = fc.oneof(
  gsmText,
  anyText,
  fc.tuple(gsmText, anyText).map(([one, two]) => `${one}ë${two}`),
);
const number = fc.oneof(
  fc.integer({ min: 31_600_000_000, max: 31_699_999_999 }),
  fc.integer({ min: 1, max: 999_999_999_999_999 }),
  fc.integer({ min: 1, max: 15 }).map((digits) => 10 ** digits - 1),
  fc.integer({ min: 0, max: 14 }).map((digits) => 10 ** digits),
);
const sender = fc.oneof(
  fc.constantFrom("Burgernet", "NL-Alert", "0800-0011", "31600000001", "+31600000001", "1600"),
  fc.string({ unit: fc.constantFrom(..."abcXYZ 019-."), minLength: 1, maxLength: 11 }),
);
const expiry = fc.integer({ min: Date.UTC(2000, 0, 1), max: Date.UTC(2099, 11, 31) });

/** The short_message as the package encodes it from characters, not from our bytes. */
function shortMessage(part: Uint8Array, esmClass: number, dataCoding: number): { udh?: Buffer; message: string } {
  const udhBytes = esmClass === 0 ? 0 : part[0]! + 1;
  const body = Buffer.from(part.subarray(udhBytes));
  const message = dataCoding === 8 ? Buffer.from(body).swap16().toString("utf16le") : fromGsm(body);
  return udhBytes === 0 ? { message } : { udh: Buffer.from(part.subarray(0, udhBytes)), message };
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
  test("is byte for byte what the package smpp encodes for the same fields", () => {
    fc.assert(
      fc.property(
        text,
        fc.array(number, { minLength: 1, maxLength: 5 }),
        sender,
        expiry,
        fc.integer({ min: 1, max: 0x7fff_ffff }),
        fc.nat(255),
        (content, numbers, from, expiresAtMs, sequence, reference) => {
          const encoded = encodeText(content, reference);
          const source = senderType(from);
          let together = "";
          encoded.segments.forEach((part, segment) => {
            const template = new SubmitTemplate(from, encoded, segment, expiresAtMs);
            const bytes = Buffer.alloc(template.maxBytes * numbers.length);
            let at = 0;
            const expected = numbers.map((to) => {
              at = template.write(bytes, at, to, sequence);
              const pdu = new smpp.PDU("submit_sm", {
                sequence_number: sequence,
                source_addr_ton: source.ton,
                source_addr_npi: source.npi,
                source_addr: source.address,
                dest_addr_ton: 1,
                dest_addr_npi: 1,
                destination_addr: String(to),
                validity_period: new Date(expiresAtMs),
                registered_delivery: 1,
                data_coding: encoded.dataCoding,
                short_message: shortMessage(part, encoded.esmClass, encoded.dataCoding),
              });
              return pdu.toBuffer();
            });
            expect(bytes.subarray(0, at).toString("hex")).toBe(Buffer.concat(expected).toString("hex"));
            together += shortMessage(part, encoded.esmClass, encoded.dataCoding).message;
          });
          expect(together).toBe(content);
        },
      ),
      { numRuns: 500 },
    );
  });

  test("senders: digits are international, a plus is dropped, anything else is a name", () => {
    expect(senderType("+31612345678")).toEqual({ ton: 1, npi: 1, address: "31612345678" });
    expect(senderType("Burgernet")).toEqual({ ton: 5, npi: 0, address: "Burgernet" });
    expect(senderType("0800-0011")).toEqual({ ton: 5, npi: 0, address: "0800-0011" });
  });

  test("the validity period is an absolute time in UTC", () => {
    expect(absoluteTime(Date.UTC(2026, 2, 9, 7, 5, 3, 250))).toBe("260309070503200+");
  });
});
