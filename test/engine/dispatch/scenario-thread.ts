/** Runs a scenario (scenario.ts), or a flood (flood.ts), in a thread of its own, whose clocks are ours. */
import { Worker } from "node:worker_threads";
import type { Flood, FloodResult } from "./flood.js";
import type { Scenario, ScenarioResult } from "./scenario.js";

/** Of a short text that is sent again where nothing else is said, and of twenty minutes at most. */
export function runScenario(
  scenario: Partial<Scenario> & Pick<Scenario, "people" | "carriers">,
): Promise<ScenarioResult> {
  return inThread({ text: "Burgernet", onUnknown: "resend", limitMs: 1_200_000, ...scenario });
}

export function runFlood(flood: Flood): Promise<FloodResult> {
  return inThread(flood);
}

function inThread<T>(workerData: Scenario | Flood): Promise<T> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL("./scenario-worker.js", import.meta.url), { workerData });
    worker.once("message", resolve);
    worker.once("error", reject);
  });
}
