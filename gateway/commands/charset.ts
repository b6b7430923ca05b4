/** What a file is written in, as an option names it. */
import { InvalidArgumentError } from "commander";
import { CHARSETS, type Charset, charsetNamed } from "../../engine/files/file-text.js";

export function charset(name: string): Charset {
  const known = charsetNamed(name);
  if (known === undefined) throw new InvalidArgumentError(`One of these is wanted: ${CHARSETS.join(", ")}.`);
  return known;
}
