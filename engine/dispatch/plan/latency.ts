/** Quantiles of how long answers took, from a histogram of them in the buckets of GAUGE (schemas/link.ts). */
import { LATENCY_BUCKETS } from "../../../schemas/link.js";

/** Upper edge, in ms, of the bucket in which the quantile lies; null before any response. */
export function latencyOf(buckets: ArrayLike<number>, quantile: number): number | null {
  let total = 0;
  for (let bucket = 0; bucket < LATENCY_BUCKETS; bucket++) total += buckets[bucket]! >>> 0;
  if (total === 0) return null;
  let left = total * quantile;
  for (let bucket = 0; bucket < LATENCY_BUCKETS; bucket++) {
    left -= buckets[bucket]! >>> 0;
    if (left <= 0) return edge(bucket);
  }
  return edge(LATENCY_BUCKETS - 1);
}

function edge(bucket: number): number {
  return Number((0.1 * 2 ** ((bucket + 1) / 4)).toPrecision(3));
}
