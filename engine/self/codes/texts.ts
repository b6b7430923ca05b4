/**
 * What stands in a message with a code, or in one that tells of a change. One part of an SMS in each language, and the code at its end, where a telephone that
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

const NOTICE_SUBJECTS: Readonly<Record<Language, string>> = {
  nl: "Uw gegevens bij Burgernet",
  en: "Your details at Burgernet",
  de: "Ihre Daten bei Burgernet",
  fr: "Vos données chez Burgernet",
  fy: "Jo gegevens by Burgernet",
  pl: "Twoje dane w Burgernet",
  tr: "Burgernet bilgileriniz",
  ar: "بياناتك لدى Burgernet",
  uk: "Ваші дані в Burgernet",
};

const NOTICES: Readonly<Record<Language, string>> = {
  nl: "Burgernet: uw telefoonnummer of mailadres wordt binnen 3 dagen vervangen. Wilt u dat niet? Meld u nu aan en wijs het af.",
  en: "Burgernet: your phone number or mail address will be replaced within 3 days. If you don't want that, sign in now and decline.",
  de: "Burgernet: Ihre Telefonnummer oder Mailadresse wird innerhalb von 3 Tagen ersetzt. Wenn Sie das nicht wollen, melden Sie sich an und lehnen Sie ab.",
  fr: "Burgernet: votre numéro ou adresse mail sera remplacé dans les 3 jours. Si vous ne le voulez pas, connectez-vous et refusez.",
  fy: "Burgernet: jo telefoannumer of mailadres wurdt binnen 3 dagen ferfongen. Wolle jo dat net? Meld jo no oan en wiis it of.",
  pl: "Burgernet: numer telefonu lub adres e-mail zostanie zmieniony w ciagu 3 dni. Jesli tego nie chcesz, zaloguj sie i odrzuc.",
  tr: "Burgernet: telefon numaraniz veya e-posta adresiniz 3 gun icinde degistirilecek. Istemiyorsaniz giris yapip reddedin.",
  ar: "Burgernet: سيتغير رقمك أو بريدك خلال 3 أيام. ادخل لرفض ذلك.",
  uk: "Burgernet: ваш номер чи пошту змінять за 3 дні. Увійдіть і відхиліть.",
};

/** That a contact is to be replaced, to whoever has it; `language` is an index into LANGUAGES. */
export function noticeText(language: number): { subject: string; text: string } {
  const word = LANGUAGES[language] ?? "nl";
  return { subject: NOTICE_SUBJECTS[word], text: NOTICES[word] };
}

/** `language` is an index into LANGUAGES. */
export function codeText(code: string, language: number): { subject: string; text: string } {
  const word = LANGUAGES[language] ?? "nl";
  return { subject: SUBJECTS[word], text: `${TEXTS[word]} ${code}` };
}
