/**
 * Long work on the main thread, a little in each turn of its loop, so that the ledger and the API go on meanwhile. Of all that
 * waits one goes on in a turn, in the order in which it came and then round and round: four imports and a dozen large bodies at a
 * time hold nobody up for longer than one of them.
 */
import { setImmediate } from "node:timers";
import { THREAD } from "../../schemas/limits.js";

/** Goes on until about then; true when there is more of it. */
export type Work = (untilMs: number) => boolean;

const waiting: Work[] = [];
let isScheduled = false;

/** Goes on with it whenever it is its turn, from the next turn of the loop on. */
export function whenTime(work: Work): void {
  waiting.push(work);
  schedule();
}

function schedule(): void {
  if (isScheduled) return;
  isScheduled = true;
  setImmediate(oneTurn);
}

function oneTurn(): void {
  isScheduled = false;
  const work = waiting.shift()!;
  // Before it, for it may throw.
  if (waiting.length > 0) schedule();
  if (!work(performance.now() + THREAD.sliceMs)) return;
  waiting.push(work);
  schedule();
}

/** Runs the steps to their end; each must be short against a slice. `onTurn` is told of the time that a turn took. */
export function inSlices<T>(steps: Generator<void, T>, onTurn?: (tookMs: number) => void): Promise<T> {
  return new Promise((resolve, reject) => {
    const work: Work = (untilMs) => {
      const fromMs = performance.now();
      let step = steps.next();
      while (!step.done && performance.now() < untilMs) step = steps.next();
      onTurn?.(performance.now() - fromMs);
      if (step.done) resolve(step.value);
      return !step.done;
    };
    whenTime(settling(work, reject));
  });
}

/** Does one thing that can't be divided, and takes as long as a slice at most. */
export function inTurn<T>(piece: () => T): Promise<T> {
  return new Promise((resolve, reject) => {
    const work: Work = () => {
      resolve(piece());
      return false;
    };
    whenTime(settling(work, reject));
  });
}

/** What it throws is told to who waits for it, and is nobody else's. */
function settling(work: Work, reject: (error: unknown) => void): Work {
  return (untilMs) => {
    try {
      return work(untilMs);
    } catch (error) {
      reject(error);
      return false;
    }
  };
}
