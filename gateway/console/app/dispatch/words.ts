/** The words of the dispatcher's page. */
import { wordsOf } from "../kit/i18n/language.js";
import { en } from "./en.js";
import { nl } from "./nl.js";

export const words = wordsOf({ nl, en });

/** The word for a code or a name of the API; the code itself where there is none. */
export function wordFor(code: string): string {
  const word = (words() as Readonly<Record<string, unknown>>)[code];
  return typeof word === "string" ? word : code;
}
