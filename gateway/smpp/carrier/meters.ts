/** The gauges that a carrier's thread writes (layout in schemas/link.ts), and the histogram of its response times. */
import { GAUGE_WORDS, LATENCY_BUCKETS } from "../../../schemas/link.js";

const FIRST_MS = 0.1;
const BUCKETS_PER_DOUBLING = 4;

export class Meters {
  readonly gauges: Int32Array;
  readonly #latency: Int32Array;
  #lastMs = -1;
  #lastBucket = 0;

  constructor(buffer: SharedArrayBuffer) {
    this.gauges = new Int32Array(buffer, 0, GAUGE_WORDS);
    this.#latency = new Int32Array(buffer, GAUGE_WORDS * 4, LATENCY_BUCKETS);
  }

  count(gauge: number, by = 1): void {
    this.gauges[gauge] = this.gauges[gauge]! + by;
  }

  set(gauge: number, value: number): void {
    this.gauges[gauge] = value;
  }

  /** Whole batches are sent and answered at the same moments, so the last bucket is mostly the right one again. */
  latency(ms: number): void {
    if (ms !== this.#lastMs) {
      const bucket = Math.ceil(Math.log2(ms / FIRST_MS) * BUCKETS_PER_DOUBLING) - 1;
      this.#lastBucket = Math.min(Math.max(bucket, 0), LATENCY_BUCKETS - 1);
      this.#lastMs = ms;
    }
    this.#latency[this.#lastBucket] = this.#latency[this.#lastBucket]! + 1;
  }
}
