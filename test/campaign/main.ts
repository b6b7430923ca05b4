/**
 * `npm run campaign -- NAME… [--size N] [--seed N]`: runs whole campaigns, one after the other, and ends each with one line
 * of figures. Exits with 1 if one of them fails.
 */
import { spawn } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Command } from "commander";
import { CAMPAIGNS, type CampaignName, ENVIRONMENT } from "./campaigns.js";

const names = Object.keys(CAMPAIGNS) as CampaignName[];
const isName = (name: string): name is CampaignName => (names as string[]).includes(name);
const program = new Command("campaign")
  .argument("<name...>", names.map((name) => `${name} (${CAMPAIGNS[name].what})`).join("; "))
  .option("--size <n>", "how much of what it counts")
  .option("--seed <n>", "of all that is drawn by chance; without it, another one each time")
  .parse();
const options = program.opts<{ size?: string; seed?: string }>();
for (const name of program.args) {
  if (!isName(name)) program.error(`there is no campaign ${name}; there are ${names.join(", ")}`);
  else if (!(await run(name))) process.exitCode = 1;
}

async function run(name: CampaignName): Promise<boolean> {
  const figures = join(tmpdir(), `seinpost-campaign-${process.pid}-${name}`);
  const environment: NodeJS.ProcessEnv = { ...process.env, [ENVIRONMENT.name]: name, [ENVIRONMENT.figures]: figures };
  if (options.size !== undefined) environment[ENVIRONMENT.size] = options.size;
  if (options.seed !== undefined) environment[ENVIRONMENT.seed] = options.seed;
  const startedAt = performance.now();
  const child = spawn("npx", ["vitest", "run", "--no-file-parallelism", CAMPAIGNS[name].file], {
    env: environment,
    stdio: "inherit",
  });
  const code = await new Promise((resolve) => child.once("close", resolve));
  const minutes = ((performance.now() - startedAt) / 60_000).toFixed(1);
  console.log(`${name}: ${code === 0 ? "holds" : "FAILS"}, ${minutes} min; ${readFigures(figures)}`);
  return code === 0;
}

function readFigures(file: string): string {
  try {
    return readFileSync(file, "utf8").trim().replaceAll("\n", "; ");
  } catch {
    return "no figures";
  } finally {
    rmSync(file, { force: true });
  }
}
