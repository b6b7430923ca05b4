/** Records whose size and content both sides of a ring can work out for themselves. */

/** Words of record number `record`, 0 to `most`. */
export function recordWords(seed: number, record: number, most: number): number {
  return mix(seed ^ Math.imul(record, 0x9e3779b1)) % (most + 1);
}

/** Word `word` of record number `record`. Every fifth is the filler's own value, which must not be taken for one. */
export function wordOf(seed: number, record: number, word: number): number {
  if (mix(seed + word) % 5 === 0) return 0xffff_ffff;
  return mix(mix(seed + record) + word);
}

function mix(value: number): number {
  let h = value | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
