/**
 * The one reader of phone numbers: from files, the API, a search and self-service, as people and spreadsheets write them, to
 * the number that is stored, E.164 without "+". What carriers write is read from bytes (gateway/smpp/messages/address.ts); a test holds
 * the two together.
 *
 * Taken are "+" or "00" with the country's code, a Dutch number with its 0 (also as "+31 (0)6"), "tel:" before either, any
 * spaces, dashes, dots, slashes and brackets, a spreadsheet's quotes, and whatever can't be seen. Digits alone, as a
 * spreadsheet leaves them of "06…" or "+31…", are read both ways: as Dutch without the 0, and with the country's code. Where
 * both could be somebody's number, neither is believed, for the message would go to a stranger.
 *
 * Whether a number can exist says libphonenumber, of which the largest set of metadata is needed: the smaller ones know
 * lengths and no types. It costs 6 µs a number, so Dutch mobile numbers, which most are, are told by its own pattern.
 */

import { Metadata, type PhoneNumberType, parsePhoneNumberFromString } from "libphonenumber-js/max";
import { fail, type NumberCode, ok, type Result } from "../../schemas/errors.js";
import { REGISTRY } from "../../schemas/limits.js";

const COUNTRY = "NL";
const CODE = "31";

/** Said in the API and in the report of a file, each in its own words. */
export const NUMBER_FAULTS: Readonly<Record<NumberCode, string>> = {
  NUMBER_INVALID: "not a phone number: + and the country's code, or a Dutch one like 06 12345678",
  NUMBER_ROUNDED: "a spreadsheet has reckoned with it, and digits may be lost; format the column as text",
  NUMBER_UNCLEAR: "without + or 0 it could be a number of two countries; write the + or the 0",
  NUMBER_IMPOSSIBLE: "no country's numbering plan has this number",
  NUMBER_NOT_PERSONAL: "nobody can have it as theirs: premium rate, toll free, shared cost, or a pager",
  NUMBER_OF_ORGANISATION: "a company's or institution's number (as 088), which a person can't have",
  NUMBER_NOT_MOBILE: "sms needs a mobile number; a fixed one can have voice",
};

/** What anybody may have as theirs, and what a company or institution may have besides: 088 and its like. */
const PERSONAL: readonly PhoneNumberType[] = [
  "MOBILE",
  "FIXED_LINE",
  "FIXED_LINE_OR_MOBILE",
  "VOIP",
  "PERSONAL_NUMBER",
];
const OF_ORGANISATIONS: PhoneNumberType = "UAN";
/** Where a message can't arrive. A number in no plan is let be: a plan may be newer than what is known of it. */
const WITHOUT_SMS: readonly (PhoneNumberType | undefined)[] = ["FIXED_LINE", "VOIP", OF_ORGANISATIONS];

const mobile = mobilePattern();
const MOBILE = new RegExp(`^(?:\\+${CODE}|00${CODE}|0)(${mobile})$`);
const STORED_MOBILE = new RegExp(`^${CODE}${mobile}$`);

function mobilePattern(): string {
  const metadata = new Metadata();
  metadata.selectNumberingPlan(COUNTRY);
  // Not among the package's types.
  const plan = metadata.numberingPlan as unknown as { type(of: PhoneNumberType): { pattern(): string } };
  return plan.type("MOBILE").pattern();
}

/** For joining and correcting: a number that its country's plan has, and that somebody can have. */
export function readNumber(text: string): number | NumberCode {
  const known = MOBILE.exec(text);
  if (known !== null) return Number(CODE + known[1]);
  if (ROUNDED.test(text)) return "NUMBER_ROUNDED";
  const digits = digitsOf(text);
  if (digits === undefined) return "NUMBER_INVALID";
  const [first, ...others] = new Set(readings(digits).flatMap((reading) => existing(reading) ?? []));
  if (first === undefined) return "NUMBER_IMPOSSIBLE";
  if (others.length > 0) return "NUMBER_UNCLEAR";
  const type = typeOf(first);
  return type !== undefined && [...PERSONAL, OF_ORGANISATIONS].includes(type) ? first : "NUMBER_NOT_PERSONAL";
}

/** For looking somebody up: what is stored from before may be in no plan, and generated people's numbers are. */
export function readSoughtNumber(text: string): number | NumberCode {
  const read = readNumber(text);
  if (read !== "NUMBER_IMPOSSIBLE" && read !== "NUMBER_NOT_PERSONAL") return read;
  const [reading, other] = readings(digitsOf(text)!);
  const parsed = other === undefined ? parse(reading!) : undefined;
  return (parsed?.isPossible() ? storedOf(parsed.number) : undefined) ?? read;
}

/** Why somebody can't have this number, which was read before; 0 is none. */
export function numberMisfit(number: number, isPerson: boolean, wantsSms: boolean): NumberCode | undefined {
  if (number === 0 || (!isPerson && !wantsSms) || STORED_MOBILE.test(String(number))) return undefined;
  const type = typeOf(number);
  if (isPerson && type === OF_ORGANISATIONS) return "NUMBER_OF_ORGANISATION";
  return wantsSms && WITHOUT_SMS.includes(type) ? "NUMBER_NOT_MOBILE" : undefined;
}

/** The number, or the fault as a problem of the field, which never repeats the number. */
export function numberResult(read: number | NumberCode, field: string): Result<number> {
  return typeof read === "number" ? ok(read) : fail(read, NUMBER_FAULTS[read], field);
}

/** Marks of direction, joiners, soft hyphens, byte order marks. */
const INVISIBLE = /\p{Cf}/gu;
const BETWEEN = /[\p{Zs}\p{Pd}\t\u2212().·/]/gu;
/** How a spreadsheet quotes a text that shall stay one. */
const QUOTED = /^=?["']|["']$/g;
/** "3,16123E+10", and "612345678.0", whose last digit would be taken for one of the number's. */
const ROUNDED = /^\s*\+?(?:\d[.,]?\d*e\+?\d+|\d{9,15}[.,]0+)\s*$/i;
const E164_DIGITS = 15;
/** As many as that, behind "00" and another 0. */
const DIGITS = /^\+?\d{1,18}$/;

/** "+" and digits, or digits alone; undefined for what has anything else. */
function digitsOf(text: string): string | undefined {
  if (text.length > REGISTRY.numberCharacters) return undefined;
  const seen = text.replace(INVISIBLE, "").trim().replace(QUOTED, "").replace(/^tel:/i, "").replace(BETWEEN, "");
  // Full-width digits and plus, and those of Arabic and Persian keyboards.
  const digits = seen
    .normalize("NFKC")
    .replace(/[\u0660-\u0669\u06f0-\u06f9]/g, (digit) => String(digit.charCodeAt(0) & 0x0f));
  return DIGITS.test(digits) ? digits : undefined;
}

/** What the digits may mean: "+" and the country's code, or a Dutch number with its 0. */
function readings(digits: string): string[] {
  if (digits.startsWith("+")) return [digits];
  if (digits.startsWith("00")) return [`+${digits.slice(2)}`];
  return digits.startsWith("0") ? [digits] : [`0${digits}`, `+${digits}`];
}

function existing(reading: string): number | undefined {
  const parsed = parse(reading);
  return parsed?.isValid() ? storedOf(parsed.number) : undefined;
}

function parse(reading: string) {
  return parsePhoneNumberFromString(reading, { defaultCountry: COUNTRY, extract: false });
}

/** Undefined for more digits than E.164 has: the numbering plans of some countries, such as Germany, leave room for that. */
function storedOf(number: string): number | undefined {
  return number.length <= 1 + E164_DIGITS ? Number(number.slice(1)) : undefined;
}

function typeOf(number: number): PhoneNumberType | undefined {
  return originOf(number).type;
}

/** Whose numbering plan has the number, and as what; undefined where none has it. */
export function originOf(number: number): { country: string | undefined; type: PhoneNumberType | undefined } {
  if (STORED_MOBILE.test(String(number))) return { country: COUNTRY, type: "MOBILE" };
  const parsed = parse(`+${number}`);
  return { country: parsed?.country, type: parsed?.getType() };
}
