/**
 * What a message lacks of what its kind has to say, by words of the catalogue: who speaks, what it is about, where, what to do, until
 * when. A place is a word such as "bij" with a name behind it, or a street or a postcode; an end is a word such as "tot" with a time
 * of day behind it, or one that says it by itself. Whoever writes it otherwise gets advice too many, and can leave it.
 */
import { FIRST_LANGUAGE, type Kind, type KindsFile, type Saying } from "../../../schemas/kinds/kinds-file.js";
import type { Language } from "../../../schemas/words.js";
import { findWord, placeOf } from "./words-in.js";

type Signs = KindsFile["signs"];

export function missingIn(
  text: string,
  language: Language,
  kind: Pick<Kind, "mustSay" | "words">,
  signs: Signs,
): Saying[] {
  const wordsOf = (words: Partial<Record<Language, string[]>>): string[] =>
    words[language] ?? words[FIRST_LANGUAGE] ?? [];
  const says: Record<Saying, () => boolean> = {
    source: () => findWord(text, signs.source) !== undefined,
    what: () => findWord(text, wordsOf(kind.words)) !== undefined,
    where: () => STREET.test(text) || wordsOf(signs.where).some((word) => hasBehind(text, word, NAMED)),
    do: () => findWord(text, wordsOf(signs.do)) !== undefined,
    until: () =>
      wordsOf(signs.until).some((word) => (word.includes(" ") ? findWord(text, [word]) : hasBehind(text, word, TIMED))),
  };
  return kind.mustSay.filter((saying) => !says[saying]());
}

/** A name within three words. */
const NAMED = /^(?:[\s']+[\p{Ll}'-]+){0,2}\s+["'(]?\p{Lu}|^\s+[A-Z]?\d{1,3}\b/u;
/** A time of day, a day, or what follows. */
const TIMED = /^(?:\s+\p{L}+){0,2}\s+\d{1,2}([:.]\d{2})?|^\s+(?:nader|verder|morgen|further|auf|nouvel)\b/iu;
/** A street by its ending, a motorway, or a postcode. */
const STREET =
  /\p{L}{2,}(?:straat|weg|laan|plein|kade|gracht|dijk|singel|park|hof|steeg|plantsoen|str\.)(?![\p{L}])|\b[AN]\d{1,3}\b|\b[1-9]\d{3} ?[A-Z]{2}\b/u;

function hasBehind(text: string, word: string, what: RegExp): boolean {
  let rest = text;
  for (let end = placeOf(rest, word); end !== undefined; end = placeOf(rest, word)) {
    rest = rest.slice(end);
    if (what.test(rest)) return true;
  }
  return false;
}
