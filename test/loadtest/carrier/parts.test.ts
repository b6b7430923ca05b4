/** The parts of the carrier simulator that can be compared with something simpler, or with the package `smpp`. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { smpp } from "../../../bench/submit/smpp-package.js";
import { DeliveryWindow } from "../../../loadtest/carrier/account.js";
import { RECEIPT } from "../../../loadtest/carrier/behaviour.js";
import { DueRing } from "../../../loadtest/carrier/bind/ring.js";
import { readDigits, readSubmit, writeDigits } from "../../../loadtest/carrier/bind/wire.js";
import { countLog } from "../../../loadtest/carrier/counts.js";
import { RECORD_BYTES, readLog, SubmitLog } from "../../../loadtest/carrier/log.js";
import { MessageIds, ReceiptWriter, Senders } from "../../../loadtest/carrier/receipts.js";
import { SIMULATOR } from "../../../schemas/limits.js";
import { encode } from "./client.js";

const numbers = fc.integer({ min: 1, max: 999_999_999_999_999 });
const senders = fc.stringMatching(/^[A-Za-z0-9]{0,11}$/);

test("writes and reads digits as String and Number do", () => {
  fc.assert(
    fc.property(fc.oneof(numbers, fc.nat(), fc.constantFrom(0, 9, 10, 99_999_999, 100_000_000, 1e15 - 1)), (number) => {
      const bytes = Buffer.alloc(32);
      const end = writeDigits(bytes, 3, number);
      expect(bytes.toString("latin1", 3, end)).toBe(String(number));
      expect(readDigits(bytes, 3, end)).toBe(number);
    }),
    { numRuns: 5_000 },
  );
  for (const text of ["", "+", "3161234567a", " 31", "1234567890123456", "+-1"]) {
    expect(readDigits(Buffer.from(text), 0, text.length)).toBe(0);
  }
  expect(readDigits(Buffer.from("+31612345678"), 0, 12)).toBe(31_612_345_678);
});

test("reads a submit_sm as the package wrote it", () => {
  const text = fc.stringMatching(/^[ -~]{0,150}$/);
  fc.assert(
    fc.property(numbers, senders, text, fc.integer({ min: 0, max: 31 }), (number, source_addr, text, delivery) => {
      const short_message = Buffer.from(text);
      const pdu = encode("submit_sm", {
        source_addr,
        destination_addr: String(number),
        short_message,
        registered_delivery: delivery,
        validity_period: "000001000000000R",
        user_message_reference: 7,
      });
      const submit = {
        number: 0,
        tag: 0,
        senderAt: 0,
        senderEnd: 0,
        registeredDelivery: 0,
        textAt: 0,
        textEnd: 0,
        part: 0,
        parts: 0,
        reference: 0,
        hasTlvs: false,
      };
      expect(readSubmit(pdu, 16, pdu.length, submit)).toBe(true);
      expect(submit.number).toBe(number);
      expect(submit.registeredDelivery).toBe(delivery);
      expect(pdu.toString("latin1", submit.textAt, submit.textEnd)).toBe(text);
      expect(submit.tag).toBe(short_message.length < 4 ? 0 : short_message.readUInt32BE(short_message.length - 4));
      expect(pdu.toString("latin1", submit.senderAt + 2, submit.senderEnd)).toBe(source_addr);
    }),
    { numRuns: 1_000 },
  );
});

test("writes receipts that the package reads", () => {
  const ids = new MessageIds();
  const known = new Senders();
  const writer = new ReceiptWriter(ids, known);
  const bytes = Buffer.alloc(300);
  const message = fc.integer({ min: 0, max: 36 ** 6 - 1 });
  fc.assert(
    fc.property(numbers, senders, message, fc.boolean(), (number, source_addr, message, delivered) => {
      const pdu = encode("submit_sm", { source_addr_ton: 5, source_addr, destination_addr: "1", short_message: "" });
      const sender = known.number(pdu, 17, 19 + source_addr.length);
      const at = Date.UTC(2031, 4, 6, 7, 8);
      const kind = delivered ? RECEIPT.delivered : RECEIPT.failed;
      const receipt = { number, sender, message, kind, submittedAtMs: at, doneAtMs: at + 60_000 };
      const end = writer.write(bytes, 5, 77, receipt);
      const PduOf = smpp.PDU as unknown as new (bytes: Buffer) => InstanceType<typeof smpp.PDU>;
      const read = new PduOf(bytes.subarray(5, end));
      ids.write(bytes, 0, message);
      const id = bytes.toString("latin1", 0, 10);
      expect(id.slice(4)).toBe(message.toString(36).toUpperCase().padStart(6, "0"));
      expect(read).toMatchObject({
        command: "deliver_sm",
        command_length: end - 5,
        sequence_number: 77,
        source_addr: String(number),
        destination_addr: source_addr,
        receipted_message_id: id,
        message_state: delivered ? 2 : 5,
      });
      const outcome = delivered ? "dlvrd:001" : "dlvrd:000";
      const stat = delivered ? "stat:DELIVRD err:000" : "stat:UNDELIV err:001";
      expect(read.short_message!.message).toBe(
        `id:${id} sub:001 ${outcome} submit date:3105060708 done date:3105060709 ${stat} text:`,
      );
    }),
    { numRuns: 500 },
  );
});

test("a ring gives back what went in, in order", () => {
  const step = fc.oneof(fc.nat({ max: 700 }), fc.integer({ min: -700, max: -1 }));
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const ring = new DueRing(3, 65_536);
      const model: number[] = [];
      let next = 0;
      for (const count of steps) {
        for (let i = 0; i < count; i++) {
          const at = ring.push(next);
          ring.words.fill(next, at, at + 3);
          model.push(next++);
        }
        for (let i = 0; i < -count && model.length > 0; i++) {
          const expected = model.shift();
          expect([ring.dueAtMs, ring.words[ring.head], ring.words[ring.head + 2]]).toEqual([
            expected,
            expected,
            expected,
          ]);
          ring.shift();
        }
        expect(ring.length).toBe(model.length);
      }
    }),
    { numRuns: 50 },
  );
});

test("a window takes every answer once and gives back what has none", () => {
  const window = new DeliveryWindow();
  const sequences = Array.from({ length: SIMULATOR.window }, (_, i) => window.add(i, 1));
  expect(window.full).toBe(true);
  expect(window.answered(sequences[7]!)).toBe(RECEIPT.delivered);
  expect(window.answered(sequences[7]!)).toBe(-1);
  expect(window.answered(0)).toBe(-1);
  expect(window.answered(999_999)).toBe(-1);
  const again = window.add(5_000, 2);
  expect(sequences).not.toContain(again);
  const left: number[] = [];
  window.empty((message) => left.push(message));
  expect(left.sort((a, b) => a - b)).toEqual([...sequences.keys()].filter((i) => i !== 7).concat(5_000));
  expect(window.length).toBe(0);
});

test("a log longer than a piece of its memory reads back whole, without a record that was cut off", () => {
  const log = new SubmitLog();
  const count = SIMULATOR.recordsPerPiece * 2 + 3;
  for (let i = 0; i < count; i++) log.append(31_600_000_000 + (i % 100_000), i + 0.5, i % 2, i % 3 === 0 ? 11 : 0, 1);
  const bytes = Buffer.concat([...log.bytes()]);
  expect(bytes.length).toBe(count * RECORD_BYTES);
  const read = readLog(bytes.subarray(0, bytes.length - 1));
  expect(read.length).toBe(count - 1);
  for (const i of [0, SIMULATOR.recordsPerPiece - 1, SIMULATOR.recordsPerPiece, count - 2]) {
    expect([read.numbers[i], read.arrivedAtMs[i], read.tags[i], read.statuses[i]]).toEqual([
      31_600_000_000 + (i % 100_000),
      i + 0.5,
      i % 2,
      i % 3 === 0 ? 11 : 0,
    ]);
    expect([log.number(i), log.arrivedAtMs(i), log.tag(i)]).toEqual([read.numbers[i], i + 0.5, i % 2]);
  }
});

test("counts pairs of number and tag as a set does", () => {
  const submit = fc.tuple(fc.nat({ max: 20 }), fc.nat({ max: 3 }), fc.boolean());
  fc.assert(
    fc.property(fc.array(submit, { maxLength: 200 }), (submits) => {
      const log = new SubmitLog();
      for (const [number, tag, accepted] of submits) log.append(number, 1, tag, accepted ? 0 : 11, 1);
      const accepted = submits.filter(([, , accepted]) => accepted).map(([number, tag]) => `${number} ${tag}`);
      const { distinct, duplicates, tags } = countLog(log);
      expect(distinct).toBe(new Set(accepted).size);
      expect(distinct + duplicates).toBe(accepted.length);
      expect(Object.values(tags).reduce((sum, { count }) => sum + count, 0)).toBe(accepted.length);
    }),
    { numRuns: 100 },
  );
});
