/** Shows how far a long command is, on stderr: a bar on a terminal, else a line every few seconds. */

import { type Options, SingleBar } from "cli-progress";
import type { OnProgress, Progress } from "../../engine/registry/progress.js";

const LINE_MS = 5_000;
const BAR: Options = {
  format: "{what} [{bar}] {percentage}% | {value} of {total} | {rate}/s | {left} left",
  hideCursor: true,
  stopOnComplete: false,
  stream: process.stderr,
};

export interface Shown {
  readonly onProgress: OnProgress;
  /** Leaves the terminal as it was; says nothing itself. */
  stop(): void;
}

export function showProgress(what: string): Shown {
  return process.stderr.isTTY ? showBar(what) : showLines(what);
}

function showBar(what: string): Shown {
  const bar = new SingleBar(BAR);
  let started = false;
  return {
    onProgress: (progress) => {
      const total = progress.total ?? estimatedTotal(progress);
      const words = { what, rate: Math.round(progress.ratePerSecond), left: seconds(progress.leftMs) };
      if (!started) bar.start(total, progress.done, words);
      started = true;
      bar.setTotal(total);
      bar.update(progress.done, words);
    },
    stop: () => bar.stop(),
  };
}

/** Where only the time left is known, as for the rows of a file, the total follows from it. */
function estimatedTotal({ done, ratePerSecond, leftMs }: Progress): number {
  return leftMs === undefined ? done : Math.round(done + (ratePerSecond * leftMs) / 1_000);
}

function showLines(what: string): Shown {
  let saidMs = performance.now();
  return {
    onProgress: ({ done, ratePerSecond, leftMs }) => {
      if (performance.now() - saidMs < LINE_MS) return;
      saidMs = performance.now();
      process.stderr.write(`${what}: ${done}, ${Math.round(ratePerSecond)}/s, ${seconds(leftMs)} left\n`);
    },
    stop: () => undefined,
  };
}

function seconds(ms: number | undefined): string {
  return ms === undefined ? "?" : `${Math.ceil(ms / 1_000)} s`;
}
