/** The thread of one course: its clocks are ours. */
import { parentPort, workerData } from "node:worker_threads";
import { install } from "../../fuzz/world/time.js";
import { runCourse, type Scenario } from "./scenario.js";

install();
parentPort!.postMessage(runCourse(workerData as Scenario));
