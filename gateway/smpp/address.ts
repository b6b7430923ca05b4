/**
 * The number in an address of a PDU, in E.164 without "+", whatever way a carrier writes it: "+31…", "0031…", "31…", or
 * national as "0612345678" (0 stands before no international number) or by its type of number alone.
 *
 * National numbers need a country, and that is the one that all routes of the carrier lead to; without one they can't be read.
 */

const TON_NATIONAL = 2;
const DIGITS_MAX = 15;
/** A national number is no longer than this in any country with a code of two digits; a longer one has its code. */
const NATIONAL_DIGITS_MAX = 10;
const PLUS = 0x2b;
const ZERO = 0x30;

/** ITU-T E.164, annex D: codes of countries that begin so have one digit or three. */
const NOT_TWO_DIGITS = /^(?:[017]|2[1-689]|3[578]|42|50|59|6[789]|8[035789]|9[679])/;

/** The country code that all of a carrier's routes begin with, 0 if they differ or it has not two digits. */
export function countryOf(routes: readonly string[]): number {
  const code = routes[0]?.slice(0, 2) ?? "";
  if (code.length < 2 || NOT_TWO_DIGITS.test(code)) return 0;
  return routes.every((route) => route.startsWith(code)) ? Number(code) : 0;
}

/** The number between `start` and `end`, 0 if it is none. `routes` are the carrier's. */
export function numberOf(
  bytes: Uint8Array,
  start: number,
  end: number,
  ton: number,
  routes: readonly string[],
): number {
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
  if (zeros === 1) return national(number, digits, countryOf(routes));
  if (ton !== TON_NATIONAL || plus || zeros === 2 || number === 0) return number;
  const country = countryOf(routes);
  const hasCountry = digits > NATIONAL_DIGITS_MAX && Math.floor(number / 10 ** (digits - 2)) === country;
  return hasCountry ? number : national(number, digits, country);
}

function national(number: number, digits: number, country: number): number {
  return number > 0 && country > 0 && digits + 2 <= DIGITS_MAX ? country * 10 ** digits + number : 0;
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
