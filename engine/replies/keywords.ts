/**
 * The words that switch SMS off and on, and what is answered.
 *
 * The rule: a message switches if it says nothing else. It has a keyword, once or more and always to the same side; beside
 * it may only stand names of what is switched (Burgernet, sms, the name that a carrier sends under), each with a "met de" or
 * the like before it, and courtesies ("aub", "dank u wel"). Capitals, quotes, punctuation and the order do not count. With any
 * other word it is a tip, which people read: "Stop de dader!", "stop met zoeken", "ik wil stoppen".
 */
import { REPLIES } from "../../schemas/limits.js";

export type Switch = "off" | "on";

const KEYWORDS: ReadonlyMap<string, Switch> = new Map([
  ...["stop", "stopp", "stoppen", "uit", "afmelden", "uitschrijven"].map((word) => [word, "off"] as const),
  ...["start", "starten", "aan", "aanmelden", "inschrijven"].map((word) => [word, "on"] as const),
]);

type Phrase = readonly string[];
const phrases = (...texts: readonly string[]): Phrase[] => texts.map((text) => text.split(" "));

/** Longer ones before those that they begin with. */
const COURTESIES = phrases(
  ...[
    "dank u wel",
    "dank u",
    "dank je wel",
    "dank je",
    "dank",
    "dankuwel",
    "dankjewel",
    "bedankt",
    "aub",
    "ajb",
    "svp",
  ],
  ...["alstublieft", "alsjeblieft", "graag", "nu", "please", "thanks", "thank you", "bitte", "danke", "merci", "groet"],
);
const NAMES = phrases(
  ...["burgernet nl", "burgernet", "sms berichten", "sms", "smsen", "smsje", "smsjes", "smsberichten", "berichten"],
  ...["berichtjes", "meldingen"],
);
/** They count only before a name. */
const LINKS: ReadonlySet<string> = new Set(["met", "de", "het", "deze", "die", "van", "voor", "bij", "uw", "jullie"]);

/** Sent once to who switched. Each fits one part of any alphabet. */
export const CONFIRMATIONS: Readonly<Record<Switch, string>> = {
  off: "Burgernet: u krijgt geen sms meer. Stuur AAN om weer mee te doen.",
  on: "Burgernet: u krijgt weer sms. Stuur STOP om geen sms meer te krijgen.",
};

/** "a.u.b." is one word; so is "sms'jes". */
const ABBREVIATION = /(?<![\p{L}\p{N}])(?:\p{L}\.){2,}\p{L}?(?![\p{L}\p{N}])/gu;
const APOSTROPHE = /['’]/gu;
const WORD = /[\p{L}\p{N}]+/gu;

/** What the message switches, undefined where it is no keyword. `senders`: the names that carriers send under. */
export function keywordOf(text: string, senders: readonly string[] = []): Switch | undefined {
  if (text.length > REPLIES.keywordCharacters) return undefined;
  const words = wordsOf(text);
  const switches = new Set(words.flatMap((word) => KEYWORDS.get(word) ?? []));
  const [to] = switches;
  if (switches.size !== 1) return undefined;
  const names = [...senders.map(wordsOf).filter(({ length }) => length > 0), ...NAMES];
  for (let at = 0; at < words.length; ) {
    const behind = behindOne(words, at, names);
    if (behind === at) return undefined;
    at = behind;
  }
  return to;
}

/** The place behind a keyword, a courtesy, or a name with its links at `at`; `at` itself where none of them stands. */
function behindOne(words: Phrase, at: number, names: readonly Phrase[]): number {
  if (KEYWORDS.has(words[at]!)) return at + 1;
  let name = at;
  while (name < words.length && LINKS.has(words[name]!)) name++;
  const behindName = behindPhrase(words, name, names);
  return behindName > name ? behindName : behindPhrase(words, at, COURTESIES);
}

function behindPhrase(words: Phrase, at: number, among: readonly Phrase[]): number {
  const found = among.find((phrase) => phrase.every((word, place) => words[at + place] === word));
  return at + (found?.length ?? 0);
}

function wordsOf(text: string): string[] {
  const plain = text.normalize("NFKC").toLowerCase().replace(APOSTROPHE, "");
  return plain.replace(ABBREVIATION, (letters) => letters.replaceAll(".", "")).match(WORD) ?? [];
}
