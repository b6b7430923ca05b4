import fc from "fast-check";
import smpp from "smpp";
import { describe, expect, test } from "vitest";
import { DELIVERY, DeliveryReader } from "../../../gateway/smpp/deliver.js";
import { readReceiptText } from "../../../gateway/smpp/receipt.js";
import { RECEIPT_STATE } from "../../../schemas/link.js";

const STATS = {
  DELIVRD: RECEIPT_STATE.delivered,
  EXPIRED: RECEIPT_STATE.expired,
  DELETED: RECEIPT_STATE.deleted,
  UNDELIV: RECEIPT_STATE.undeliverable,
  ACCEPTD: RECEIPT_STATE.accepted,
  UNKNOWN: RECEIPT_STATE.unknown,
  REJECTD: RECEIPT_STATE.rejected,
  ENROUTE: RECEIPT_STATE.enroute,
} as const;
const stat = fc.constantFrom(...(Object.keys(STATS) as (keyof typeof STATS)[]));
const id = fc.string({ unit: fc.constantFrom(..."0123456789abcdefABCDEF-"), minLength: 1, maxLength: 64 });

function readText(text: string): { is: boolean; id: string; state: number; error: number } {
  const bytes = Buffer.from(`\u0001\u0002${text}id:behind stat:DELIVRD`, "latin1");
  const into = { idAt: 0, idLength: 0, state: 0, error: 0 };
  const is = readReceiptText(bytes, 2, text.length, into);
  return {
    is,
    id: bytes.toString("latin1", into.idAt, into.idAt + into.idLength),
    state: into.state,
    error: into.error,
  };
}

describe("text of a receipt", () => {
  test("fields in any order, some left out, in any case, whatever the message's own text says", () => {
    const others = fc.shuffledSubarray([
      "sub:001",
      "dlvrd:001",
      "submit date:2603090705",
      "done date:2603090706",
      "x:y",
    ]);
    fc.assert(
      fc.property(
        id,
        stat,
        fc.nat(99_999),
        others,
        fc.boolean(),
        fc.string(),
        (messageId, word, error, more, lower, own) => {
          const fields = [`id:${messageId}`, `stat:${lower ? word.toLowerCase() : word}`, `err:${error}`, ...more];
          const text = `${fields.sort().join(" ")} text:${own} id:wrong stat:REJECTD err:77`;
          expect(readText(text)).toEqual({ is: true, id: messageId, state: STATS[word], error });
          expect(readText(`id:${messageId} stat:${word}`)).toEqual({
            is: true,
            id: messageId,
            state: STATS[word],
            error: 0,
          });
        },
      ),
    );
  });

  test("is not seen in other texts", () => {
    for (const text of [
      "",
      "id:",
      "stat:",
      "Ik zag hem bij het station",
      "id:5",
      "paid:5 stat:x",
      "id:5 estat:DELIVRD",
    ]) {
      expect(readText(text).is).toBe(false);
    }
    expect(readText("id:5 stat:FOO err:00B")).toEqual({ is: true, id: "5", state: RECEIPT_STATE.unknown, error: 0 });
  });
});

describe("deliver_sm", () => {
  function read(fields: Record<string, unknown>) {
    const pdu = new smpp.PDU("deliver_sm", { sequence_number: 5, data_coding: 0, ...fields }).toBuffer();
    const bytes = Buffer.concat([Buffer.alloc(7, 0xff), pdu, Buffer.alloc(9, 0x31)]);
    const reader = new DeliveryReader();
    const kind = reader.read(bytes, 7, pdu.length);
    const messageId = bytes.toString("latin1", reader.idAt, reader.idAt + reader.idLength);
    return { kind, id: messageId, number: reader.number, state: reader.state, error: reader.error };
  }

  test("TLVs count before the text, and the text fills in what they leave open", () => {
    const withNul = fc.constantFrom("", "\0");
    const number = fc.integer({ min: 1, max: 999_999_999_999_999 });
    const prefix = fc.constantFrom("", "+", "00");
    fc.assert(
      fc.property(
        id,
        id,
        stat,
        fc.integer({ min: 1, max: 8 }),
        withNul,
        number,
        prefix,
        (one, two, word, state, nul, to, plus) => {
          const common = {
            source_addr: `${plus}${to}`.slice(0, 20),
            short_message: Buffer.from(`id:${two} stat:${word} err:12`),
          };
          const digits = plus + to;
          fc.pre(digits.length <= 20 && !(plus === "" && String(to).startsWith("00")));
          expect(read({ ...common, receipted_message_id: one + nul, message_state: state })).toEqual({
            kind: DELIVERY.receipt,
            id: one,
            number: to,
            state,
            error: 12,
          });
          const textOnly = { kind: DELIVERY.receipt, id: two, number: to, state: STATS[word], error: 12 };
          expect(read({ ...common, esm_class: 4 })).toEqual(textOnly);
          expect(read(common)).toEqual(textOnly);
        },
      ),
    );
  });

  test("a receipt with message_payload, network_error_code and no id", () => {
    const payload = Buffer.from("id:99 stat:UNDELIV err:001");
    expect(read({ esm_class: 4, message_payload: payload })).toMatchObject({ id: "99", state: 5, error: 1 });
    const code = Buffer.from([3, 0x01, 0x02]);
    expect(read({ esm_class: 4, network_error_code: code })).toMatchObject({
      kind: DELIVERY.receipt,
      id: "",
      error: 258,
    });
    expect(read({ esm_class: 0x20 })).toMatchObject({ kind: DELIVERY.receipt, state: RECEIPT_STATE.enroute });
  });

  test("a reply is a message, and its sender may be a name", () => {
    const reply = { source_addr: "31612345678", short_message: Buffer.from("Hij loopt op de Hoge Woerd") };
    expect(read(reply)).toMatchObject({ kind: DELIVERY.message, number: 31_612_345_678 });
    expect(read({ ...reply, source_addr: "Burgernet" })).toMatchObject({ kind: DELIVERY.message, number: 0 });
  });

  test("whatever the bytes, it reads within the PDU and ends", () => {
    const whole = new smpp.PDU("deliver_sm", {
      esm_class: 4,
      source_addr: "31612345678",
      short_message: Buffer.from("id:1 stat:DELIVRD"),
      receipted_message_id: "1",
    }).toBuffer();
    const reader = new DeliveryReader();
    for (let length = 16; length < whole.length; length++) {
      reader.read(whole.subarray(0, length), 0, length);
      expect(reader.idLength === 0 || reader.idAt + reader.idLength <= length).toBe(true);
    }
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 16, maxLength: 120 }), fc.nat(40), (noise, keep) => {
        const bytes = Buffer.concat([whole.subarray(0, 16 + keep), noise]);
        const kind = reader.read(bytes, 0, bytes.length);
        expect(Object.values(DELIVERY)).toContain(kind);
        if (kind === DELIVERY.receipt && reader.idLength > 0) {
          expect(reader.idAt + reader.idLength).toBeLessThanOrEqual(bytes.length);
        }
      }),
      { numRuns: 2_000 },
    );
  });
});
