/** Streams of PDUs, whole and damaged, and a slow and simple cutter to compare with. */
import { SMPP } from "../../../schemas/limits.js";
import { mutate, oddLength } from "./mutate.js";
import type { PduWriter } from "./pdu-writer.js";
import type { Write } from "./pdus.js";
import type { Random } from "./random.js";

/** Writes one PDU, usually damaged; mostly its command_length is made right again, so that what is inside gets read. */
export function writeDamaged(
  random: Random,
  to: PduWriter,
  write: Write,
  rightLength: (random: Random) => boolean,
): void {
  const from = to.at;
  write(random, to);
  if (random.once(4)) return;
  to.at = mutate(random, to.bytes, from, to.at);
  const length = to.at - from;
  if (length < 16) return;
  if (rightLength(random)) to.bytes.writeUInt32BE(length, from);
  else if (random.once(2)) to.bytes.writeUInt32BE(oddLength(random), from);
}

export interface Cut {
  /** Places of the PDUs, and their lengths. */
  readonly pdus: readonly (readonly [at: number, length: number])[];
  /** Where the rest begins that is no whole PDU. */
  readonly rest: number;
  /** The rest begins with a command_length that is out of bounds. */
  readonly malformed: boolean;
}

/** Cuts a stream as SMPP 3.4, 3.2 says. */
export function cut(bytes: Uint8Array): Cut {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const pdus: [number, number][] = [];
  let at = 0;
  while (bytes.length - at >= 4) {
    const length = view.getUint32(at);
    if (length < 16 || length > SMPP.pduBytes) return { pdus, rest: at, malformed: true };
    if (at + length > bytes.length) break;
    pdus.push([at, length]);
    at += length;
  }
  return { pdus, rest: at, malformed: false };
}
