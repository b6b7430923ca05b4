/** What is promised of the room for events: that 16/7 of the bytes of PDUs is enough, whatever PDUs they are. */
import fc from "fast-check";
import smpp from "smpp";
import { describe, expect, test } from "vitest";
import { EventWriter } from "../../../../gateway/smpp/carrier/events.js";
import { DELIVERY, DeliveryReader } from "../../../../gateway/smpp/messages/deliver.js";
import { DEFAULT_ALPHABETS, type DefaultAlphabet } from "../../../../schemas/carrier.js";
import { SMPP } from "../../../../schemas/limits.js";
import { Ring } from "../../../../schemas/ring.js";

const reader = new DeliveryReader();

/** Writes the event of a delivery; asserts inside when there is no room. */
function take(writer: EventWriter, pdu: Uint8Array, alphabet: DefaultAlphabet = "latin1"): void {
  const kind = reader.read(pdu, 0, pdu.length, { countryCode: 31, sender: "" });
  if (kind === DELIVERY.message) writer.message(reader.header, reader.number, reader.text(pdu, alphabet));
  else if (kind === DELIVERY.receipt) writer.receipt(reader);
}

function message(command: string, textBytes: number): Buffer {
  const text = Buffer.alloc(textBytes, 0x61);
  const payload = command === "data_sm" || textBytes > 254;
  return new smpp.PDU(command, { data_coding: 0, [payload ? "message_payload" : "short_message"]: text }).toBuffer();
}

function receipt(command: string, idBytes: number): Buffer {
  const payload = command === "data_sm" ? "message_payload" : "short_message";
  const text = Buffer.from(`id:${"j".repeat(idBytes)}`);
  return new smpp.PDU(command, { esm_class: 4, receipted_message_id: "i".repeat(idBytes), [payload]: text }).toBuffer();
}

/** Words of the only event that was published and not read, with its length word. */
function wordsOf(ring: Ring): number {
  const at = ring.next();
  return ring.words[at - 1]! + 1;
}

describe("room for events", () => {
  test("an event takes no more than 16/7 of its PDU, at every length of a text and of message_ids", () => {
    const ring = new Ring(Ring.allocate(2 ** 20));
    const writer = new EventWriter(ring);
    for (const command of ["deliver_sm", "data_sm"]) {
      const pdus = Array.from({ length: 1_700 }, (_, bytes) => message(command, bytes));
      pdus.push(...[SMPP.messageBytes - 1, SMPP.messageBytes, 65_535].map((bytes) => message(command, bytes)));
      pdus.push(...Array.from({ length: 100 }, (_, bytes) => receipt(command, bytes)));
      for (const pdu of pdus) {
        for (const alphabet of DEFAULT_ALPHABETS) {
          take(writer, pdu, alphabet);
          ring.publish();
          expect(wordsOf(ring) * 4).toBeLessThanOrEqual((pdu.length * 16) / 7);
          ring.release(ring.position());
        }
      }
    }
  });

  test("where the bytes of a read fit, the events of what it completes do, from any place in the ring", () => {
    const command = fc.constantFrom("deliver_sm", "data_sm");
    const length = fc.oneof(fc.nat(300), fc.constantFrom(SMPP.messageBytes, 20_000), fc.nat(SMPP.messageBytes));
    const pdu = fc.oneof(
      fc.tuple(command, length).map(([name, bytes]) => message(name, bytes)),
      fc.tuple(command, fc.nat(70)).map(([name, bytes]) => receipt(name, bytes)),
    );
    fc.assert(
      fc.property(
        fc.array(pdu, { minLength: 1, maxLength: 12 }),
        fc.nat(32_000),
        fc.nat(5_000),
        (pdus, place, early) => {
          const ring = new Ring(Ring.allocate(131_072));
          const writer = new EventWriter(ring);
          for (let words = 0; words < place; words += 8) {
            ring.reserve(7);
            ring.release(ring.publish());
          }
          // What an earlier read brought of the first PDU does not count.
          const first = pdus[0]!.length;
          const bytes = pdus.reduce((sum, one) => sum + one.length, 0) - Math.min(early, first - 1);
          while (writer.fits(bytes)) {
            for (const one of pdus) take(writer, one, "gsm0338packed");
          }
          ring.publish();
        },
      ),
      { numRuns: 300 },
    );
  });
});
