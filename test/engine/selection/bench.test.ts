/** The benchmarks of geometry and of selection, live as well, still run, and report what they promise. Nothing is said about times. */

import { expect, it } from "vitest";
import type { BenchLine } from "../../../bench/report.js";
import * as geometry from "../../../bench/selection/geometry.js";
import * as live from "../../../bench/selection/live.js";
import * as selection from "../../../bench/selection/selection.js";

it("geometry, selection and live selection report their figures", async () => {
  const lines: BenchLine[] = [];
  for (const { run } of [geometry, selection, live]) {
    await run((line) => lines.push(line), {
      participants: 20_000,
      tiny: true,
      seconds: 1,
      samples: 1,
      wants: () => true,
    });
  }
  expect(lines.map((line) => line.name)).toEqual([
    "geometry.5km",
    "geometry.80km",
    "geometry.nationwide",
    "geometry.copy",
    "selection.build",
    "selection.5km",
    "selection.nationwide",
    "selection.channels",
    "live.selection",
    "live.applied",
  ]);
  for (const line of lines) {
    expect(line.value).toBeGreaterThan(0);
    if (line.name.startsWith("geometry") && line.name !== "geometry.copy") expect(line.ratio).toBeGreaterThan(0);
  }
});
