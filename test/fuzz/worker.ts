/**
 * The thread that fuzzes: runs what it is told and says how it went. It lives in a world of its own (world/time.ts), so what
 * is measured here is measured by the process's clock.
 */
import { parentPort, workerData } from "node:worker_threads";
import { assert } from "../../schemas/errors.js";
import { failureOf, run } from "./campaign.js";
import { TARGETS } from "./registry.js";
import { install } from "./world/time.js";

/** Cases of a target, or one case as bytes. */
export type Order =
  | { readonly target: string; readonly seed: number; readonly first: number; readonly count: number }
  | { readonly target: string; readonly bytes: Uint8Array };

export interface Report {
  readonly milliseconds: number;
  /** `bytes` of what failed, made as small as could be. */
  readonly failure: { readonly number: number; readonly error: string; readonly bytes: Uint8Array } | null;
}

/** Int32 in `workerData`: the number of the case that is running. */
const progress = new Int32Array(workerData);
assert(parentPort !== null, "this is a worker");
const port = parentPort;
install();

port.on("message", (order: Order) => {
  const began = process.hrtime.bigint();
  const target = TARGETS.find(({ name }) => name === order.target);
  assert(target !== undefined, "the target exists");
  const failure = "bytes" in order ? replay(target, order.bytes) : runAll(target, order);
  const report: Report = { milliseconds: Number(process.hrtime.bigint() - began) / 1e6, failure };
  port.postMessage(report);
});

function replay(target: (typeof TARGETS)[number], bytes: Uint8Array): Report["failure"] {
  const error = failureOf(target, bytes);
  return error === null ? null : { number: 0, error, bytes };
}

function runAll(target: (typeof TARGETS)[number], order: Extract<Order, { seed: number }>): Report["failure"] {
  return run(target, order.seed, order.first, order.count, (number) => Atomics.store(progress, 0, number));
}
