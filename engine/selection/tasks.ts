/**
 * The engine's pool of worker threads, and how a task gets done although its worker may die: it is started again, at most
 * SELECTION.attempts times, and costs nothing but time. Tasks are therefore such that starting again is harmless.
 */

import { availableParallelism } from "node:os";
import { Piscina } from "piscina";
import { fail, ok, type Result } from "../../schemas/errors.js";
import { SELECTION } from "../../schemas/limits.js";
import { collectGarbage } from "./memory.js";
import { type Purpose, Turns } from "./turns.js";

/** Workers, each with one task at a time, and whose turn it is at them. */
export class TaskPool extends Piscina {
  readonly turns: Turns;

  constructor(threads: number) {
    super({
      filename: new URL("./worker.js", import.meta.url).href,
      minThreads: threads,
      maxThreads: threads,
      recordTiming: false,
    });
    this.turns = new Turns(threads);
  }

  override async destroy(): Promise<void> {
    this.turns.close();
    await super.destroy();
  }
}

/** The pool of the engine; its tasks are the exports of worker.ts. */
export function createPool(threads = Math.max(SELECTION.threadsMin, availableParallelism())): TaskPool {
  const pool = new TaskPool(threads);
  // Piscina starts no more workers once one has died before it was ready, and what is queued would wait for ever: one
  // more task makes it start another. Should that one die as well, the same happens again.
  pool.on("workerDestroy", () => {
    if (pool.queueSize > 0) setImmediate(() => void attempt(pool, "wake", undefined));
  });
  return pool;
}

const DISPATCH: Purpose = { turn: "normal" };

/** Runs a task when its turn has come; CANCELLED if nobody wants it by then. */
export async function runTask<T>(
  pool: TaskPool,
  name: string,
  task: unknown,
  purpose: Purpose = DISPATCH,
): Promise<Result<T>> {
  const taken = await pool.turns.take(purpose);
  if (!taken.ok) return taken;
  try {
    return await attempt(pool, name, task);
  } finally {
    pool.turns.give(purpose.turn);
  }
}

/** Again when its worker died, as often as allowed. What the task itself throws is a programmer's mistake and is thrown here too. */
async function attempt<T>(pool: TaskPool, name: string, task: unknown): Promise<Result<T>> {
  for (let attempt = 1; attempt <= SELECTION.attempts; attempt += 1) {
    try {
      return ok((await pool.run(task, { name })) as T);
    } catch (error) {
      if (isClosing(error)) return fail("NOT_READY", "the pool is closing");
      if (!isDeath(error)) throw error;
    }
  }
  return fail("WORKER_DIED", `a worker died in each of ${SELECTION.attempts} attempts`);
}

/** A worker that ended, as against a task that threw: Piscina says so only in words, Node for memory by a code. */
function isDeath(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code } = error as NodeJS.ErrnoException;
  return code === "ERR_WORKER_OUT_OF_MEMORY" || error.message.startsWith("worker exited with code");
}

/** What Piscina says of tasks that it still had when it was closed. */
function isClosing(error: unknown): boolean {
  return error instanceof Error && (error.name === "AbortError" || error.message === "Terminating worker thread");
}

/** Runs one kind of task for each of several inputs at a time; the results are in their order. */
export async function runTasks<T>(
  pool: TaskPool,
  name: string,
  tasks: readonly unknown[],
  purpose?: Purpose,
): Promise<Result<T[]>> {
  const values: T[] = [];
  for (const result of await Promise.all(tasks.map((task) => runTask<T>(pool, name, task, purpose)))) {
    if (!result.ok) return result;
    values.push(result.value);
  }
  return ok(values);
}

/** Gives back the shared memory that nothing refers to any more: in each worker, when all are idle, and in this thread. */
export async function releaseMemory(pool: TaskPool): Promise<void> {
  // Tasks started together go to a worker each, because the pool prefers the least busy.
  await runTasks(pool, "collect", Array.from({ length: pool.maxThreads }));
  await collectGarbage();
}
