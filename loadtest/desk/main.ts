/** `npm run desk`: callers who give up and the time to the first useful tip, with and without pacing, as a table. Simulated, in seconds of ours. */
import { Command } from "commander";
import { Random } from "../registry/random.js";
import { play, SITUATIONS, type Situation, type Told } from "./callers.js";

const { runs } = new Command("desk")
  .description("simulated callers and an answering desk, with and without pacing")
  .option("--runs <n>", "actions of each sort", "400")
  .parse()
  .opts<{ runs: string }>();

console.log("| action | | callers | with one | gave up | wait | first useful tip, median | with one | asked by then |");
console.log("|---|---|---|---|---|---|---|---|---|");
for (const situation of SITUATIONS) {
  for (const isPaced of [false, true]) console.log(rowOf(situation, isPaced, Number(runs)));
}

function rowOf(situation: Situation, isPaced: boolean, times: number): string {
  const told: Told[] = [];
  for (let run = 0; run < times; run++) {
    const random = new Random();
    random.start(20_261_130, run);
    told.push(play(situation, isPaced, () => random.next()));
  }
  const sum = (value: (one: Told) => number): number => told.reduce((total, one) => total + value(one), 0);
  const callers = sum((one) => one.callers);
  const tips = told.filter(({ tipAtMs }) => tipAtMs !== undefined);
  const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;
  const seconds = Math.round(median(tips.map(({ tipAtMs }) => tipAtMs!)) / 1_000);
  return `| ${[
    situation.name,
    isPaced ? "paced" : "not paced",
    (callers / times).toFixed(1),
    `${Math.round((100 * told.filter((one) => one.callers > 0).length) / times)} %`,
    `${((100 * sum((one) => one.gaveUp)) / Math.max(1, callers)).toFixed(1)} %`,
    `${Math.round(sum((one) => one.waitMs) / times / 1_000)} s`,
    `${seconds} s`,
    `${Math.round((100 * tips.length) / times)} %`,
    Math.round(median(tips.map(({ askedAtTip }) => askedAtTip))).toLocaleString("en"),
  ].join(" | ")} |`;
}
