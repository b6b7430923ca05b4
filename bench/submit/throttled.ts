/**
 * submit.throttled and submit.limitUsed: of a carrier with a limit that nothing was configured about, the share of submits
 * that it throttles and the share of its limit that is used, both in percent, once it has been learnt. By the carrier's own
 * counters, over whole seconds.
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { SimulatorOptions } from "../../loadtest/carrier/process.js";
import type { BenchOptions, Report } from "../report.js";
import { copyFolder, dropFolder, nationwide, nowMs, startRig } from "../rig.js";
import { line, type Samples, sample } from "../sample.js";

const LIMIT_PER_SECOND = 1_000;
/** What the simulator is to be like besides; its limit is one of fixed seconds. */
const CARRIER: SimulatorOptions = { throttleAbove: LIMIT_PER_SECOND, receipts: 0 };

interface Times {
  readonly settleMs: number;
  readonly measureMs: number;
}

export async function run(folder: string, report: Report, { tiny }: BenchOptions): Promise<void> {
  const times: Times = tiny ? { settleMs: 500, measureMs: 1_500 } : { settleMs: 10_000, measureMs: 20_000 };
  const used: number[] = [];
  const throttled = await sample("submit.throttled", tiny ? 1 : 3, async () => {
    const shares = await measure(folder, times);
    used.push(shares.limitUsed);
    return shares.throttled;
  });
  report(line("submit.throttled", "%", throttled));
  report(line("submit.limitUsed", "%", await again(used)));
}

/** The figures that came with those of another benchmark, as samples of their own. */
function again(figures: readonly number[]): Promise<Samples> {
  return sample("submit.limitUsed", figures.length, async (run) => figures[run]!);
}

/** One run, with a service that has learnt nothing yet. */
async function measure(folder: string, { settleMs, measureMs }: Times) {
  const copy = copyFolder(folder);
  const rig = await startRig(copy, 1, CARRIER);
  try {
    const simulator = rig.simulators[0]!;
    await nationwide(rig.engine);
    await sleep(settleMs);
    const fromMs = nowMs();
    const from = await simulator.counters();
    await sleep(measureMs);
    const seconds = (nowMs() - fromMs) / 1_000;
    const to = await simulator.counters();
    const accepted = to.accepted - from.accepted;
    return {
      throttled: (100 * (to.throttled - from.throttled)) / (to.submitted - from.submitted),
      limitUsed: (100 * accepted) / (seconds * LIMIT_PER_SECOND),
    };
  } finally {
    await rig.close();
    dropFolder(copy);
  }
}
