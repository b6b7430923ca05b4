/**
 * The engine's pool of worker threads, and how a task gets done although its worker may die, or fail for once: it is started
 * again, at most SELECTION.attempts times, and costs nothing but time. Tasks are therefore such that starting again is harmless.
 */

import { availableParallelism } from "node:os";
import { setTimeout } from "node:timers/promises";
import { Piscina } from "piscina";
import { fail, ok, type Result } from "../../schemas/errors.js";
import { SELECTION } from "../../schemas/limits.js";
import { collectGarbage } from "./memory.js";
import { type Purpose, Turns } from "./turns.js";

/** What each worker gets with it. */
export interface PoolData {
  /** One Int32. */
  readonly haveLoaded: SharedArrayBuffer;
}

/** How often a pool that closes looks whether a worker has loaded. */
const LOOK_MS = 5;

/**
 * Workers, each with one task at a time, and whose turn it is at them. None is ended before it has loaded, also one that took the place
 * of another: a thread that is ended while it loads lmdb's addon ends the whole process, with a signal and no word of why.
 */
export class TaskPool extends Piscina {
  readonly turns: Turns;
  /** Settles when each worker of the start has loaded, or died. */
  readonly loaded: Promise<unknown>;
  /** Workers that stopped since the pool was made. */
  died = 0;
  /** How many have loaded since the pool was made, as they count themselves. */
  readonly #haveLoaded: Int32Array;

  constructor(threads: number) {
    const haveLoaded = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);
    super({
      workerData: { haveLoaded } satisfies PoolData,
      filename: new URL("./worker.js", import.meta.url).href,
      minThreads: threads,
      maxThreads: threads,
      recordTiming: false,
    });
    this.#haveLoaded = new Int32Array(haveLoaded);
    this.turns = new Turns(threads);
    // Tasks started together go to a worker each, because the pool prefers the least busy.
    const each = Array.from({ length: threads }, () => this.run(undefined, { name: "wake" }));
    this.loaded = Promise.allSettled(each);
  }

  override async destroy(): Promise<void> {
    this.turns.close();
    const untilMs = performance.now() + SELECTION.loadMs;
    // One that died before it had loaded is waited for in vain, and for so long.
    while (this.threads.length + this.died > Atomics.load(this.#haveLoaded, 0) && performance.now() < untilMs) {
      await setTimeout(LOOK_MS);
    }
    await super.destroy();
  }
}

/** The pool of the engine; its tasks are the exports of worker.ts. */
export function createPool(threads = Math.max(SELECTION.threadsMin, availableParallelism())): TaskPool {
  const pool = new TaskPool(threads);
  // Piscina starts no more workers once one has died before it was ready, and what is queued would wait for ever: one
  // more task makes it start another. Should that one die as well, the same happens again.
  pool.on("workerDestroy", () => {
    pool.died++;
    if (pool.queueSize > 0) setImmediate(() => void attempt(pool, "wake", undefined));
  });
  // Of a worker that had no task: it is replaced, and if nobody heard of it the error would end the process.
  pool.on("error", () => {});
  return pool;
}

const DISPATCH: Purpose = { turn: "normal" };

/**
 * Runs a task when its turn has come; CANCELLED if nobody wants it by then. Never rejects, because many who ask wait for
 * nothing, and a rejection that nobody takes ends the process: what a task throws is a mistake of the program, or no memory,
 * and is told as INTERNAL. WORKER_DIED, NOT_READY.
 *
 * When it has settled no worker is at the task any more, so that memory which the task writes to may be used again; but for
 * NOT_READY, after which nothing is run.
 */
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

/** Again when it failed, as often as allowed. */
async function attempt<T>(pool: TaskPool, name: string, task: unknown): Promise<Result<T>> {
  let last: unknown;
  for (let attempt = 1; attempt <= SELECTION.attempts; attempt += 1) {
    try {
      return ok((await pool.run(task, { name })) as T);
    } catch (error) {
      if (isClosing(error)) return fail("NOT_READY", "the pool is closing");
      last = error;
    }
  }
  if (isDeath(last)) return fail("WORKER_DIED", `a worker died in each of ${SELECTION.attempts} attempts`);
  return fail("INTERNAL", `task ${name}: ${last instanceof Error ? last.message : "not an error"}`);
}

/** Likewise a task that gives a Result of its own. */
export async function runFallible<T>(
  pool: TaskPool,
  name: string,
  task: unknown,
  purpose?: Purpose,
): Promise<Result<T>> {
  const done = await runTask<Result<T>>(pool, name, task, purpose);
  return done.ok ? done.value : done;
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

/**
 * Runs one kind of task for each of several inputs at a time; the results are in their order. Settles when the last has ended,
 * also when one of them fails: until then others may write to memory that they share.
 */
export async function runTasks<T>(
  pool: TaskPool,
  name: string,
  tasks: readonly unknown[],
  purpose?: Purpose,
): Promise<Result<T[]>> {
  return allOf(await Promise.all(tasks.map((task) => runTask<T>(pool, name, task, purpose))));
}

/** The values, or the first problem. */
export function allOf<T>(results: readonly Result<T>[]): Result<T[]> {
  const values: T[] = [];
  for (const result of results) {
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
