/**
 * Phone numbers as people write them, to the number that is stored: E.164 without "+". A number without a country is a Dutch
 * one. By the numbering plans of libphonenumber, of which the largest set is needed: a number of a fixed line may be called
 * by voice, one at a premium rate may not be, whoever it was that entered it.
 *
 * Costs 6 µs a number, so a registry that is imported as a whole is only checked for its form.
 */

import { type NumberType, parsePhoneNumberFromString } from "libphonenumber-js/max";
import { fail, ok, type Result } from "../../schemas/errors.js";

const COUNTRY = "NL";
const CHARACTERS_MAX = 40;
/** What a person may have as theirs; not premium rate, shared cost, toll free, pagers or mailboxes. */
const PERSONAL: readonly NumberType[] = ["MOBILE", "FIXED_LINE", "FIXED_LINE_OR_MOBILE", "VOIP", "PERSONAL_NUMBER"];

/**
 * For joining and correcting: a number that its country's plan has, and that a person can have. INVALID_FIELD, without the
 * number, if it is none; the field is the caller's to add.
 */
export function parsePhoneNumber(text: string): Result<number> {
  const parsed = parse(text);
  if (parsed === undefined) return NO_NUMBER;
  if (!parsed.isValid()) return fail("INVALID_FIELD", "no country has this phone number");
  if (!PERSONAL.includes(parsed.getType())) return fail("INVALID_FIELD", "no person can have this phone number");
  return ok(Number(parsed.number.slice(1)));
}

/** For looking somebody up: of the form of a number; what a file brought in may be in no plan. */
export function readPhoneNumber(text: string): Result<number> {
  const parsed = parse(text);
  return parsed?.isPossible() ? ok(Number(parsed.number.slice(1))) : NO_NUMBER;
}

const NO_NUMBER = fail("INVALID_FIELD", "a phone number: + and the country's code, or a Dutch one like 06 12345678");

/** Undefined for what is no number, or one with an extension, which no carrier reaches. */
function parse(text: string) {
  if (text.length > CHARACTERS_MAX) return undefined;
  const parsed = parsePhoneNumberFromString(text, { defaultCountry: COUNTRY, extract: false });
  return parsed?.ext === undefined ? parsed : undefined;
}
