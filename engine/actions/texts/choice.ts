/**
 * Which of an action's texts a participant gets by SMS: that in their language where there is one, else the one for everybody; in simple
 * language for who needs it, where it is there. What is spoken is for a voice, and none of them.
 */
import type { Wording, Wordings } from "../../../schemas/api/about-action.js";
import { LANGUAGES, type Language, NEEDS, type Need } from "../../../schemas/words.js";

export interface Texts {
  /** Each once; the first is the one for everybody. */
  readonly texts: readonly string[];
  /** Of the text that somebody gets of this language (index into LANGUAGES) and these needs (bit n is NEEDS[n]). */
  numberOf(language: number, needs: number): number;
}

/** By language, and then whether simple language is needed: the number of a text. */
const SIMPLE = 2;
const SIMPLE_LANGUAGE = 1 << NEEDS.indexOf("simpleLanguage");

export function textsOf(said: Wordings): Texts {
  const texts: string[] = [said.text];
  const numbered = (text: string): number => {
    const known = texts.indexOf(text);
    return known >= 0 ? known : texts.push(text) - 1;
  };
  const numbers = new Uint8Array(LANGUAGES.length * SIMPLE);
  for (const [at, language] of LANGUAGES.entries()) {
    numbers[at * SIMPLE] = numbered(textFor(said, language, false).text);
    numbers[at * SIMPLE + 1] = numbered(textFor(said, language, true).text);
  }
  return {
    texts,
    numberOf: (language, needs) => numbers[language * SIMPLE + ((needs & SIMPLE_LANGUAGE) !== 0 ? 1 : 0)] ?? 0,
  };
}

/** A text that can go out by SMS, and for whom it is. */
export interface SmsText {
  /** Null: for whoever has no text in their language. */
  readonly language: Language | null;
  readonly need: Need | null;
  readonly text: string;
}

/** What somebody of this language gets, who needs simple language or not. */
export function textFor(said: Wordings, language: Language, isSimple: boolean): SmsText {
  const own = said.texts?.[language];
  const { text, simpleText } = own ?? said;
  const whose = own === undefined ? null : language;
  if (!isSimple || simpleText === undefined) return { language: whose, need: null, text };
  return { language: whose, need: "simpleLanguage", text: simpleText };
}

/** What is said to everybody, under null, and then what is said in each language. */
export function wordingsOf(said: Wordings): [Language | null, Wording][] {
  return [[null, said], ...(Object.entries(said.texts ?? {}) as [Language, Wording][])];
}

/** Every text that can go out of it by SMS. */
export function eachText(said: Wordings): SmsText[] {
  return wordingsOf(said).flatMap(([language, { text, simpleText }]): SmsText[] => [
    { language, need: null, text },
    ...(simpleText === undefined ? [] : [{ language, need: "simpleLanguage" as const, text: simpleText }]),
  ]);
}
