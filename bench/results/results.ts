/** results.year: the report of a year of 8,400 actions at rest, and results.year.atWork: of as many of which none is at rest yet. */
import { ActionStore } from "../../engine/actions/action-store.js";
import { MACHINE_CLOCK } from "../../engine/clock/clock.js";
import { WaveStore } from "../../engine/dispatch/ledger/wave-store.js";
import { openDataFolder } from "../../engine/registry/open.js";
import { ReplyStore } from "../../engine/replies/reply-store.js";
import { Results } from "../../engine/results/results.js";
import { RESULTS } from "../../schemas/limits.js";
import { given } from "../live-registry.js";
import type { BenchOptions, Report } from "../report.js";
import { newFolder } from "../rig.js";
import { line, sample } from "../sample.js";
import { makeFacts, putYear, YEAR } from "./year.js";

const RUNS = 20;
const TINY_ACTIONS = 200;

export async function run(report: Report, { tiny }: BenchOptions): Promise<void> {
  const { store, vault } = given(openDataFolder(newFolder()));
  const [records, waves, replies] = [new ActionStore(store), new WaveStore(store), new ReplyStore(store, vault)];
  const facts = makeFacts(1);
  await putYear({ store, vault, records, waves, replies }, tiny ? facts.slice(0, TINY_ACTIONS) : facts);
  const found = {
    of: ({ waves: listed }: { waves: readonly { readonly id: number }[] }) =>
      listed.map((wave) => ({ wave: wave as never, stored: given(waves.get(wave.id)), live: undefined })),
  };
  const results = new Results({
    ...{
      store,
      records,
      found,
      replies,
      clock: MACHINE_CLOCK,
      municipalityAt: () => undefined,
      ledToSuccess: () => false,
    },
  });
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
  await store.close();
}
