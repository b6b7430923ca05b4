/**
 * scale.16m: ten times the country against the country, in the same run. For each figure a line with how many times more
 * time or memory the larger one takes; scale.16m itself is the worst of them, but for that of a bare copy: the numbers of 1.6 million
 * people lie in a processor's cache, those of ten times as many don't.
 *
 * Each part runs in a process of its own: what one leaves in memory made another up to three times slower.
 */
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { alone, type BenchLine, type BenchOptions, type Report } from "../report.js";
import { round } from "../sample.js";
import { COPY } from "./geometry.js";

const FACTOR = 10;
const PARTS = [["geometry"], ["selection"], ["start.ready"], ["nationwide.total", "memory.rss"]];
const MAIN = fileURLToPath(new URL("../main.js", import.meta.url));

export async function run(report: Report, { participants, tiny }: BenchOptions): Promise<void> {
  let worst = 0;
  for (const names of PARTS) {
    const once = await figures(names, participants, tiny);
    const tenfold = await figures(names, participants * FACTOR, tiny);
    for (const small of once) {
      const large = tenfold.find(({ name }) => name === small.name);
      if (small.value === null || !large || large.value === null) continue;
      const times = round(large.value / small.value);
      if (small.name !== COPY) worst = Math.max(worst, times);
      report({ ...large, name: `scale.16m.${small.name}`, peer: small.value, ratio: times });
    }
  }
  report(alone("scale.16m", worst, "x"));
}

async function figures(names: readonly string[], participants: number, tiny: boolean): Promise<BenchLine[]> {
  const words = [MAIN, "--json", "--participants", String(participants), ...(tiny ? ["--tiny"] : []), ...names];
  const { stdout } = await promisify(execFile)(process.execPath, words);
  const lines = stdout.trim().split("\n");
  return lines.map((line) => JSON.parse(line) as BenchLine).filter(({ name }) => name !== "selection.build");
}
