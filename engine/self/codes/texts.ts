/**
 * What stands in a message with a code. One part of an SMS in each language, and the code at its end, where a telephone that
 * reads it aloud says it last.
 */
import { LANGUAGES, type Language } from "../../../schemas/words.js";

const SUBJECTS: Readonly<Record<Language, string>> = {
  nl: "Uw code voor Burgernet",
  en: "Your code for Burgernet",
  de: "Ihr Code für Burgernet",
  fr: "Votre code pour Burgernet",
  fy: "Jo koade foar Burgernet",
  pl: "Twój kod do Burgernet",
  tr: "Burgernet kodunuz",
  ar: "رمز Burgernet الخاص بك",
  uk: "Ваш код для Burgernet",
};

const TEXTS: Readonly<Record<Language, string>> = {
  nl: "Burgernet: geef deze code aan niemand. Hij is 10 minuten geldig. Uw code is",
  en: "Burgernet: give this code to nobody. It is valid for 10 minutes. Your code is",
  de: "Burgernet: Geben Sie diesen Code niemandem. Er gilt 10 Minuten. Ihr Code ist",
  fr: "Burgernet: ne donnez ce code à personne. Il est valable 10 minutes. Votre code est",
  fy: "Burgernet: jou dizze koade oan nimmen. Hy jildt 10 minuten. Jo koade is",
  pl: "Burgernet: nie podawaj nikomu tego kodu. Jest on wazny 10 minut. Kod:",
  tr: "Burgernet: bu kodu kimseye vermeyin. 10 dakika gecerlidir. Kodunuz:",
  ar: "Burgernet: لا تعط هذا الرمز لأحد. صالح لمدة 10 دقائق. الرمز:",
  uk: "Burgernet: не кажіть цей код нікому. Діє 10 хвилин. Код:",
};

/** `language` is an index into LANGUAGES. */
export function codeText(code: string, language: number): { subject: string; text: string } {
  const word = LANGUAGES[language] ?? "nl";
  return { subject: SUBJECTS[word], text: `${TEXTS[word]} ${code}` };
}
