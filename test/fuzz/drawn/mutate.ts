/** Damages bytes in the ways in which software damages PDUs: lengths, ends, doubled and lost pieces, and plain noise. */
import type { Random } from "./random.js";

const BYTES = [0, 1, 2, 0x0f, 0x10, 0x20, 0x30, 0x3a, 0x7f, 0x80, 0xfe, 0xff];
const WORDS = [0, 1, 2, 3, 4, 0xff, 0x100, 0x7fff, 0x8000, 0xfffe, 0xffff, 0x001e, 0x0424, 0x0427];
const LENGTHS = [0, 4, 8, 15, 16, 17, 26, 33, 16_384, 16_385, 67_584, 67_585, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff];

/** Bytes that a mutation may add to what it is given. */
const ROOM = 64;

/** Changes the bytes from `from` to `end` in place, up to four times; returns the new end. There must be ROOM behind. */
export function mutate(random: Random, bytes: Buffer, from: number, end: number): number {
  const limit = end + ROOM;
  let now = end;
  for (let times = random.between(1, 4); times > 0; times--) now = once(random, bytes, from, now, limit);
  return now;
}

function once(random: Random, bytes: Buffer, from: number, end: number, limit: number): number {
  if (end === from) return end;
  const place = from + random.below(end - from);
  const some = random.between(1, 8);
  switch (random.below(9)) {
    case 0:
      bytes[place]! ^= 1 << random.below(8);
      return end;
    case 1:
      bytes[place] = random.pick(BYTES);
      return end;
    case 2:
      bytes[place] = random.below(256);
      return end;
    case 3:
      if (place + 2 <= end) bytes.writeUInt16BE(random.pick(WORDS), place);
      return end;
    case 4:
      return place; // cut off
    case 5:
      return remove(bytes, place, Math.min(some, end - place), end);
    case 6:
      return end + some > limit ? end : insert(random, bytes, place, some, end);
    case 7: {
      const count = Math.min(some * 4, end - place);
      return end + count > limit ? end : double(bytes, place, count, end);
    }
    default:
      bytes.copy(bytes, place, from + random.below(end - from), Math.min(end, from + some * 4));
      return end;
  }
}

function remove(bytes: Buffer, place: number, count: number, end: number): number {
  bytes.copy(bytes, place, place + count, end);
  return end - count;
}

function insert(random: Random, bytes: Buffer, place: number, count: number, end: number): number {
  bytes.copy(bytes, place + count, place, end);
  bytes.fill(random.pick(BYTES), place, place + count);
  return end + count;
}

function double(bytes: Buffer, place: number, count: number, end: number): number {
  bytes.copy(bytes, place + count, place, end);
  return end + count;
}

/** A command_length that is out of bounds, or just within. */
export function oddLength(random: Random): number {
  return random.pick(LENGTHS);
}
