/** Counts by word, each word a member of its own: a record would say in a document which there are, and not of what type. */
import { z } from "zod";

export function countsBy<Word extends string>(words: readonly Word[]) {
  return eachOf(words, z.int());
}

/** One member of this type for each word. */
export function eachOf<Word extends string, Member extends z.ZodType>(words: readonly Word[], member: Member) {
  return z.object(Object.fromEntries(words.map((word) => [word, member])) as Record<Word, Member>);
}
