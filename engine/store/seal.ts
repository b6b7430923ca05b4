/**
 * Every stored value carries a CRC-32 in front. FlatBuffers for JavaScript has no verifier and LMDB does not check what it
 * reads, so this is what stands between damage on the disk and a wrong recipient.
 */
import { crc32 } from "node:zlib";

export const SEAL_BYTES = 4;

export function sealed(value: Uint8Array): Buffer {
  const out = Buffer.allocUnsafe(SEAL_BYTES + value.byteLength);
  out.writeUInt32LE(crc32(value), 0);
  out.set(value, SEAL_BYTES);
  return out;
}

/** The value inside, as a view, or undefined when the checksum does not fit. */
export function unsealed(stored: Buffer): Buffer | undefined {
  if (stored.byteLength < SEAL_BYTES) return undefined;
  const value = stored.subarray(SEAL_BYTES);
  return crc32(value) === stored.readUInt32LE(0) ? value : undefined;
}
