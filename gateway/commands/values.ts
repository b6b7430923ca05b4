/** Values of options that several commands take. */
import { InvalidArgumentError } from "commander";
import { CHARSETS, type Charset, charsetNamed } from "../../engine/files/file-text.js";

/** What a file is written in. */
export function charset(name: string): Charset {
  const known = charsetNamed(name);
  if (known === undefined) throw new InvalidArgumentError(`One of these is wanted: ${CHARSETS.join(", ")}.`);
  return known;
}

/** Its bounds are those of whatever takes it. */
export function wholeNumber(text: string): number {
  if (!/^\d{1,10}$/.test(text)) throw new InvalidArgumentError("A whole number is wanted.");
  return Number(text);
}
