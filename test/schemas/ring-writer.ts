/** Writes the records of ring-records.ts into a ring, as fast as the reader makes room. The other side is ring.test.ts. */
import { workerData } from "node:worker_threads";
import { Ring } from "../../schemas/ring.js";
import { recordWords, wordOf } from "./ring-records.js";

const { buffer, records, seed, most } = workerData as {
  buffer: SharedArrayBuffer;
  records: number;
  seed: number;
  most: number;
};
const ring = new Ring(buffer);
const pause = new Int32Array(new SharedArrayBuffer(4));

for (let record = 0; record < records; record++) {
  const words = recordWords(seed, record, most);
  let at = ring.reserve(words);
  while (at < 0) {
    // Full: what was reserved has to be shown first, or the reader would wait for it for ever.
    ring.publish();
    Atomics.wait(pause, 0, 0, 0.05);
    at = ring.reserve(words);
  }
  for (let word = 0; word < words; word++) ring.words[at + word] = wordOf(seed, record, word);
  // Some records are shown at once, others in groups.
  if (wordOf(seed, record, 0) % 3 === 0) ring.publish();
}
ring.publish();
