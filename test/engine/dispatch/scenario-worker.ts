/** The thread of one scenario: its clocks are ours. */
import { parentPort, workerData } from "node:worker_threads";
import { install } from "../../fuzz/world/time.js";
import { runScenario, type Scenario } from "./scenario.js";

install();
parentPort!.postMessage(runScenario(workerData as Scenario));
