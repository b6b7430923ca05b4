/**
 * Dutch postcodes as numbers: four digits and, behind them in three digits, the two letters (1 for AA to 676 for ZZ, 0 for none).
 * 3441002 is 3441 AB. Only the form is looked at; which ones there are is in the file that an operator imported.
 */

const FORM = /^([1-9]\d{3}) ?([A-Za-z]{2})?$/;
/** Of the alphabet, and of the place of the letters. */
const LETTERS = 26;
const PLACE = 1_000;
const A = "A".charCodeAt(0);

/** Undefined for what can't be one. */
export function postcodeNumber(text: string): number | undefined {
  const [, digits, letters] = FORM.exec(text.trim()) ?? [];
  if (digits === undefined) return undefined;
  const [first, second] = [...(letters ?? "").toUpperCase()].map((letter) => letter.charCodeAt(0) - A);
  return Number(digits) * PLACE + (first === undefined ? 0 : first * LETTERS + second! + 1);
}

/** As it is written, "3441 AB". */
export function formatPostcode(postcode: number): string {
  const letters = (postcode % PLACE) - 1;
  if (letters < 0) return String(digitsOfPostcode(postcode));
  const both = String.fromCharCode(A + Math.floor(letters / LETTERS), A + (letters % LETTERS));
  return `${digitsOfPostcode(postcode)} ${both}`;
}

/** The four digits: of them is known where they are. */
export function digitsOfPostcode(postcode: number): number {
  return Math.floor(postcode / PLACE);
}
