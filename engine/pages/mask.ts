/**
 * Numbers and names in a text, made unreadable for a view: what looks like a phone number, a mail address, a bank account, and what
 * stands behind the words with which people name themselves. Names that stand elsewhere stay, for nobody can tell them from places.
 */
import type { Reply } from "../../schemas/api/action/reply.js";

const MAIL = /[\p{L}\p{N}._%+-]+@[\p{L}\p{N}.-]+\.\p{L}{2,}/gu;
const ACCOUNT = /\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,4})?\b/g;
/** Seven digits and more, with what is written between them; a time, a date and a number plate have fewer, or letters. */
const NUMBER = /(?<![\p{L}\p{N}])(?:\+|00)?\(?\d(?:[ ./()-]{0,3}\d){6,}(?![\p{L}\p{N}])/gu;
const NAMED =
  /\b((?:[Mm]ijn naam is|[Ii]k heet|[Ii]k ben|[Mm]y name is|[Ii] am|[Ii]ch heiße|[Mm]ein Name ist|[Jj]e m'appelle|[Gg]roeten,?(?: van)?|[Mm]vg,?)\s+)(\p{Lu}[\p{L}'-]+(?:\s+(?:(?:van|de|der|den|ten|ter)\s+)*\p{Lu}[\p{L}'-]+)*)/gu;
const HIDDEN = "•••";

export function maskedReply<R extends Reply>(reply: R): R {
  const { text, place } = reply;
  const words = place?.words ?? null;
  return { ...reply, text: masked(text), ...(place && { place: { ...place, words: words && masked(words) } }) };
}

export function masked(text: string): string {
  const without = text.replace(MAIL, HIDDEN).replace(ACCOUNT, HIDDEN).replace(NUMBER, HIDDEN);
  return without.replace(NAMED, (_, words: string) => words + HIDDEN);
}
