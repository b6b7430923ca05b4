/** What a preview tells of people beside how many they are: no number that could be the news of a certain person (reach/privacy.ts). */
import type { Preview } from "../../../schemas/api/api.js";
import { CHANNELS, LANGUAGES, LEFT_OUT } from "../../../schemas/words.js";
import { municipalityCode } from "../../geo/municipality-code.js";
import { TOO_FEW, told, toldParts } from "../../reach/privacy.js";
import type { SelectionCounts } from "../../selection/selector.js";

export type Breakdown = Pick<Preview, "channels" | "languages" | "municipalities" | "leftOut" | "fatigue">;

/** Recipients by language and by municipality are parts of a number that is told exactly; the others are of nothing that is told. */
export function breakdownOf(
  { channels, languages, municipalities, leftOut, asked }: SelectionCounts,
  country: number | null,
): Breakdown {
  const spoken = toldParts(LANGUAGES.map((language) => languages[language]));
  const inMunicipality = toldParts([...municipalities.values()]);
  return {
    channels: by(CHANNELS, (channel) => shown(told(channels[channel]))),
    languages: by(LANGUAGES, (_, at) => shown(spoken[at]!)),
    municipalities: [...municipalities.keys()]
      .map((code, at) => ({ code: municipalityCode(code), recipients: inMunicipality[at]! }))
      .filter(({ recipients }) => recipients !== TOO_FEW)
      .sort((a, b) => b.recipients - a.recipients),
    leftOut: by(LEFT_OUT, (reason) => shown(told(leftOut[reason]))),
    fatigue: { area: country === null || told(asked.persons) === TOO_FEW ? null : average(asked), country },
  };
}

/** To a tenth: how often a participant was asked, on average. */
export function average({ persons, times }: SelectionCounts["asked"]): number | null {
  return persons === 0 ? null : Math.round((times / persons) * 10) / 10;
}

export const NOTHING_TOLD: Breakdown = {
  channels: by(CHANNELS, () => null),
  languages: by(LANGUAGES, () => null),
  municipalities: [],
  leftOut: by(LEFT_OUT, () => null),
  fatigue: { area: null, country: null },
};

function shown(count: number): number | null {
  return count === TOO_FEW ? null : count;
}

function by<Word extends string>(words: readonly Word[], count: (word: Word, at: number) => number | null) {
  return Object.fromEntries(words.map((word, at) => [word, count(word, at)])) as Record<Word, number | null>;
}
