/**
 * `npm run fuzz [-- --target NAME… --seed N --cases N --first N]`: a million cases of each target, or as many as are asked
 * for. What fails is printed with how to make it again, and as a file to be kept in test/fuzz/corpus/.
 */
import { Command } from "commander";
import { TARGETS } from "./registry.js";
import { Watched } from "./watched.js";
import type { Report } from "./worker.js";

const names = TARGETS.map(({ name }) => name);
const program = new Command("fuzz")
  .option("--target <name...>", `which: ${names.join(", ")}`, names)
  .option("--seed <n>", "of all cases; without it, another one each time")
  .option("--cases <n>", "of each target", "1000000")
  .option("--first <n>", "number of the first case", "0")
  .parse();
const options = program.opts<{ target: string[]; seed?: string; cases: string; first: string }>();
const unknown = options.target.filter((name) => !names.includes(name));
if (unknown.length > 0) program.error(`there is no target ${unknown.join(", ")}; there are ${names.join(", ")}`);

const seed = options.seed === undefined ? Math.floor(Math.random() * 2 ** 31) : Number(options.seed);
const first = Number(options.first);
const count = Number(options.cases);
const fuzzer = new Watched();
console.log(`seed ${seed}`);
let failed = false;
for (const target of options.target) {
  const { milliseconds, failure } = await fuzzer.run({ target, seed, first, count });
  const seconds = (milliseconds / 1_000).toFixed(1);
  if (failure === null) console.log(`${target}: ${count.toLocaleString("en")} cases, ${seconds} s`);
  else {
    failed = true;
    tell(target, failure);
  }
}
await fuzzer.close();
process.exitCode = failed ? 1 : 0;

function tell(target: string, { number, error, bytes }: NonNullable<Report["failure"]>): void {
  console.log(
    `${target}: case ${number} fails; again: npm run fuzz -- --target ${target} --seed ${seed} --first ${number} --cases 1`,
  );
  console.log(error);
  // As a file of the corpus.
  console.log(`# target: ${target}\n# WHAT IT WAS\n${Buffer.from(bytes).toString("hex")}`);
}
