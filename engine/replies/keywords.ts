/**
 * The words that switch SMS off and on, and what is answered. A keyword counts only where it is the whole message, apart from
 * capitals, quotes, punctuation and the name of what is switched: "Stop de dader!" is a tip.
 */
import { REPLIES } from "../../schemas/limits.js";

export type Switch = "off" | "on";

const KEYWORDS: Readonly<Record<string, Switch>> = { stop: "off", uit: "off", start: "on", aan: "on" };
/** What may stand before or behind a keyword: "STOP BURGERNET", "sms uit". */
const NAMES: readonly string[] = ["burgernet", "sms"];

/** Sent once to who switched. Each fits one part of any alphabet. */
export const CONFIRMATIONS: Readonly<Record<Switch, string>> = {
  off: "Burgernet: u krijgt geen sms meer. Stuur AAN om weer mee te doen.",
  on: "Burgernet: u krijgt weer sms. Stuur STOP om geen sms meer te krijgen.",
};

/** What neither a letter nor a digit is, at either end. */
const AROUND = /^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu;
const SPACES = /\s+/u;

/** What the message switches, undefined where it is no keyword. */
export function keywordOf(text: string): Switch | undefined {
  if (text.length > REPLIES.keywordCharacters) return undefined;
  const words = text.normalize("NFKC").replace(AROUND, "").toLowerCase().split(SPACES);
  if (words.length > 2) return undefined;
  const [word, ...others] = words.filter((each) => !NAMES.includes(each));
  if (word === undefined || others.length > 0 || !Object.hasOwn(KEYWORDS, word)) return undefined;
  return KEYWORDS[word];
}
