/**
 * scale.16m: ten times the country against the country, in the same run. For each figure a line with how many times more
 * time or memory the larger one takes; scale.16m itself is the worst of them.
 */
import { run as geometry } from "./geometry.js";
import type { BenchLine, BenchOptions, Report } from "./report.js";
import { makeFolder } from "./rig.js";
import { round } from "./sample.js";
import { run as selection } from "./selection.js";
import { run as whole } from "./whole.js";

const FACTOR = 10;

export async function run(report: Report, options: BenchOptions): Promise<void> {
  const once = await figures({ ...options, wants: () => true });
  const tenfold = await figures({ ...options, participants: options.participants * FACTOR, wants: () => true });
  let worst = 0;
  for (const [name, small] of once) {
    const large = tenfold.get(name);
    if (small.value === null || !large || large.value === null) continue;
    const times = large.value / small.value;
    worst = Math.max(worst, times);
    report({ ...large, name: `scale.16m.${name}`, peer: small.value, ratio: round(times) });
  }
  report({ name: "scale.16m", value: round(worst), unit: "x", p50: null, p99: null, peer: null, ratio: null });
}

async function figures(options: BenchOptions): Promise<Map<string, BenchLine>> {
  const lines = new Map<string, BenchLine>();
  const keep: Report = (line) => void lines.set(line.name, line);
  await geometry(keep, options);
  await selection(keep, options);
  await whole(await makeFolder(options.participants), keep, options);
  return lines;
}
