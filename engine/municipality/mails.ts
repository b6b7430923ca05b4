/**
 * A mail address as a number, for a table of who has which that holds a million of them in few bytes: two sums of 32 and 20
 * bits, each by FNV-1a with its own start. Two addresses may have the same, so whoever finds one compares the addresses.
 */
const PRIME = 16_777_619;
const FIRST = 2_166_136_261;
const SECOND = 3_141_592_653;

/** Above 0 and below 2^53, for NumberRegister. */
export function mailNumber(mail: string): number {
  let first = FIRST;
  let second = SECOND;
  for (let at = 0; at < mail.length; at++) {
    const code = mail.charCodeAt(at);
    first = Math.imul(first ^ code, PRIME);
    second = Math.imul(second ^ code, PRIME);
  }
  return (first >>> 0) * 2 ** 20 + ((second >>> 7) & 0xf_ffff) + 1;
}
