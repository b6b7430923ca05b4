/** The entry of a carrier's thread; what it does is in carrier-thread.ts. */
import { parentPort, workerData } from "node:worker_threads";
import { assert } from "../../../schemas/errors.js";
import { CarrierThread } from "./carrier-thread.js";

assert(parentPort !== null, "a carrier runs in a thread of its own");
new CarrierThread(workerData, parentPort);
