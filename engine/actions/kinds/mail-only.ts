/** Words of which a text is no message but mail. */
import type { Wordings } from "../../../schemas/api/about-action.js";
import { FIRST_LANGUAGE } from "../../../schemas/kinds/kinds-file.js";
import type { Language } from "../../../schemas/words.js";
import { wordingsOf } from "../texts/choice.js";
import { findWord } from "../texts/words-in.js";

type WordsByLanguage = Readonly<Partial<Record<Language, readonly string[]>>>;

/** The first such word that stands in one of the texts; undefined where there is none. */
export function mailOnlyWord(said: Wordings, words: WordsByLanguage): string | undefined {
  for (const [language, { text, simpleText = "", spokenText = "" }] of wordingsOf(said)) {
    const word = findWord(`${text}\n${simpleText}\n${spokenText}`, words[language ?? FIRST_LANGUAGE] ?? []);
    if (word !== undefined) return word;
  }
  return undefined;
}
