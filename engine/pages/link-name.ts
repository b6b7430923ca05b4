/**
 * Names in links that go out by SMS: PAGES.linkBytes by chance, in letters and digits alone. A carrier that takes our alphabet for another
 * has those in the same place, and `_`, which base64url uses, it has not.
 */
import { PAGES } from "../../schemas/limits.js";

const DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const BASE = BigInt(DIGITS.length);

/** Of PAGES.linkBytes bytes: PAGES.linkCharacters. */
export function linkName(bytes: Uint8Array): string {
  let left = BigInt(`0x${Buffer.from(bytes).toString("hex")}`);
  let name = "";
  for (let at = 0; at < PAGES.linkCharacters; at++) {
    name = DIGITS[Number(left % BASE)]! + name;
    left /= BASE;
  }
  return name;
}

/** Undefined for what is no name. */
export function linkBytes(name: string): Buffer | undefined {
  let value = 0n;
  for (const character of name) {
    const digit = DIGITS.indexOf(character);
    if (digit < 0) return undefined;
    value = value * BASE + BigInt(digit);
  }
  const isName = name.length === PAGES.linkCharacters && value < 1n << BigInt(8 * PAGES.linkBytes);
  return isName ? Buffer.from(value.toString(16).padStart(2 * PAGES.linkBytes, "0"), "hex") : undefined;
}
