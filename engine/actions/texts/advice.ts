/** What a text could say better, in words that a dispatcher can follow; nothing waits for it. */

import { FIRST_LANGUAGE, type Kind, type Saying } from "../../../schemas/kinds/kinds-file.js";
import type { Advice } from "../../../schemas/kinds/preview-texts.js";
import type { Language } from "../../../schemas/words.js";
import type { Common } from "../kinds/catalogue.js";
import { fleschDouma, NORMAL } from "./reading.js";
import { missingIn } from "./sayings.js";
import { placeOf } from "./words-in.js";

const MISSING: Readonly<Record<Saying, Pick<Advice, "code" | "detail">>> = {
  source: { code: "NO_SOURCE", detail: "it does not say who speaks; begin with the name of the organisation" },
  what: { code: "NO_WHAT", detail: "it does not say what it is about in a word that belongs to this kind" },
  where: { code: "NO_WHERE", detail: "it names no place" },
  do: { code: "NO_ACTION", detail: "it does not say what to do, such as whom to call" },
  until: { code: "NO_UNTIL", detail: "it does not say until when it counts" },
};

export function adviceOn(
  text: string,
  language: Language,
  kind: Pick<Kind, "mustSay" | "words">,
  { signs, abbreviations }: Pick<Common, "signs" | "abbreviations">,
): Advice[] {
  const missing = missingIn(text, language, kind, signs).map((saying) => ({ ...MISSING[saying], found: null }));
  const short = abbreviations
    .filter((one) => stands(text, one.short))
    .map((one) => ({ code: "ABBREVIATION" as const, detail: `few know it; write: ${one.means}`, found: one.short }));
  const score = language === FIRST_LANGUAGE ? fleschDouma(text) : undefined;
  const hard = score === undefined || score >= NORMAL ? [] : [tooHard(score)];
  return [...missing, ...short, ...hard];
}

function tooHard(score: number): Advice {
  const detail = `it is harder to read than B1: ${score} by Flesch-Douma, where ${NORMAL} is normal; use shorter words and sentences`;
  return { code: "HARD_TO_READ", detail, found: null };
}

/** In capitals only as it is written: "PD" is one, "pd" in a word is none. */
function stands(text: string, short: string): boolean {
  return placeOf(text, short, short === short.toUpperCase()) !== undefined;
}
