/** The thread of one course: its clocks are ours. */
import { parentPort, workerData } from "node:worker_threads";
import { install } from "../../fuzz/world/time.js";
import { type Course, runCourse } from "./course.js";

install();
parentPort!.postMessage(runCourse(workerData as Course));
