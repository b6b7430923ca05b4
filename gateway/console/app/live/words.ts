/** The words of a running action. */
import { wordsOf } from "../kit/i18n/language.js";
import { en } from "./en.js";
import { nl } from "./nl.js";

export const words = wordsOf({ nl, en });

/** The word for a name of the API; the name itself where there is none. */
export function wordFor(name: string): string {
  const word = (words() as Readonly<Record<string, unknown>>)[name];
  return typeof word === "string" ? word : name;
}
