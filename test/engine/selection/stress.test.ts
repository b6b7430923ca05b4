/**
 * Selections under stress, judged by brute force (crowd.ts): nobody too few and nobody too many, whatever happens meanwhile.
 * As a campaign the process has one core, which it shares with four that are always busy, so that each thread is put aside
 * in the middle of whatever it does.
 */

import { execFileSync } from "node:child_process";
import { expect, it } from "vitest";
import { CAMPAIGNS, running } from "../../campaign/campaigns.js";
import { startChild } from "../../children.js";
import type { StressCounts } from "./stress.js";

const { size: SELECTIONS, seed, again, tell } = running("selection");
const IS_WHOLE = SELECTIONS > CAMPAIGNS.selection.share;
const NEIGHBOURS = IS_WHOLE ? 4 : 0;
const CORE = "0";

it(
  `nobody is missing from ${SELECTIONS} selections under stress, and nobody is asked who stays away (${again})`,
  async () => {
    const pinned = IS_WHOLE && hasTaskset();
    const start = (...node: string[]) => {
      return pinned
        ? startChild("taskset", ["-c", CORE, process.execPath, ...node])
        : startChild(process.execPath, node);
    };
    for (let number = 0; number < NEIGHBOURS; number += 1) start("--eval", "for (;;);");
    const script = new URL("./stress.js", import.meta.url).pathname;
    const child = start(script, JSON.stringify({ selections: SELECTIONS, seed }));
    const { code } = await child.ended;
    expect(code, child.errors()).toBe(0);
    const counts = JSON.parse(child.lines.at(-1)!) as StressCounts;
    tell(report(counts, pinned));
    expect(counts.wrong).toEqual([]);
    expect(counts.selections).toBeGreaterThanOrEqual(SELECTIONS);
    expect(counts.tidied).toBeGreaterThan(0);
  },
  120_000 + SELECTIONS * 200,
);

function hasTaskset(): boolean {
  try {
    execFileSync("taskset", ["--version"]);
    return true;
  } catch {
    console.log("taskset (util-linux) was not found: the campaign runs on all cores");
    return false;
  }
}

function report(counts: StressCounts, pinned: boolean): string {
  const { selections, shared, counts: counted, changes, bursts, tidied, kills, refused, wrong } = counts;
  const where = pinned ? `one core with ${NEIGHBOURS} busy neighbours` : "all cores";
  const problems = Object.entries(refused).map(([code, times]) => `${times} ${code}`);
  return `${selections} selections on ${where} (${shared} shared among workers, ${counted} counts), ${changes} changes and ${bursts} bursts meanwhile, tables put in order ${tidied} times, ${kills} workers killed; ${problems.length > 0 ? `asked again after ${problems.join(", ")}; ` : ""}${wrong.length} wrong`;
}
