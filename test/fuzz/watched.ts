/** A fuzzing thread that is watched from outside: a case that takes too long is a failure like any other. */
import { Worker } from "node:worker_threads";
import type { Order, Report } from "./worker.js";

/** A case takes microseconds; on a machine that is busy with everything else a long pause is still no hang. */
const HANGS_AFTER_MS = 60_000;

export class Watched {
  #progress = new Int32Array(new SharedArrayBuffer(4));
  #worker: Worker | undefined;

  /** Runs one order; rejects when the thread itself fails. */
  async run(order: Order): Promise<Report> {
    this.#worker ??= new Worker(new URL("./worker.js", import.meta.url), { workerData: this.#progress.buffer });
    const worker = this.#worker;
    let seen = -1;
    let watch: NodeJS.Timeout | undefined;
    try {
      return await new Promise<Report>((resolve, reject) => {
        worker.once("message", resolve);
        worker.once("error", reject);
        worker.postMessage(order);
        watch = setInterval(() => {
          const number = Atomics.load(this.#progress, 0);
          if (number === seen) resolve(hung(number));
          seen = number;
        }, HANGS_AFTER_MS);
      });
    } finally {
      clearInterval(watch);
      worker.removeAllListeners("message");
      worker.removeAllListeners("error");
      // One that hangs is of no use any more, and one that is done waits for nothing.
      if (watch !== undefined && Atomics.load(this.#progress, 0) === seen) await this.close();
    }
  }

  async close(): Promise<void> {
    await this.#worker?.terminate();
    this.#worker = undefined;
  }
}

function hung(number: number): Report {
  return { milliseconds: HANGS_AFTER_MS, failure: { number, error: "the case hangs", bytes: new Uint8Array(0) } };
}
