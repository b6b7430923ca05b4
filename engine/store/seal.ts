/**
 * Every stored value carries a CRC-32 in front, over its key and itself. FlatBuffers for JavaScript has no verifier and LMDB
 * does not check what it reads, so this is what stands between damage on the disk and a wrong recipient. The key is in it
 * because a bit of that may turn as well: an answer under another Idempotency-Key, or a roster of another wave, would be
 * whole in itself.
 */
import { crc32 } from "node:zlib";

const SEAL_BYTES = 4;

export function sealed(key: Uint8Array, value: Uint8Array): Buffer {
  const out = Buffer.allocUnsafe(SEAL_BYTES + value.byteLength);
  out.writeUInt32LE(crc32(value, crc32(key)), 0);
  out.set(value, SEAL_BYTES);
  return out;
}

/** The value inside, as a view, or undefined when the checksum does not fit. */
export function unsealed(key: Uint8Array, stored: Buffer): Buffer | undefined {
  if (stored.byteLength < SEAL_BYTES) return undefined;
  const value = stored.subarray(SEAL_BYTES);
  const seal = stored.readUInt32LE(0);
  // Values of before have a seal over themselves alone.
  return crc32(value, crc32(key)) === seal || crc32(value) === seal ? value : undefined;
}
