/**
 * AES-256-GCM over one value: nonce (12 bytes), tag (16 bytes), ciphertext. The nonce is random, so a key may seal 2^32 values
 * before two of them could share one (NIST SP 800-38D, 8.3); no key of ours seals a millionth of that before it is replaced.
 *
 * `aad` says where the value belongs. What was sealed for another place does not open.
 */
import { createCipheriv, createDecipheriv, randomFillSync } from "node:crypto";

const CIPHER = "aes-256-gcm";
export const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
/** What sealing adds to a value. */
export const BOX_BYTES = NONCE_BYTES + TAG_BYTES;

export function sealWith(key: Uint8Array, aad: Uint8Array, plain: Uint8Array): Buffer {
  const box = Buffer.allocUnsafe(BOX_BYTES + plain.byteLength);
  const nonce = randomFillSync(box.subarray(0, NONCE_BYTES));
  const cipher = createCipheriv(CIPHER, key, nonce);
  cipher.setAAD(aad);
  // GCM is a stream: all of the ciphertext comes at once, and nothing is left for final() to give.
  cipher.update(plain).copy(box, BOX_BYTES);
  cipher.final();
  cipher.getAuthTag().copy(box, NONCE_BYTES);
  return box;
}

/** The value, or undefined when it was sealed with another key or for another place, or is damaged. */
export function openWith(key: Uint8Array, aad: Uint8Array, box: Uint8Array): Buffer | undefined {
  if (box.byteLength < BOX_BYTES) return undefined;
  const decipher = createDecipheriv(CIPHER, key, box.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES });
  decipher.setAAD(aad);
  decipher.setAuthTag(box.subarray(NONCE_BYTES, BOX_BYTES));
  const plain = decipher.update(box.subarray(BOX_BYTES));
  try {
    decipher.final();
    return plain;
  } catch {
    // The tag does not fit: the one thing that final() throws for in this mode.
    return undefined;
  }
}
