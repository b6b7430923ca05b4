/**
 * Words in Dutch first and English beside it. A room has a file of words for each language; the Dutch one is the measure, and an English
 * one that lacks a word, or has one too many, does not compile.
 */
import { effect, signal } from "@preact/signals";
import { recalled, remember } from "../remembered.js";

export const LANGUAGES = ["nl", "en"] as const;
export type Language = (typeof LANGUAGES)[number];

const NAME = "language";
export const language = signal<Language>(LANGUAGES.find((one) => one === recalled(NAME)) ?? "nl");

/** To be called once. */
export function startLanguage(): void {
  effect(() => {
    document.documentElement.lang = language.value;
    remember(NAME, language.value);
  });
}

/** A word is a text, or a function that puts something into one. */
type Words = Readonly<Record<string, string | ((...what: never[]) => string)>>;
export type SameWords<W extends Words> = { readonly [Key in keyof W]: W[Key] extends string ? string : W[Key] };

/** The word for a code or a name of the API, among a room's words; the code itself where there is none. */
export function wordForIn(words: () => Words): (code: string) => string {
  return (code) => {
    const word = words()[code];
    return typeof word === "string" ? word : code;
  };
}

/** The words in the language of the page; read while a component is drawn, they change with it. */
export function wordsOf<W extends Words>(all: { readonly nl: W; readonly en: SameWords<W> }): () => SameWords<W> {
  return () => all[language.value] as SameWords<W>;
}
