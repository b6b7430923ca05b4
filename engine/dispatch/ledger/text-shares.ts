/**
 * What the texts of a wave are counted as when it opens, and anew after a restart: of each how many recipients it has, and its parts at
 * the carrier that makes most of them.
 */
import { setImmediate } from "node:timers/promises";
import { assert } from "../../../schemas/errors.js";
import { DISPATCH } from "../../../schemas/limits.js";
import type { TextNumbers } from "../../../schemas/text-numbers.js";
import type { Roster } from "../../selection/selector.js";
import type { TextShare, WaveRecord } from "./wave-record.js";

type Counted = Pick<WaveRecord, "texts" | "segments" | "shares">;

/** Parts of a text at the carrier that makes most of them. */
type SegmentsOf = (text: string) => number;

/** In pieces, for a roster may be long. Where all have one text it is the only one that the wave has. */
export async function countTexts(
  texts: readonly string[],
  { count, textNumbers }: Roster,
  segmentsOf: SegmentsOf,
): Promise<Counted & { readonly textNumbers: TextNumbers }> {
  assert(texts.length > 0 && texts.length <= DISPATCH.texts, "a wave has a text, and no more than may be");
  const recipients = new Uint32Array(texts.length);
  if (texts.length === 1) recipients[0] = count;
  else {
    assert(textNumbers?.length === count, "where there are several texts each recipient has the number of one");
    for (let from = 0; from < count; from += DISPATCH.rosterChunk) {
      if (from > 0) await setImmediate();
      tally(textNumbers.subarray(from, from + DISPATCH.rosterChunk), recipients);
    }
  }
  const only = recipients.indexOf(count);
  if (only >= 0) return { texts: [texts[only]!], segments: segmentsOf(texts[only]!), textNumbers: undefined };
  const shares = texts.map((text, number) => ({ recipients: recipients[number]!, segments: segmentsOf(text) }));
  return { texts, segments: mostOf(shares), shares, textNumbers };
}

/** The same texts where a carrier was configured anew and makes more parts of one; undefined where they are counted as they were. */
export function recounted({ texts, segments, shares }: Counted, segmentsOf: SegmentsOf): Counted | undefined {
  if (shares === undefined) {
    const most = Math.max(segments, segmentsOf(texts[0]!));
    return most === segments ? undefined : { texts, segments: most };
  }
  const widened = shares.map((share, number) => {
    return { ...share, segments: Math.max(share.segments, segmentsOf(texts[number]!)) };
  });
  if (widened.every((share, number) => share.segments === shares[number]!.segments)) return undefined;
  return { texts, segments: Math.max(segments, mostOf(widened)), shares: widened };
}

function tally(numbers: Uint8Array, recipients: Uint32Array): void {
  for (let position = 0; position < numbers.length; position++) recipients[numbers[position]!]!++;
}

/** Of the texts that somebody gets. */
function mostOf(shares: readonly TextShare[]): number {
  return Math.max(...shares.map(({ recipients, segments }) => (recipients > 0 ? segments : 1)));
}
