/** The parser of receipts' texts: it says the same as a slow one over strings, wherever the text lies and whatever is around. */
import { type ReceiptText, readReceiptText } from "../../../gateway/smpp/messages/receipt.js";
import { mutate } from "../drawn/mutate.js";
import { PduWriter } from "../drawn/pdu-writer.js";
import type { Random } from "../drawn/random.js";
import { citizenText, receiptText } from "../drawn/texts.js";
import { readSlowly } from "../reference-receipt.js";
import { holds, same, type Target } from "../target.js";

const writer = new PduWriter();
const around = Buffer.alloc(writer.bytes.length);
const into: ReceiptText = { idAt: 0, idLength: 0, state: 0, error: 0, strict: false };

function make(random: Random): Uint8Array {
  writer.clear();
  writer.ascii(random.once(8) ? citizenText(random) : receiptText(random));
  if (random.once(16)) writer.raw(new Uint8Array(random.below(300)).fill(random.below(256)));
  if (!random.once(4)) writer.at = mutate(random, writer.bytes, 0, writer.at);
  return writer.written;
}

function check(bytes: Uint8Array): void {
  const expected = readSlowly(Buffer.from(bytes).toString("latin1"));
  for (const [before, fill] of [
    [0, 0x31],
    [3, 0x3a],
    [2, 0x65],
    [1, 0x20],
  ] as const) {
    around.fill(fill, 0, before + bytes.length + 16);
    around.set(bytes, before);
    const is = readReceiptText(around, before, bytes.length, into);
    same("is a receipt", is, expected.id !== "" && expected.state !== 0);
    same("state", into.state, expected.state);
    same("error", into.error, expected.error);
    same("strict", into.strict, expected.strict);
    if (into.idLength > 0) {
      holds("the id lies in the text", into.idAt >= before && into.idAt + into.idLength <= before + bytes.length);
    }
    same("id", into.idLength === 0 ? "" : around.toString("latin1", into.idAt, into.idAt + into.idLength), expected.id);
  }
}

export const receipt: Target = { name: "receipt", make, check };
