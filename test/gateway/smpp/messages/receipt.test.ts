import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readReceiptText } from "../../../../gateway/smpp/messages/receipt.js";
import { RECEIPT_STATE } from "../../../../schemas/link.js";

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

function readText(text: string): { is: boolean; id: string; state: number; error: number; strict: boolean } {
  const bytes = Buffer.from(`\u0001\u0002${text}id:behind stat:DELIVRD`, "latin1");
  const into = { idAt: 0, idLength: 0, state: 0, error: 0, strict: false };
  const is = readReceiptText(bytes, 2, text.length, into);
  return {
    is,
    id: bytes.toString("latin1", into.idAt, into.idAt + into.idLength),
    state: into.state,
    error: into.error,
    strict: into.strict,
  };
}

const others = fc.shuffledSubarray(["sub:001", "dlvrd:001", "submit date:2603090705", "done date:2603090706", "x:y"]);

describe("text of a receipt", () => {
  test("fields in any order, some left out, in any case, however they are parted, whatever the message's own text says", () => {
    const gap = fc.constantFrom(" ", "  ", ",", ", ", ";", "\r\n", "\t");
    const colon = fc.constantFrom(":", ": ", " :", " : ");
    fc.assert(
      fc.property(
        fc.tuple(id, stat, fc.nat(99_999), others, fc.boolean()),
        fc.tuple(gap, colon, fc.string()),
        ([messageId, word, error, more, lower], [between, is, own]) => {
          const field = (name: string, value: string | number) => `${lower ? name : name.toUpperCase()}${is}${value}`;
          const fields = [
            field("id", messageId),
            field("stat", lower ? word.toLowerCase() : word),
            field("err", error),
            ...more,
          ];
          const text = `${fields.sort().join(between)}${between}text:${own} id:wrong stat:REJECTD err:77`;
          const expected = { is: true, id: messageId, state: STATS[word] };
          expect(readText(text)).toMatchObject({ ...expected, error });
          expect(readText(`id:${messageId} stat:${word}`)).toEqual({ ...expected, error: 0, strict: false });
        },
      ),
      { numRuns: 500 },
    );
  });

  test.each([
    ["DELIVERED", RECEIPT_STATE.delivered],
    ["Delivered", RECEIPT_STATE.delivered],
    ["UNDELIVERABLE", RECEIPT_STATE.undeliverable],
    ["UNDELIVERED", RECEIPT_STATE.undeliverable],
    ["FAILED", RECEIPT_STATE.undeliverable],
    ["REJECTED", RECEIPT_STATE.rejected],
    ["ACCEPTED", RECEIPT_STATE.accepted],
    ["EN_ROUTE", RECEIPT_STATE.enroute],
    ["EN ROUTE", RECEIPT_STATE.enroute],
    ["BUFFERED", RECEIPT_STATE.enroute],
    ["SCHEDULED", RECEIPT_STATE.enroute],
    ["SKIPPED", RECEIPT_STATE.rejected],
    ["2", RECEIPT_STATE.delivered],
    ["5", RECEIPT_STATE.undeliverable],
    ["0", RECEIPT_STATE.enroute],
    ["22", RECEIPT_STATE.unknown],
    ["D", RECEIPT_STATE.unknown],
    ["ELIVRD", RECEIPT_STATE.unknown],
    ["DELIVERY_SUCCESS", RECEIPT_STATE.delivered],
    ["DELIVERY_FAILED", RECEIPT_STATE.undeliverable],
    ["Delivery failed", RECEIPT_STATE.undeliverable],
    ["Delivery impossible", RECEIPT_STATE.undeliverable],
    ["DELIVERY_PENDING", RECEIPT_STATE.enroute],
    ["NOT DELIVERED", RECEIPT_STATE.undeliverable],
    ["NOCRED", RECEIPT_STATE.undeliverable],
    ["NO-CREDITS", RECEIPT_STATE.undeliverable],
    ["NO CREDIT", RECEIPT_STATE.undeliverable],
    ["ZEROBAL", RECEIPT_STATE.undeliverable],
    ["BARRED", RECEIPT_STATE.undeliverable],
    ["BARREDA", RECEIPT_STATE.undeliverable],
    ["BLACKLIST", RECEIPT_STATE.undeliverable],
    ["BLOCKED", RECEIPT_STATE.undeliverable],
    ["SYSERR", RECEIPT_STATE.undeliverable],
    ["SERVER-ERR", RECEIPT_STATE.undeliverable],
    ["NET-ERR", RECEIPT_STATE.undeliverable],
    ["ABSENT-SUB", RECEIPT_STATE.undeliverable],
    ["ABSENT SUBSCRIBER", RECEIPT_STATE.undeliverable],
    ["UNKNOWN SUBSCRIBER", RECEIPT_STATE.undeliverable],
    ["INV-NUMBER", RECEIPT_STATE.undeliverable],
    ["MOB-OFF", RECEIPT_STATE.undeliverable],
    ["NACK", RECEIPT_STATE.undeliverable],
    ["TEMPLATE-NOT-FOUND", RECEIPT_STATE.undeliverable],
    ["VALIDITY EXPIRED", RECEIPT_STATE.expired],
    ["TIMEOUT", RECEIPT_STATE.expired],
    ["REFUSED", RECEIPT_STATE.rejected],
    ["FILTERED", RECEIPT_STATE.rejected],
    ["BUFFRED", RECEIPT_STATE.enroute],
    ["TEMPFAIL", RECEIPT_STATE.enroute],
    ["SENT - NO DLR", RECEIPT_STATE.enroute],
    ["NULL", RECEIPT_STATE.unknown],
    ["NO-DLR-OPTR", RECEIPT_STATE.unknown],
  ])("stat:%s", (word, state) => {
    expect(readText(`id:1 stat:${word}`)).toMatchObject({ is: true, state });
    expect(readText(`stat:${word} id:1`)).toMatchObject({ is: true, state, id: "1" });
  });

  test.each([
    ["000", 0],
    ["012", 12],
    ["00B", 11],
    ["1F4", 500],
    ["SYS-12", 12],
    ["none", 0],
    ["99999999999999", 0xffff_ffff],
  ])("err:%s", (word, error) => {
    expect(readText(`id:1 err:${word} stat:UNDELIV`).error).toBe(error);
  });

  test("where no word tells, the counts do: what was delivered, and what was submitted and has an error", () => {
    const dates = "submit date:2603090705 done date:2603090706";
    const said = (words: string) => readText(`id:5 ${words}`);
    expect(said(`sub:001 dlvrd:001 ${dates} err:000`)).toMatchObject({
      is: true,
      strict: true,
      state: RECEIPT_STATE.delivered,
    });
    expect(said(`sub:001 dlvrd:001 stat: ${dates}`)).toMatchObject({ state: RECEIPT_STATE.delivered });
    expect(said(`sub:001 dlvrd:001 stat:XYZZY ${dates}`)).toMatchObject({ state: RECEIPT_STATE.delivered });
    expect(said(`sub:001 dlvrd:000 ${dates} err:012`)).toMatchObject({ state: RECEIPT_STATE.undeliverable, error: 12 });
    expect(said(`sub:001 dlvrd:000 ${dates} err:000`)).toMatchObject({ is: false, state: 0 });
    expect(said(`sub:001 dlvrd:000 stat:XYZZY err:000`)).toMatchObject({ state: RECEIPT_STATE.unknown, strict: false });
    expect(said("dlvrd:001 err:000")).toMatchObject({ is: false, state: 0 });
    expect(said("sub:001 dlvrd:001 stat:UNDELIV err:000")).toMatchObject({ state: RECEIPT_STATE.undeliverable });
    expect(said("sub:001 dlvrd:001 stat:UNKNOWN err:000")).toMatchObject({ state: RECEIPT_STATE.unknown });
  });

  test("a value that is left out is not taken from the next field", () => {
    for (const next of ["sub:001", "stat:DELIVRD", "submit date:2603090705", "Done Date : 2603090706"]) {
      expect(readText(`id: ${next} stat:DELIVRD`)).toMatchObject({ is: false, id: "" });
    }
    expect(readText("stat: id:5")).toMatchObject({ is: false, id: "5", state: 0 });
    expect(readText("id: 5")).toMatchObject({ is: false, id: "5" });
    expect(readText("id:5 stat:")).toMatchObject({ is: false, id: "5", state: 0 });
  });

  test("is not seen in other texts", () => {
    for (const text of [
      "",
      "id:",
      "stat:",
      "id",
      "Ik zag hem bij het station",
      "id:5",
      "paid:5 stat:x",
      "id:5 estat:DELIVRD",
      "text:id:5 stat:DELIVRD",
      "text: id:5 stat:DELIVRD err:000",
    ]) {
      expect(readText(text)).toMatchObject({ is: false, strict: false });
    }
    expect(readText("id:5 stat:FOO err:00B")).toEqual({
      is: true,
      id: "5",
      state: RECEIPT_STATE.unknown,
      error: 11,
      strict: false,
    });
  });

  test("has the strict shape with a field first, an id, a state that is known and one more field", () => {
    for (const text of ["id:5 stat:DELIVRD err:000", "sub:001 id:5 stat:2", " \nstat:EXPIRED done date:26 id:5"]) {
      expect(readText(text)).toMatchObject({ is: true, strict: true });
    }
    for (const text of [
      "id:5 stat:DELIVRD",
      "id:5 stat:FOO err:000",
      "Wat is id:5 sub:001 stat:DELIVRD err:000?",
      "id:5 sub:001 err:0",
      "stat:DELIVRD sub:001 err:0",
    ]) {
      expect(readText(text).strict).toBe(false);
    }
  });

  test("an id of more than 64 characters is cut where that of the response is", () => {
    expect(readText(`id:${"x".repeat(90)} stat:DELIVRD`).id).toBe("x".repeat(64));
  });
});
