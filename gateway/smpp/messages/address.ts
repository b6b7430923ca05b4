/**
 * The number in an address of a PDU, in E.164 without "+", whatever way a carrier writes it: "+31…", "0031…", "31…", or
 * national as "0612345678" (0 stands before no international number) or by its type of number alone.
 *
 * A national number belongs to the country that the carrier is configured for.
 */

const TON_NATIONAL = 2;
const DIGITS_MAX = 15;
/** National numbers are no longer than this in the countries around; a longer one has its country code. */
const NATIONAL_DIGITS_MAX = 10;
const PLUS = 0x2b;
const ZERO = 0x30;

/** The number between `start` and `end`, 0 if it is none. `country`: the code that national numbers lack. */
export function numberOf(bytes: Uint8Array, start: number, end: number, ton: number, country: number): number {
  let at = start;
  const plus = at < end && bytes[at] === PLUS;
  if (plus) at++;
  let zeros = 0;
  while (at < end && zeros < 2 && bytes[at] === ZERO) {
    zeros++;
    at++;
  }
  const digits = end - at;
  if (digits < 1 || digits > DIGITS_MAX || bytes[at] === ZERO || (plus && zeros > 0)) return 0;
  const number = digitsOf(bytes, at, end);
  if (zeros === 1) return national(number, digits, country);
  if (ton !== TON_NATIONAL || plus || zeros === 2 || number === 0) return number;
  const hasCountry =
    digits > NATIONAL_DIGITS_MAX && Math.floor(number / 10 ** (digits - digitsIn(country))) === country;
  return hasCountry ? number : national(number, digits, country);
}

function digitsIn(country: number): number {
  if (country < 10) return 1;
  return country < 100 ? 2 : 3;
}

function national(number: number, digits: number, country: number): number {
  return number > 0 && digits + digitsIn(country) <= DIGITS_MAX ? country * 10 ** digits + number : 0;
}

/** 0 if one of the bytes is no digit. */
function digitsOf(bytes: Uint8Array, start: number, end: number): number {
  let number = 0;
  for (let at = start; at < end; at++) {
    const digit = bytes[at]! - ZERO;
    if (digit < 0 || digit > 9) return 0;
    number = number * 10 + digit;
  }
  return number;
}
