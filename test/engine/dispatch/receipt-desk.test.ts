/** Receipts that come before the response that tells their message_id. */
import { describe, expect, it } from "vitest";
import { ReceiptDesk } from "../../../engine/dispatch/receipt-desk.js";
import { DISPATCH } from "../../../schemas/limits.js";
import { EVENT, EVENT_WORDS, RECEIPT_STATE } from "../../../schemas/link.js";
import { putId } from "./fixtures.js";

function receipt(id: string, state: number): Uint32Array {
  const words = new Uint32Array(EVENT_WORDS + 2 + 16);
  words.set([EVENT.receipt | ((8 + id.length) << 16), state]);
  putId(words, EVENT_WORDS + 2, Buffer.from(id));
  return words;
}

function outcome(id: string): Uint32Array {
  const words = new Uint32Array(EVENT_WORDS + 16);
  words.set([EVENT.outcome | (id.length << 16)]);
  putId(words, EVENT_WORDS, Buffer.from(id));
  return words;
}

describe("early receipts", () => {
  it("wait for their response, once, and keep the final state whatever follows it", () => {
    const desk = new ReceiptDesk([]);
    for (const state of [RECEIPT_STATE.enroute, RECEIPT_STATE.delivered, RECEIPT_STATE.accepted]) {
      expect(desk.find(receipt("one", state), 0, 7)).toBe(null);
    }
    desk.find(receipt("two", RECEIPT_STATE.enroute), 0, 7);
    expect(desk.takeEarly(outcome("one"), 0, 8)).toBe(undefined);
    expect(desk.takeEarly(outcome("one"), 0, 7)).toBe(RECEIPT_STATE.delivered);
    expect(desk.takeEarly(outcome("one"), 0, 7)).toBe(undefined);
    expect(desk.takeEarly(outcome("two"), 0, 7)).toBe(undefined);
    expect(desk.early).toBe(0);
  });

  it("are given up, the oldest first, when there are too many", () => {
    const desk = new ReceiptDesk([]);
    for (let i = 0; i < DISPATCH.earlyReceipts + 10; i++) desk.find(receipt(`id ${i}`, RECEIPT_STATE.delivered), 0, 7);
    expect(desk.early).toBe(DISPATCH.earlyReceipts);
    expect(desk.unmatched).toBe(10);
    expect(desk.takeEarly(outcome("id 9"), 0, 7)).toBe(undefined);
    expect(desk.takeEarly(outcome("id 10"), 0, 7)).toBe(RECEIPT_STATE.delivered);
  });
});
