/** results.year: the report of a year of 8,400 actions at rest, and results.year.atWork: of as many of which none is at rest yet. */
import { MACHINE_CLOCK } from "../../engine/clock/clock.js";
import { RESULTS } from "../../schemas/limits.js";
import { given } from "../live-registry.js";
import type { BenchOptions, Report } from "../report.js";
import { newFolder } from "../rig.js";
import { line, sample } from "../sample.js";
import { openResults } from "./opened.js";
import { makeFacts, putYear, YEAR } from "./year.js";

const RUNS = 20;
const TINY_ACTIONS = 200;

export async function run(report: Report, { tiny }: BenchOptions): Promise<void> {
  const { results, ...folder } = openResults(newFolder(), MACHINE_CLOCK);
  const facts = makeFacts(1);
  await putYear(folder, tiny ? facts.slice(0, TINY_ACTIONS) : facts);
  const query = { from: `${YEAR.year}-01-01`, to: `${YEAR.year}-12-31` };
  const took = async (): Promise<number> => {
    const fromMs = performance.now();
    given(await results.report(query));
    return performance.now() - fromMs;
  };
  const runs = tiny ? 1 : RUNS;
  report(line("results.year.atWork", "ms", await sample("results.year.atWork", runs, took)));
  for (let pass = 0; pass * RESULTS.perPass < YEAR.actions; pass++) given(await results.tidy());
  report(line("results.year", "ms", await sample("results.year", runs, took)));
  await folder.store.close();
}
