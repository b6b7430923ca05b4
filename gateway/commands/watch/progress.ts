/** Shows how far a long command is, on stderr: a bar on a terminal, else a line every few seconds. */

import { type GenericFormatter, type Options, SingleBar } from "cli-progress";
import type { OnProgress, Progress } from "../../../engine/registry/progress.js";
import { lineWithBar, percent } from "./bar.js";

const LINE_MS = 5_000;
const WHOLE = new Intl.NumberFormat("en");

export interface Shown {
  readonly onProgress: OnProgress;
  /** Leaves the terminal as it was; says nothing itself. */
  stop(): void;
}

export function showProgress(what: string): Shown {
  return process.stderr.isTTY ? showBar(what) : showLines(what);
}

/** Fields that stand beside a bar, before and after the numbers that it is made of. */
export interface BarWords {
  readonly what: string;
  readonly after: readonly string[];
}

/** How cli-progress draws a line: its own would be cut at the edge of the terminal, and full before all is done. */
export const drawBar: GenericFormatter = (_options, { value, total, maxWidth }, { what, after }: BarWords) => {
  const count = `${WHOLE.format(value)} of ${WHOLE.format(total)}`;
  // A line of the whole width would leave the cursor on the next one.
  return lineWithBar([what, percent(value, total), count, ...after], value, total, maxWidth - 1);
};

const BAR: Options = { format: drawBar, hideCursor: true, stopOnComplete: false, stream: process.stderr };

/** What ends this process by default; a bar that is cut off would leave a terminal without its cursor. */
const ENDING = ["SIGINT", "SIGTERM"] as const;

function showBar(what: string): Shown {
  const bar = new SingleBar(BAR);
  let started = false;
  const stop = (): void => {
    bar.stop();
    for (const signal of ENDING) process.off(signal, end);
  };
  const end = (signal: NodeJS.Signals): void => {
    stop();
    process.kill(process.pid, signal);
  };
  for (const signal of ENDING) process.on(signal, end);
  return {
    onProgress: (progress) => {
      const total = progress.total ?? estimatedTotal(progress);
      const rate = `${WHOLE.format(Math.round(progress.ratePerSecond))}/s`;
      const words: BarWords = { what, after: [rate, `${seconds(progress.leftMs)} left`] };
      if (!started) bar.start(total, progress.done, words);
      started = true;
      bar.setTotal(total);
      bar.update(progress.done, words);
    },
    stop,
  };
}

/** Where only the time left is known, as for the rows of a file, the total follows from it; there is always one more. */
function estimatedTotal({ done, ratePerSecond, leftMs }: Progress): number {
  return leftMs === undefined ? done + 1 : Math.round(done + 1 + (ratePerSecond * leftMs) / 1_000);
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
