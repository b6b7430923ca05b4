/** Long work on the main thread, a little in each turn of its loop, so that the ledger and the API go on meanwhile. */
import { setImmediate } from "node:timers/promises";
import { MUNICIPALITY } from "../../schemas/limits.js";

/** Runs the steps to their end; each must be short against a slice. `onTurn` is told of the time that a turn took. */
export async function inSlices<T>(steps: Generator<void, T>, onTurn?: (tookMs: number) => void): Promise<T> {
  for (;;) {
    const fromMs = performance.now();
    let tookMs = 0;
    while (tookMs < MUNICIPALITY.sliceMs) {
      const step = steps.next();
      tookMs = performance.now() - fromMs;
      if (!step.done) continue;
      onTurn?.(tookMs);
      return step.value;
    }
    onTurn?.(tookMs);
    await setImmediate();
  }
}
