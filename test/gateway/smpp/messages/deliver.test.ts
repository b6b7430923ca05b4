/** deliver_sm and data_sm as a carrier may write them, encoded by the package `smpp`, and what is read of them. */
import fc from "fast-check";
import smpp from "smpp";
import { describe, expect, test } from "vitest";
import { DELIVERY, DeliveryReader } from "../../../../gateway/smpp/messages/deliver.js";
import { packSeptets } from "../../../../gateway/smpp/text/packed.js";
import { SMPP } from "../../../../schemas/limits.js";
import { RECEIPT_STATE } from "../../../../schemas/link.js";

const UDHI = 0x40;
const reader = new DeliveryReader();

/** Reads the bytes between noise, which must not matter. */
function readBytes(pdu: Uint8Array, countryCode = 31, sender = "Burgernet") {
  const bytes = Buffer.concat([Buffer.alloc(7, 0xff), pdu, Buffer.alloc(9, 0x31)]);
  const kind = reader.read(bytes, 7, pdu.length, { countryCode, sender });
  const { number, state, error, broken, header } = reader;
  const id = Buffer.from(reader.idBytes).toString("latin1", reader.idAt, reader.idAt + reader.idLength);
  const { reference, part, parts } = header;
  const text = kind === DELIVERY.message ? reader.text(bytes, "gsm0338") : "";
  return { kind, id, number, state, error, broken, text, reference, part, parts };
}

function encode(fields: Record<string, unknown>, command = "deliver_sm"): Buffer {
  return new smpp.PDU(command, { sequence_number: 5, data_coding: 0, ...fields }).toBuffer();
}

function read(fields: Record<string, unknown>, command = "deliver_sm", countryCode = 31) {
  return readBytes(encode(fields, command), countryCode);
}

/** Appends TLVs as they are given, and sets command_length. */
function withTlvs(
  pdu: Buffer,
  ...tlvs: readonly (readonly [tag: number, value: Uint8Array, length?: number])[]
): Buffer {
  const parts = tlvs.map(([tag, value, length]) => {
    const head = Buffer.alloc(4);
    head.writeUInt16BE(tag, 0);
    head.writeUInt16BE(length ?? value.length, 2);
    return Buffer.concat([head, value]);
  });
  const bytes = Buffer.concat([pdu, ...parts]);
  bytes.writeUInt32BE(bytes.length, 0);
  return bytes;
}

const text = (string: string): Buffer => Buffer.from(string, "latin1");
const ucs2 = (string: string): Buffer => Buffer.from(string, "utf16le").swap16();
const { delivered, enroute, expired, undeliverable, accepted, unknown, rejected } = RECEIPT_STATE;

describe.each(["deliver_sm", "data_sm"])("receipts by %s", (command) => {
  const payload = command === "data_sm" ? "message_payload" : "short_message";
  const receipt = (fields: Record<string, unknown>, words: Uint8Array = Buffer.alloc(0)) =>
    read(
      { source_addr: "31612345678", esm_class: 4, ...(words.length > 0 && { [payload]: words }), ...fields },
      command,
    );

  test("the id stands in the TLV, with NUL, without, or padded; in the text; in both; or nowhere", () => {
    for (const value of ["5F", "5F\0", "5F\0\0", "5F\0junk", "5F "]) {
      expect(receipt({ receipted_message_id: value, message_state: 2 })).toMatchObject({
        kind: DELIVERY.receipt,
        id: "5F",
        number: 31_612_345_678,
        state: delivered,
      });
    }
    const words = text("id:7 sub:001 stat:EXPIRED err:12");
    expect(receipt({}, words)).toMatchObject({ kind: DELIVERY.receipt, id: "7", state: expired, error: 12 });
    expect(receipt({ receipted_message_id: "5F" }, words)).toMatchObject({ id: "5F", state: expired, error: 12 });
    expect(receipt({ receipted_message_id: "\0" }, words)).toMatchObject({ id: "7" });
    expect(receipt({ message_state: 8 })).toMatchObject({ kind: DELIVERY.receipt, id: "", state: rejected });
    expect(receipt({}, text("Delivered!"))).toMatchObject({ kind: DELIVERY.receipt, id: "", state: unknown });
    expect(receipt({ receipted_message_id: "y".repeat(90) })).toMatchObject({ id: "y".repeat(64) });
  });

  test.each([
    [2, "EXPIRED", delivered],
    [5, "DELIVRD", undeliverable],
    [1, "DELIVRD", delivered],
    [0, "UNDELIV", undeliverable],
    [6, "EXPIRED", expired],
    [7, "DELIVRD", delivered],
    [200, "DELIVRD", delivered],
    [1, "ACCEPTD", enroute],
    [6, "ENROUTE", accepted],
    [9, "ENROUTE", rejected],
  ])("message_state %d and stat:%s: what is final counts, and of two the TLV", (state, word, expected) => {
    expect(receipt({ receipted_message_id: "1", message_state: state }, text(`id:2 stat:${word}`))).toMatchObject({
      kind: DELIVERY.receipt,
      id: "1",
      state: expected,
    });
  });

  test("the text in any alphabet, order of bytes and first character, with the bit for a header, and in packed septets", () => {
    const said = "id:4f_x sub:001 dlvrd:001 submit date:2603090705 done date:2603090706 stat:DELIVRD err:000 text:één";
    const bom = "\ufeff";
    const little = (string: string) => Buffer.from(string, "utf16le");
    const ways = [
      ...[text(said), text(` ${said}`), text(`\0${said}`), text(`\0${said}\0\0\0`), Buffer.from(bom + said)],
      ...[ucs2(said), ucs2(bom + said), ucs2(` ${said}`), little(said), little(bom + said), little(`\r\n${said}`)],
      ...[Buffer.concat([Buffer.of(0), ucs2(said)]), Buffer.concat([Buffer.of(0x20), little(said)])],
      Buffer.from(packSeptets([...text(said.replace("_", "\x11").slice(0, -3))], 0)),
    ];
    for (const words of ways) {
      for (const esm_class of [0x04, 0x44, 0x24, 0x08]) {
        for (const data_coding of [0, 1, 3, 8]) {
          const typed = esm_class !== 0x08;
          const read = receipt({ esm_class: typed ? esm_class : 0x04, data_coding }, words);
          expect(read).toMatchObject({ kind: DELIVERY.receipt, id: "4f_x", state: delivered, number: 31_612_345_678 });
        }
      }
    }
    const headed = Buffer.concat([Buffer.of(5, 0, 3, 9, 1, 1), text(said)]);
    expect(receipt({ esm_class: 0x44 }, headed)).toMatchObject({ id: "4f_x", state: delivered });
    const packed = Buffer.from([5, 0, 3, 9, 1, 1, ...packSeptets([...text("id:77 stat:UNDELIV err:012")], 6)]);
    expect(receipt({ esm_class: 0x44 }, packed)).toMatchObject({ id: "77", state: undeliverable, error: 12 });
  });

  test("an id of the text beside another of the TLV is kept for where that is nobody's", () => {
    const words = text("id:7 sub:001 stat:EXPIRED err:12");
    const other = (id: string) => {
      receipt({ receipted_message_id: id }, words);
      return Buffer.from(reader.otherIdBytes).toString(
        "latin1",
        reader.otherIdAt,
        reader.otherIdAt + reader.otherIdLength,
      );
    };
    expect([other("5F"), other("7"), other("77"), other("\0")]).toEqual(["7", "", "7", ""]);
  });

  test("network_error_code counts before err", () => {
    const words = text("id:2 stat:UNDELIV err:77");
    expect(receipt({ network_error_code: Buffer.from([3, 1, 2]) }, words)).toMatchObject({ error: 258 });
    expect(receipt({ network_error_code: Buffer.from([3, 0, 0]) }, words)).toMatchObject({ error: 77 });
  });

  test("an intermediate notification tells of no failure that is final", () => {
    const notification = (state: number) =>
      receipt({ esm_class: 0x20, receipted_message_id: "1", message_state: state });
    expect([1, 2, 3, 5, 6, 8].map((state) => notification(state).state)).toEqual([
      enroute,
      delivered,
      enroute,
      enroute,
      accepted,
      enroute,
    ]);
    expect(receipt({ esm_class: 0x20 })).toMatchObject({ kind: DELIVERY.receipt, state: enroute });
    expect(receipt({ esm_class: 0x20 }, text("id:3 stat:UNDELIV err:006"))).toMatchObject({
      id: "3",
      state: enroute,
      error: 6,
    });
  });

  test("in UCS-2 whatever data_coding says, in GSM 03.38, behind a header, with the reply path bit", () => {
    const words = "id:a_7 sub:001 dlvrd:001 stat:DELIVRD err:003 text:geë€n";
    const expected = { kind: DELIVERY.receipt, id: "a_7", state: delivered, error: 3 };
    for (const data_coding of [0, 3, 8, 0xf5]) {
      expect(receipt({ data_coding }, ucs2(words))).toMatchObject(expected);
      expect(receipt({ data_coding, esm_class: 0 }, ucs2(words))).toMatchObject(expected);
      expect(receipt({ data_coding }, text(words))).toMatchObject(expected);
    }
    expect(receipt({}, text(words.replace("_", "\x11")))).toMatchObject(expected);
    const headed = Buffer.concat([Buffer.from([5, 0, 3, 9, 1, 1]), text(words)]);
    expect(receipt({ esm_class: UDHI | 4 }, headed)).toMatchObject(expected);
    expect(receipt({ esm_class: UDHI | 0x80 | 4 }, headed)).toMatchObject(expected);
    expect(receipt({ esm_class: 0x80 | 4 }, text(words))).toMatchObject(expected);
    expect(receipt({ esm_class: UDHI | 4 }, text(words))).toMatchObject(expected);
  });

  test("with esm_class 0 a TLV or the strict shape makes a receipt, and a citizen who quotes one does not", () => {
    const plain = (words: string, fields: Record<string, unknown> = {}) =>
      receipt({ esm_class: 0, ...fields }, text(words));
    expect(plain("id:7 sub:001 stat:DELIVRD")).toMatchObject({ kind: DELIVERY.receipt, id: "7", state: delivered });
    expect(plain("x", { receipted_message_id: "7" })).toMatchObject({ kind: DELIVERY.receipt, id: "7" });
    for (const words of [
      "id:7 stat:DELIVRD",
      "Kreeg id:7 sub:001 dlvrd:001 stat:DELIVRD err:000, wat is dat?",
      '"id:7 sub:001 stat:DELIVRD err:000"',
      "id:7 sub:001 stat:foetsie err:000",
      "",
    ]) {
      expect(plain(words)).toMatchObject({ kind: DELIVERY.message, text: words });
    }
  });

  test("where the source is no number, or our own, the destination is the recipient's", () => {
    const words = text("id:7 stat:DELIVRD");
    expect(receipt({ source_addr: "Burgernet", destination_addr: "31687654321" }, words).number).toBe(31_687_654_321);
    expect(receipt({ source_addr: "", destination_addr: "Burgernet" }, words).number).toBe(0);
    const unswapped = { source_addr: "31600000001", destination_addr: "31687654321", esm_class: 4 };
    expect(readBytes(encode(unswapped, command), 31, "31600000001").number).toBe(31_687_654_321);
    expect(readBytes(encode(unswapped, command), 31, "+31600000001").number).toBe(31_687_654_321);
    expect(readBytes(encode(unswapped, command), 31, "0600000001").number).toBe(31_687_654_321);
    expect(readBytes(encode(unswapped, command), 31, "31600000002").number).toBe(31_600_000_001);
    expect(readBytes(encode({ ...unswapped, esm_class: 0 }, command), 31, "31600000001").number).toBe(31_600_000_001);
    const message = read({ source_addr: "Burgernet", destination_addr: "31687654321" }, command);
    expect(message).toMatchObject({ kind: DELIVERY.message, number: 0 });
  });
});

describe("messages", () => {
  const from = { source_addr: "31612345678" };

  test("text by data_coding and the carrier's alphabet, from short_message or message_payload, or empty", () => {
    const reply = (fields: Record<string, unknown>) => read({ ...from, ...fields });
    expect(reply({ short_message: text("Hij loopt") })).toMatchObject({
      kind: DELIVERY.message,
      number: 31_612_345_678,
      text: "Hij loopt",
    });
    expect(reply({ data_coding: 8, short_message: ucs2("België 🚓") }).text).toBe("België 🚓");
    expect(reply({ data_coding: 3, short_message: text("patiënt") }).text).toBe("patiënt");
    expect(reply({ short_message: Buffer.from([0x00, 0x1b, 0x65, 0x11]) }).text).toBe("@€_");
    expect(reply({ message_payload: text("lang".repeat(500)) }).text).toBe("lang".repeat(500));
    expect(reply({ message_payload: Buffer.alloc(0), short_message: text("kort") }).text).toBe("kort");
    expect(reply({})).toMatchObject({ kind: DELIVERY.message, text: "", parts: 0 });
    expect(read({ ...from, message_payload: text("ja") }, "data_sm")).toMatchObject({ text: "ja" });
    expect(read(from, "data_sm")).toMatchObject({ kind: DELIVERY.message, text: "" });
  });

  test("parts are told by a header with 8 or 16 bits, or by sar TLVs", () => {
    const headed = (header: number[], fields: Record<string, unknown> = {}) =>
      read({ ...from, esm_class: UDHI, short_message: Buffer.from([header.length, ...header, 0x6a, 0x61]), ...fields });
    const part = (reference: number, one: number, of: number) => ({
      kind: DELIVERY.message,
      text: "ja",
      reference,
      part: one,
      parts: of,
    });
    expect(headed([0, 3, 200, 3, 2])).toMatchObject(part(200, 2, 3));
    expect(headed([8, 4, 2, 1, 255, 255])).toMatchObject(part(513, 255, 255));
    expect(headed([5, 4, 1, 2, 3, 4, 0, 3, 7, 2, 1])).toMatchObject(part(7, 1, 2));
    expect(headed([0, 3, 7, 2, 1, 8, 4, 1, 0, 2, 2])).toMatchObject(part(256, 2, 2));
    for (const [of, one] of [
      [2, 0],
      [2, 3],
      [0, 0],
      [0, 1],
      [1, 1],
    ] as const) {
      expect(headed([0, 3, 7, of, one])).toMatchObject(part(0, 0, 0));
    }
    const sar = { sar_msg_ref_num: 65_535, sar_total_segments: 4, sar_segment_seqnum: 4 };
    expect(read({ ...from, short_message: text("ja"), ...sar })).toMatchObject(part(65_535, 4, 4));
    expect(read({ ...from, short_message: text("ja"), ...sar, sar_segment_seqnum: 5 })).toMatchObject(part(0, 0, 0));
    expect(headed([0, 3, 7, 2, 1], sar)).toMatchObject(part(7, 1, 2));
    expect(headed([5, 4, 1, 2, 3, 4], sar)).toMatchObject(part(65_535, 4, 4));
    const payload = Buffer.from([5, 0, 3, 9, 2, 2, 0x6a, 0x61]);
    expect(read({ ...from, esm_class: UDHI, message_payload: payload })).toMatchObject(part(9, 2, 2));
  });

  test("a header is one only if its elements fill it: else the message is text, and none of it is lost", () => {
    const odd = (short_message: Buffer) => read({ ...from, esm_class: UDHI, short_message });
    expect(odd(Buffer.from([9, 0, 3, 7, 2, 1, 0x6a]))).toMatchObject({ kind: DELIVERY.message, part: 0 });
    expect(odd(Buffer.from([9, 0, 3, 7, 2, 1, 0x6a])).text.length).toBe(7);
    expect(odd(Buffer.from([5, 0, 9, 7, 2, 1, 0x6a]))).toMatchObject({ text: "é@Çì$£j", part: 0 });
    // The bit is set, and there is no header: Latin letters, UCS-2 that begins with NUL, and with the length of a header.
    expect(odd(text("Ik zie hem bij het station, in een rode jas, en hij loopt naar het centrum")).text).toContain(
      "Ik zie",
    );
    expect(read({ ...from, esm_class: UDHI, data_coding: 8, short_message: ucs2("Hallo") }).text).toBe("Hallo");
    expect(read({ ...from, esm_class: UDHI, data_coding: 8, short_message: ucs2("Привет") }).text).toBe("Привет");
    expect(odd(Buffer.from([0, 0x6a, 0x61])).text).toBe("ja");
    expect(odd(Buffer.alloc(0)).text).toBe("");
    expect(odd(Buffer.from([5, 0, 3, 7, 2, 1]))).toMatchObject({ text: "", part: 1, parts: 2 });
  });

  test("a header whose length counts itself is read all the same, with all of the text behind it", () => {
    const headed = (header: number[], short_message: Buffer, data_coding = 0) =>
      read({
        ...from,
        esm_class: UDHI,
        data_coding,
        short_message: Buffer.concat([Buffer.from(header), short_message]),
      });
    expect(headed([6, 0, 3, 7, 2, 1], text("ja"))).toMatchObject({ text: "ja", reference: 7, part: 1, parts: 2 });
    expect(headed([7, 8, 4, 1, 7, 2, 2], text("nee"))).toMatchObject({
      text: "nee",
      reference: 263,
      part: 2,
      parts: 2,
    });
    expect(headed([6, 0, 3, 7, 2, 1], ucs2("één"), 8)).toMatchObject({ text: "één", part: 1, parts: 2 });
    expect(headed([6, 0, 3, 7, 2, 1], Buffer.alloc(0))).toMatchObject({ text: "", part: 1, parts: 2 });
  });

  test("national tables are those that the header names", () => {
    const headed = (header: number[], septet: number[]) =>
      read({ ...from, esm_class: UDHI, short_message: Buffer.from([header.length, ...header, ...septet]) }).text;
    expect(headed([0x25, 1, 1], [0x0b])).toBe("Ğ");
    expect(headed([0x24, 1, 1], [0x1b, 0x53])).toBe("Ş");
    expect(headed([0x24, 1, 2, 0x25, 1, 3], [0x1b, 0x41, 0x7b])).toBe("Áã");
  });

  test("of a text that is longer than the limit the begin is kept, up to PDUs of 64 kB, and it says so", () => {
    const long = (bytes: number) => read({ ...from, message_payload: Buffer.alloc(bytes, 0x61) });
    expect(long(SMPP.messageBytes).text.length).toBe(SMPP.messageBytes);
    const cut = `${"a".repeat(SMPP.messageBytes - 3)}[…]`;
    for (const bytes of [SMPP.messageBytes + 1, 16_300, 16_385, 65_535]) {
      expect(long(bytes)).toMatchObject({ kind: DELIVERY.message, text: cut });
    }
    const pairs = read({ ...from, data_coding: 8, message_payload: ucs2(`a${"😀".repeat(2_000)}`) });
    expect(pairs.text).toBe(`a${"😀".repeat(1_023)}[…]`);
    const header = Buffer.concat([Buffer.from([5, 0, 3, 9, 2, 2]), Buffer.alloc(SMPP.messageBytes, 0x61)]);
    expect(read({ ...from, esm_class: UDHI, message_payload: header }).text.length).toBe(SMPP.messageBytes);
  });
});

describe("TLVs", () => {
  const receipt = encode({ source_addr: "31612345678", esm_class: 4, short_message: text("id:7 stat:DELIVRD") });
  const message = encode({ source_addr: "31612345678", short_message: text("ja") });

  test("unknown ones are skipped, of two the last counts, and ones with an impossible length are ignored", () => {
    const bytes = withTlvs(
      receipt,
      [0x1500, Buffer.alloc(300, 0x1e)],
      [0x001e, text("1\0")],
      [0x0427, Buffer.from([2, 2])],
      [0x0427, Buffer.alloc(0)],
      [0x0423, Buffer.alloc(2)],
      [0x001e, text("2\0")],
      [0xffff, Buffer.alloc(0)],
      [0x0427, Buffer.from([5])],
    );
    expect(readBytes(bytes)).toMatchObject({ kind: DELIVERY.receipt, id: "2", state: undeliverable, broken: false });
  });

  test("of ones that run over the end, what stands before counts", () => {
    const over = (pdu: Buffer) => readBytes(withTlvs(pdu, [0x0427, Buffer.from([5])], [0x001e, text("wrong"), 6]));
    expect(over(receipt)).toMatchObject({ kind: DELIVERY.receipt, id: "7", state: undeliverable, broken: true });
    expect(over(message)).toMatchObject({ kind: DELIVERY.message, text: "ja", broken: true });
    const empty = encode({ source_addr: "31612345678", esm_class: 4 });
    expect(over(empty)).toMatchObject({ kind: DELIVERY.malformed });
    expect(readBytes(withTlvs(encode({}), [0x0424, text("ja"), 3]))).toMatchObject({ kind: DELIVERY.malformed });
  });

  test("up to three bytes behind them are padding", () => {
    for (let padding = 1; padding < 4; padding++) {
      const bytes = Buffer.concat([withTlvs(receipt, [0x001e, text("1")]), Buffer.alloc(padding)]);
      expect(readBytes(bytes)).toMatchObject({ kind: DELIVERY.receipt, id: "1", broken: false });
    }
  });
});

describe("numbers", () => {
  const numberOf = (source_addr: string, ton: number, countryCode = 31) =>
    read({ source_addr, source_addr_ton: ton, short_message: text("ja") }, "deliver_sm", countryCode).number;

  test("international ones, with +, 00 or neither, whatever the type of number", () => {
    const number = fc.integer({ min: 1, max: 999_999_999_999_999 });
    fc.assert(
      fc.property(number, fc.constantFrom("", "+", "00"), fc.constantFrom(0, 1, 3, 5, 6), (to, prefix, ton) => {
        expect(numberOf(`${prefix}${to}`, ton)).toBe(to);
        expect(numberOf(`${prefix}${to}`, ton, 49)).toBe(to);
      }),
    );
  });

  test.each([
    ["0612345678", 2, 31, 31_612_345_678],
    ["0612345678", 1, 31, 31_612_345_678],
    ["612345678", 2, 31, 31_612_345_678],
    ["31612345678", 2, 31, 31_612_345_678],
    ["+31612345678", 2, 31, 31_612_345_678],
    ["0031612345678", 2, 49, 31_612_345_678],
    ["01701234567", 2, 49, 491_701_234_567],
    ["0621123456", 2, 352, 352_621_123_456],
    ["352621123456", 2, 352, 352_621_123_456],
    ["02025550123", 2, 1, 12_025_550_123],
    ["06123456789012", 2, 352, 0],
  ])("%s with type of number %d for country code %d", (address, ton, countryCode, expected) => {
    expect(numberOf(address, ton, countryCode)).toBe(expected);
  });

  test("what is no number is 0", () => {
    for (const address of [
      "",
      "0",
      "00",
      "+",
      "Burgernet",
      "+0612",
      "000612",
      "31 612",
      "31612a",
      "1234567890123456",
      "+-1",
    ]) {
      expect(numberOf(address, 1, 31)).toBe(0);
    }
    expect(numberOf("06123456789012", 2, 31)).toBe(316_123_456_789_012);
    expect(numberOf("061234567890123", 2, 31)).toBe(0);
  });
});

describe("cut off and damaged", () => {
  const pdus = [
    encode({
      source_addr: "31612345678",
      esm_class: 4,
      short_message: text("id:1 stat:DELIVRD"),
      receipted_message_id: "1",
    }),
    encode({ source_addr: "31612345678", esm_class: UDHI, short_message: Buffer.from([5, 0, 3, 1, 2, 1, 0x6a]) }),
    encode({ source_addr: "31612345678", message_payload: text("ja"), sar_msg_ref_num: 1 }, "data_sm"),
    encode({ source_addr: "31612345678", esm_class: 4, message_state: 2, receipted_message_id: "1" }, "data_sm"),
  ];

  test("at every length it is read within its bytes, and the mandatory fields are whole or it is refused", () => {
    for (const whole of pdus) {
      const mandatory = whole.readUInt32BE(4) === 5 ? 33 + 11 + whole[43]! : 26 + 11;
      for (let length = 16; length < whole.length; length++) {
        const cut = Buffer.from(whole.subarray(0, length));
        const seen = readBytes(cut);
        if (length < mandatory) expect(seen.kind).toBe(DELIVERY.malformed);
        // Between other noise, and by a reader that has read nothing before, it must say the same.
        const clean = new DeliveryReader();
        expect(clean.read(cut, 0, length, { countryCode: 31, sender: "Burgernet" })).toBe(seen.kind);
        if (seen.kind !== DELIVERY.malformed) {
          const { number, state, error, idLength } = clean;
          expect([number, state, error, idLength]).toEqual([seen.number, seen.state, seen.error, seen.id.length]);
        }
      }
    }
  });
});
