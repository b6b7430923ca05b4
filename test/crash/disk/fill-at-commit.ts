/**
 * Preloaded (node --import) into the process of the service: makes the disk full right before the nth commit from when a plan for
 * that appears in the file that SEINPOST_TEST_DISK names; the plan is renamed when that is done. In other threads it does nothing.
 */
import { existsSync, readFileSync, renameSync } from "node:fs";
import { isMainThread } from "node:worker_threads";
import { fillDisk } from "./ballast.js";

export interface FillPlan {
  readonly ballast: string;
  /** How many commits there are to be before. */
  readonly commits: number;
  /** How much is left free. */
  readonly leaveBytes: number;
}

export const DONE = ".done";

const file = process.env.SEINPOST_TEST_DISK;
if (isMainThread && file !== undefined) {
  const { Store } = await import("../../../engine/store/store.js");
  const { commit } = Store.prototype;
  let commits = 0;
  Store.prototype.commit = function (write) {
    if (existsSync(file)) {
      const plan = JSON.parse(readFileSync(file, "utf8")) as FillPlan;
      if (commits++ >= plan.commits) {
        commits = 0;
        fillDisk(plan.ballast, plan.leaveBytes);
        renameSync(file, `${file}${DONE}`);
      }
    }
    return commit.call(this, write);
  };
}
