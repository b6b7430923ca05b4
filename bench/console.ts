/**
 * console.count: from the question of the dispatcher's page to the answer, after a rest of the hand: a preview of a circle about a town,
 * with its kind and fields, so with counts by channel, language and reason, every text and what it costs. Each circle is another,
 * from 1 to 50 km, since the same one again is answered from memory.
 */
import { Random } from "../loadtest/registry/random.js";
import type { Preview } from "../schemas/api/api.js";
import type { BenchOptions, Report } from "./report.js";
import { startRig } from "./rig.js";
import { line, sample } from "./sample.js";
import { TOWNS } from "./submit/first-submit.js";

/** So far from the middle of a town. Where hardly anybody lives a preview costs twenty times as much of what a key may ask. */
const ASIDE_DEGREES = 0.05;
const RUNS = 200;
const WARM_UPS = 10;

export async function run(folder: string, report: Report, { tiny }: BenchOptions): Promise<void> {
  const rig = await startRig(folder, 1);
  const random = new Random();
  random.start(20_261_201, 0);
  const count = async (): Promise<number> => {
    const [lng, lat] = TOWNS[Math.floor(random.next() * TOWNS.length)]!;
    const center = [lng + ASIDE_DEGREES * random.next(), lat + ASIDE_DEGREES * random.next()];
    const area = { type: "Circle", center, radiusMeters: Math.round(1_000 * 50 ** random.next()) };
    const fields = { person: "boy", age: "5", place: "station Weesp" };
    const fromMs = performance.now();
    const { status } = await rig.engine.request<Preview>("POST", "/v1/previews", {
      area,
      kind: "missingPerson",
      fields,
    });
    if (status !== 200) throw new Error(`a preview was answered ${status}`);
    return performance.now() - fromMs;
  };
  try {
    for (let warmUp = 0; warmUp < (tiny ? 0 : WARM_UPS); warmUp += 1) await count();
    report(line("console.count", "ms", await sample("console.count", tiny ? 3 : RUNS, count)));
  } finally {
    await rig.close();
  }
}
