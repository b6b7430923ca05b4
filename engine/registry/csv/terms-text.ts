/** Terms as the text of their CSV fields; defaults are left empty, but for the schedule. */

import { IN_DANGER, TIME_ZONES } from "../../../schemas/words.js";
import { formatSchedule } from "../record/profile/schedule.js";
import { TERMS_WORDS, type Terms, termsAt } from "../record/terms.js";
import { formatExcept } from "./channels.js";

export interface TermsText {
  readonly schedule: string;
  /** Except, time zone and what danger may do, as three fields. */
  readonly rest: string;
}

/** Those of each row of a table, whose words these are. */
export function termsTexts(words: Uint32Array): TermsText[] {
  return Array.from({ length: words.length / TERMS_WORDS }, (_, row) => termsText(termsAt(words, row)));
}

function termsText({ hours, except, zone, inDanger }: Terms): TermsText {
  const timeZone = zone === 0 ? "" : TIME_ZONES[zone];
  return {
    schedule: formatSchedule(hours),
    rest: `${formatExcept(except)},${timeZone},${inDanger === 0 ? "" : IN_DANGER[inDanger]}`,
  };
}
