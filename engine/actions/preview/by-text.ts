/**
 * How many people get which text, as far as a preview may tell it, and what all their messages come to. Where the texts have parts of
 * different number, exact sums would tell how many read a language: so they are made of what is told (reach/privacy.ts), whatever the
 * texts are, and whoever is not told of is counted with the dearest text. Where there is one text, or all are as long, they are exact.
 */
import type { Wordings } from "../../../schemas/api/about-action.js";
import type { Preview } from "../../../schemas/api/api.js";
import { REACH } from "../../../schemas/limits.js";
import { LANGUAGES, type Language } from "../../../schemas/words.js";
import type { Priced } from "../../dispatch/plan/channel-port.js";
import { TOO_FEW, toldParts } from "../../reach/privacy.js";
import type { SelectionCounts } from "../../selection/selector.js";
import { eachText, type SmsText, textFor } from "../texts/choice.js";
import { costOf, costOfAll } from "./cost.js";
import { worstAdvice } from "./text-advice.js";

type Readers = Pick<SelectionCounts, "languages" | "simple">;

/** A text, and who gets it. */
export interface ReadText extends SmsText {
  /** To a multiple of five for each language and need that may be told; null where none may. */
  readonly told: number | null;
  /** So many at least. */
  readonly least: number;
}

export interface Division {
  readonly texts: readonly ReadText[];
  /** People of whom it is not told which text they get. */
  readonly rest: number;
}

/** By how much a number that is told may be too high. */
const BLUR = Math.floor(REACH.peopleMin / 2);

/** `counts`: undefined where nothing is told of who reads what. */
export function divided(said: Wordings, recipients: number, counts: Readers | undefined): Division {
  const texts = eachText(said).map((text) => ({ ...text, told: 0, least: 0 }));
  if (texts.length === 1) return { texts: [{ ...texts[0]!, told: recipients, least: recipients }], rest: 0 };
  const readers = counts ? readersOf(counts) : [];
  const told = toldParts(readers.map(({ count }) => count));
  for (const [at, { language, isSimple }] of readers.entries()) {
    if (told[at] === TOO_FEW) continue;
    const { language: of, need } = textFor(said, language, isSimple);
    const read = texts.find((text) => text.language === of && text.need === need)!;
    read.told += told[at]!;
    read.least += Math.max(0, told[at]! - BLUR);
  }
  const sure = texts.reduce((sum, { least }) => sum + least, 0);
  return {
    texts: texts.map((text) => ({ ...text, told: text.told === 0 ? null : text.told })),
    // Of people who joined since it was told there may be fewer.
    rest: Math.max(0, recipients - sure),
  };
}

/** Parts of all messages, at the carrier that makes most of each text. */
export function segmentsOfDivision({ texts, rest }: Division, ports: readonly Priced[]): number {
  const parts = texts.map(({ text }) => worstAdvice(text, ports)?.onAir ?? 1);
  return texts.reduce((sum, { least }, at) => sum + least * parts[at]!, rest * Math.max(...parts));
}

/** Null as costOf. */
export function costOfDivision({ texts, rest }: Division, ports: readonly Priced[]): Preview["forecast"]["cost"] {
  const priced = texts.map(({ text, least }) => ({
    text,
    recipients: least,
    price: costOf(1, text, ports)?.amount ?? 0,
  }));
  const dearest = priced.reduce((some, other) => (other.price > some.price ? other : some));
  return costOfAll([...priced, { text: dearest.text, recipients: rest }], ports);
}

function readersOf({ languages, simple }: Readers): { language: Language; isSimple: boolean; count: number }[] {
  return LANGUAGES.flatMap((language) => [
    { language, isSimple: false, count: languages[language] - simple[language] },
    { language, isSimple: true, count: simple[language] },
  ]);
}
