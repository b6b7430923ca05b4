/**
 * Phone numbers and links in a text that are not known as the organisation's: once a newspaper's number went out in a national alert. What a
 * phone makes into a link is one here too, with or without https://, so a full stop without a space behind it may look like one;
 * whoever meant it confirms it, or puts the space.
 */

export interface Verified {
  readonly numbers: readonly string[];
  /** With all names that end in them. */
  readonly hosts: readonly string[];
}

/** Each that is not verified, as it stands in the text. */
export function unverifiedIn(text: string, verified: Verified): string[] {
  const plain = text.normalize("NFKC").replace(/[。｡．]/g, ".");
  const hosts = linksIn(plain).filter(({ host }) => !isVerified(host, verified.hosts));
  const known = new Set(verified.numbers.map(digitsOf));
  const numbers = numbersIn(plain).filter((number) => !known.has(digitsOf(number)));
  return [...new Set([...numbers, ...hosts.map(({ found }) => found)])];
}

function isVerified(host: string, verified: readonly string[]): boolean {
  const name = host.toLowerCase();
  return verified.some((own) => name === own.toLowerCase() || name.endsWith(`.${own.toLowerCase()}`));
}

/** What stands behind a scheme, up to a path; also an address of numbers, or somebody's name before an @. */
const WITH_SCHEME = /\b[a-z][a-z0-9+.-]*:\/\/([^\s/?#]+)/giu;
/** Names with dots between them, of which the last is a country's or one of the usual others. */
const NAMES =
  /(?<![\p{L}\p{N}_-])(?:[\p{L}\p{N}_-]+\.)+(?:[a-z]{2}|com|net|org|info|app|biz|gov|edu|mobi|online|site|shop|link|live|news|media|page|dev|cloud|click|amsterdam|frl|xn--[a-z0-9-]+)(?![\p{L}\p{N}_-])/giu;

interface Link {
  readonly found: string;
  readonly host: string;
}

function linksIn(text: string): Link[] {
  const schemed = [...text.matchAll(WITH_SCHEME)].map(([found, authority]) => {
    const trimmed = authority!.replace(/[.,;:!)\]]+$/, "");
    const host = trimmed.slice(trimmed.lastIndexOf("@") + 1).replace(/:\d+$/, "");
    return { found: found.replace(/[.,;:!)\]]+$/, ""), host };
  });
  const bare = [...text.matchAll(NAMES)].map(([found]) => ({ found, host: found }));
  const isPart = ({ found }: Link): boolean => schemed.some((link) => link.host.toLowerCase() === found.toLowerCase());
  return [...schemed, ...bare.filter((link) => !isPart(link))];
}

/** Digits as numbers are written; a date is none, nor is a time of day. */
const DIGITS = /(?<![\p{L}\p{N}])(?:\+|\(\+?|00)?\d(?:[ .()/-]{0,3}\d)+(?![\p{L}\p{N}])/gu;
const DATE = /^\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}$/;
/** Words behind which a few digits are a number. */
const CALL =
  /(?:\bbel(?:len)?|\bbelt|\btel\.?|\btelefoon|\bsms|\bwhatsapp|\bapp|\bcall|\bphone|\btext|\bruf(?:en)?|\banruf|\bappelez(?: le| au)?)[ :]*(?:ons |nu |dan |direct |met |naar |op )*$/iu;
/** From so many digits on it is a number by itself, where it begins as one does. */
const NATIONAL_DIGITS = 8;
const SHORTEST = 3;

function numbersIn(text: string): string[] {
  const numbers: string[] = [];
  for (const match of text.matchAll(DIGITS)) {
    const found = match[0].trim();
    const digits = found.replace(/\D/g, "");
    if (DATE.test(found) || digits.length < SHORTEST) continue;
    const isWritten = /^(\+|\(|0|31)/.test(found) && digits.length >= NATIONAL_DIGITS;
    const isCalled = CALL.test(text.slice(0, match.index));
    if (isWritten || isCalled) numbers.push(found);
  }
  return numbers;
}

/** As it is dialled in the Netherlands. */
function digitsOf(number: string): string {
  const digits = number.replace(/\D/g, "");
  const isAbroad = number.trim().startsWith("+") || digits.startsWith("00") || /^31\d{9}$/.test(digits);
  return isAbroad ? digits.replace(/^(00)?31(?=0?\d{9}$)0?/, "0") : digits;
}
