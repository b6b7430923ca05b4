/**
 * Septets packed into bytes as they are on the air, eight in seven: what some SMSCs have under data_coding 0 where SMPP has one
 * septet in a byte. Source: 3GPP TS 23.038, 6.1.2.1; behind a header they begin on a septet's border (TS 23.040, 9.2.3.24).
 */

const SEPTET_BITS = 7;
const SEPTET_MASK = 0x7f;
const CARRIAGE_RETURN = 0x0d;

/** Bits between a header of so many bytes and the first septet. */
export function fillBits(headerBytes: number): number {
  return (SEPTET_BITS - ((headerBytes * 8) % SEPTET_BITS)) % SEPTET_BITS;
}

/** Bytes that hold so many septets behind a header of `headerBytes`. */
export function packSeptets(septets: readonly number[], headerBytes: number): number[] {
  const fill = fillBits(headerBytes);
  const bytes = new Array<number>(Math.ceil((fill + septets.length * SEPTET_BITS) / 8)).fill(0);
  for (const [place, septet] of septets.entries()) {
    const bit = fill + place * SEPTET_BITS;
    const shifted = septet << (bit & 7);
    bytes[bit >> 3]! |= shifted & 0xff;
    if (shifted > 0xff) bytes[(bit >> 3) + 1]! |= shifted >> 8;
  }
  // Seven bits that are left could be read as one septet more, an "@": a carriage return fills them.
  if (bytes.length * 8 - fill - septets.length * SEPTET_BITS === SEPTET_BITS) {
    bytes[bytes.length - 1]! |= CARRIAGE_RETURN << 1;
  }
  return bytes;
}

/**
 * Writes the septets of the `length` bytes at `start`, of which the first `fill` bits are none, into `into` as far as that
 * reaches, one in a byte; returns how many.
 */
export function unpackSeptets(
  bytes: Uint8Array,
  start: number,
  length: number,
  fill: number,
  into: Uint8Array,
): number {
  const bits = length * 8 - fill;
  const count = Math.min(Math.max(0, Math.floor(bits / SEPTET_BITS)), into.length);
  for (let place = 0; place < count; place++) {
    const bit = fill + place * SEPTET_BITS;
    const at = start + (bit >> 3);
    const next = (bit & 7) > 1 ? bytes[at + 1]! << 8 : 0;
    into[place] = ((bytes[at]! | next) >> (bit & 7)) & SEPTET_MASK;
  }
  return count;
}

/**
 * Of septets that were unpacked from `length` bytes behind `fill` bits, those that are text: the last is none where it only fills
 * seven bits that are left, with a carriage return, or at the end of a message with zeros, as many do; an "@" there is lost. Of a
 * part that another one follows (`goesOn`) it is kept, for such a part is full, most often.
 */
export function withoutFilling(septets: Uint8Array, length: number, fill: number, goesOn: boolean): Uint8Array {
  const last = septets.at(-1);
  const isFilling = last === CARRIAGE_RETURN || (last === 0 && !goesOn);
  return isFilling && (length * 8 - fill) % SEPTET_BITS === 0 ? septets.subarray(0, -1) : septets;
}
