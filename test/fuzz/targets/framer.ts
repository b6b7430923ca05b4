/** The framer: however a stream is chopped, it cuts the same PDUs as a simple cutter, and reports the same bad length. */
import { Framer } from "../../../gateway/smpp/pdu/framer.js";
import { SMPP } from "../../../schemas/limits.js";
import { PduWriter } from "../drawn/pdu-writer.js";
import * as pdus from "../drawn/pdus.js";
import { hashOf, Random } from "../drawn/random.js";
import { type Cut, cut, writeDamaged } from "../drawn/streams.js";
import { holds, same, type Target } from "../target.js";

const writer = new PduWriter();
const chops = new Random();
const chunk = Buffer.alloc(writer.bytes.length);
const KINDS = [pdus.delivery, pdus.submitResponse, pdus.headerAlone, pdus.bindResponse, pdus.unbind];
/** Byte by byte is slow; a stream this long has been cut at each place that differs. */
const BYTE_BY_BYTE_MAX = 400;

function make(random: Random): Uint8Array {
  writer.clear();
  for (let count = random.between(1, 4); count > 0; count--) {
    writeDamaged(random, writer, random.pick(KINDS), (one) => !one.once(6));
    if (random.once(800)) pad(random);
  }
  return writer.written;
}

/** A PDU as long as is allowed, or nearly. */
function pad(random: Random): void {
  const length = SMPP.pduBytes - random.pick([0, 1, 2, 100]);
  writer.uint32(length).raw(new Uint8Array(length - 4).fill(random.below(256)));
}

function check(bytes: Uint8Array): void {
  const expected = cut(bytes);
  chops.seed(hashOf(bytes), "chops", 0);
  compare(bytes, expected, () => bytes.length);
  compare(bytes, expected, () => chops.between(1, 40));
  compare(bytes, expected, () => chops.between(1, bytes.length));
  if (bytes.length <= BYTE_BY_BYTE_MAX) compare(bytes, expected, () => 1);
}

function compare(bytes: Uint8Array, expected: Cut, nextChunk: () => number): void {
  let seen = 0;
  const framer = new Framer((from, at, length) => {
    const pdu = expected.pdus[seen++];
    holds("a PDU that is not there was cut", pdu !== undefined);
    same("length of a PDU", length, pdu[1]);
    holds("a PDU lies within its bytes", at >= 0 && at + length <= from.length);
    holds(
      "the bytes of a PDU",
      Buffer.compare(from.subarray(at, at + length), bytes.subarray(pdu[0], pdu[0] + length)) === 0,
    );
  });
  let good = true;
  for (let at = 0; at < bytes.length && good; ) {
    const length = Math.min(nextChunk(), bytes.length - at);
    chunk.set(bytes.subarray(at, at + length));
    good = framer.push(chunk, length);
    // The buffer is used again for the next read.
    chunk.fill(0xee, 0, Math.min(length, 64));
    at += length;
  }
  same("PDUs", seen, expected.pdus.length);
  same("a command_length in bounds", good, !expected.malformed);
}

export const framer: Target = { name: "framer", make, check };
