/**
 * How hard a Dutch text is to read: the measure of Flesch as Douma fitted it to Dutch (W.H. Douma, De leesbaarheid van landbouwbladen,
 * Landbouwhogeschool Wageningen 1960): 206.84 - 0.77 x syllables in 100 words - 0.93 x words in a sentence. By his table 60 to 70 is
 * normal, and what is below it harder than most read with ease, which is where advice begins; the levels of the Common European
 * Framework have no number of their own, so that this is B1 is a rule of thumb. It knows word and sentence lengths and nothing else,
 * so it is a hint; of a short text each word counts much.
 */

/** Of Douma's table: from here on it is normal. */
export const NORMAL = 60;
/** Of fewer words nothing is said. */
const FEWEST_WORDS = 8;

/** The score, 100 for what everybody reads; undefined for a text that is too short to tell. */
export function fleschDouma(text: string): number | undefined {
  const sentences = text
    .split(/(?<=[\p{L}\p{N})"'])[.!?:;]+(?=\s|$)|\n+/u)
    .map(wordsIn)
    .filter((words) => words.length > 0);
  const words = sentences.flat();
  if (words.length < FEWEST_WORDS) return undefined;
  const syllables = words.reduce((sum, word) => sum + syllablesIn(word), 0);
  return Math.round(206.84 - (77 * syllables) / words.length - (0.93 * words.length) / sentences.length);
}

/** Those of letters; numbers, number plates and times are looked at and not read. */
function wordsIn(sentence: string): string[] {
  return sentence.match(/(?<![\p{L}\p{N}])\p{L}[\p{L}'-]*(?![\p{L}\p{N}])/gu) ?? [];
}

/** Vowels that are spoken as one; a diaeresis begins another. */
const NUCLEI = /aai|eeu|ieu|ooi|oei|aa|ee|oo|uu|ie|oe|eu|ui|ij|ei|au|ou|[aeiouyáéíóúàèùâêîôûäëïöü]/giu;

/** At least one. */
function syllablesIn(word: string): number {
  return Math.max(1, word.normalize("NFC").match(NUCLEI)?.length ?? 0);
}
