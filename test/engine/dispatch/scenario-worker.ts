/** The thread of one scenario, or of one flood: its clocks are ours. */
import { parentPort, workerData } from "node:worker_threads";
import { install } from "../../fuzz/world/time.js";
import { type Flood, runFlood } from "./flood.js";
import { runScenario, type Scenario } from "./scenario.js";

install();
const asked = workerData as Scenario | Flood;
parentPort!.postMessage("large" in asked ? runFlood(asked) : runScenario(asked));
