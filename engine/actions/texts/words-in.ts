/** Finding words of a list in a text: whole ones, whatever their case, of one word or of several. */
import { KINDS } from "../../../schemas/limits.js";

/** The first of the words that stands in the text; undefined where none does. */
export function findWord(text: string, words: readonly string[]): string | undefined {
  return words.find((word) => placeOf(text, word) !== undefined);
}

/** Where the word ends; undefined where it does not stand in the text. */
export function placeOf(text: string, word: string, exactCase = false): number | undefined {
  const found = patternOf(word, exactCase).exec(text);
  return found ? found.index + found[0].length : undefined;
}

/** Of the words of a catalogue, each made once: to make them takes longer than to look with them. */
const patterns = new Map<string, RegExp>();

function patternOf(word: string, exactCase: boolean): RegExp {
  const flags = exactCase ? "u" : "iu";
  const known = patterns.get(flags + word);
  if (known) return known;
  // Only a catalogue that was read again brings more.
  if (patterns.size >= 4 * KINDS.words) patterns.clear();
  const source = word.trim().split(/\s+/).map(escaped).join("\\s+");
  const pattern = new RegExp(`(?<![\\p{L}\\p{N}])${source}(?![\\p{L}\\p{N}])`, flags);
  patterns.set(flags + word, pattern);
  return pattern;
}

function escaped(word: string): string {
  return word.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
}
