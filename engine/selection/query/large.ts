/**
 * Selections too large for one worker, shared among all of them in four steps: each worker searches its share of the shards;
 * the rows go to buckets of distance; each worker sorts one range of neighbouring buckets and keeps each person once
 * there; and who is in a nearer range, too, is left out of the farther ones. The ranges in order are the roster. Phones and
 * changed participants, where there are any, are searched after the shards.
 *
 * The memory for it is kept and there is one of it, so large selections go one after the other, until what each found has
 * been copied. What is optional gives way to a dispatch that comes meanwhile, at its next step, and begins anew after it; so
 * a dispatch waits for what the workers are doing at that moment, and for other dispatches.
 */

import { fail, ok, type Result } from "../../../schemas/errors.js";
import { SELECTION } from "../../../schemas/limits.js";
import { allOf, runTasks, type TaskPool } from "../../pool/tasks.js";
import { type Purpose, Turns } from "../../pool/turns.js";
import { partsOf, placesOf } from "../rows/build.js";
import type { ShardData } from "../rows/shard.js";
import { BLOCK_ROWS, COUNT, tableColumns } from "../rows/table.js";
import { keysUpTo } from "./eligible.js";
import type { Gathered, Run } from "./large-worker.js";
import { BUCKET_KEYS, BUCKETS } from "./order.js";
import { marksIn, type Workspace, workspaceBytes } from "./rows.js";
import { type LiveTables, roomFor, type SearchTask } from "./searching.js";

export class LargeSelections {
  #workspace: Workspace | undefined;
  readonly #turns = new Turns(1);
  /** To be aborted when a dispatch wants the workspace; absent while it is not an optional selection's. */
  #optional: AbortController | undefined;
  readonly #pool: TaskPool;

  constructor(pool: TaskPool) {
    this.#pool = pool;
  }

  /**
   * Waits until the workspace is free; it is the caller's until `select` settles, which is called again where it gave way.
   * BUSY for what had to give way SELECTION.attempts times.
   */
  async inTurn<T>(purpose: Purpose, select: (purpose: Purpose) => Promise<Result<T>>): Promise<Result<T>> {
    if (purpose.turn !== "optional") return this.#alone(purpose, () => select(purpose));
    for (let attempt = 1; attempt <= SELECTION.attempts; attempt += 1) {
      const leaving = new AbortController();
      const { signal = leaving.signal } = purpose;
      const result = await this.#alone(purpose, () => {
        this.#optional = leaving;
        return select({ ...purpose, signal: AbortSignal.any([signal, leaving.signal]) });
      });
      if (result.ok || !leaving.signal.aborted || purpose.signal?.aborted) return result;
    }
    return fail("BUSY", "alarms came in between each time it was tried");
  }

  /** Selects, when its turn has come; `finish` gets the runs, nearest first, in the workspace. */
  async run<T>(
    task: SearchTask,
    purpose: Purpose,
    finish: (workspace: Workspace, runs: Run[]) => Promise<Result<T>>,
  ): Promise<Result<T>> {
    const workspace = this.#workspaceFor(task);
    const runs = await this.#select(task, workspace, purpose);
    return runs.ok ? finish(workspace, runs.value) : runs;
  }

  close(): void {
    this.#turns.close();
  }

  async #alone<T>({ turn, signal }: Purpose, select: () => Promise<Result<T>>): Promise<Result<T>> {
    const taking = this.#turns.take({ turn, signal });
    if (this.#turns.isDispatchWaiting) this.#optional?.abort();
    const taken = await taking;
    if (!taken.ok) return taken;
    try {
      return await select();
    } finally {
      this.#optional = undefined;
      this.#turns.give(turn);
    }
  }

  async #select(task: SearchTask, workspace: Workspace, purpose: Purpose): Promise<Result<Run[]>> {
    const pool = this.#pool;
    const gathered = await this.#gather(
      { ...task, keysPerUnit: keysUpTo(BUCKET_KEYS, task.area, task.origin) },
      workspace,
      purpose,
    );
    if (!gathered.ok) return gathered;
    const shares = gathered.value;
    const sizes = shares.map((share) => share.sizes);
    const { starts, next } = placesOf(sizes, BUCKETS);
    const filling = shares.map(({ from, count }, index) => ({ workspace, from, count, next: next[index] }));
    const filled = await runTasks<void>(pool, "fill", filling, purpose);
    if (!filled.ok) return filled;
    const sorting = ranges(starts, workspace.shares).map((edges, range) => {
      return { workspace, edges, range, status: task.status, channel: task.several ? undefined : task.channel };
    });
    const sorted = await runTasks<Run>(pool, "sort", sorting, purpose);
    if (!sorted.ok) return sorted;
    const [nearest, ...farther] = sorted.value;
    const leaving = farther.flatMap((run, index) => {
      return piecesOf(run, pool.maxThreads).map((piece) => ({ workspace, run: piece, range: index + 1 }));
    });
    const left = await runTasks<Run>(pool, "leaveOut", leaving, purpose);
    return left.ok ? this.#named(task, workspace, [nearest!, ...left.value], purpose) : left;
  }

  /** The runs, with the bytes of their rows where there are several channels. */
  async #named({ several }: SearchTask, workspace: Workspace, runs: Run[], purpose: Purpose): Promise<Result<Run[]>> {
    if (!several) return ok(runs);
    const pieces = runs.flatMap((run) => piecesOf(run, this.#pool.maxThreads));
    const named = await runTasks<void>(
      this.#pool,
      "nameChannels",
      pieces.map((run) => ({ workspace, run })),
      purpose,
    );
    return named.ok ? ok(runs) : named;
  }

  /** Shards, then phones, then overlay (searching.ts); each share has a part of list 0. */
  async #gather(
    task: SearchTask,
    workspace: Workspace,
    purpose: Purpose,
  ): Promise<Result<(Gathered & { from: number })[]>> {
    const pool = this.#pool;
    const found: (Gathered & { from: number })[] = [];
    let from = 0;
    const step = async (name: string, shares: readonly { readonly room: number }[]): Promise<Result<void>> => {
      const tasks = shares.map((each, share) => {
        const placed = { ...task, ...each, share, workspace, from };
        from += each.room;
        return placed;
      });
      const done = await runTasks<Result<Gathered>>(pool, name, tasks, purpose);
      const shared = done.ok ? allOf(done.value) : done;
      if (!shared.ok) return shared;
      for (const [index, gathered] of shared.value.entries()) found.push({ ...gathered, from: tasks[index]!.from });
      return ok(undefined);
    };
    const base = await step("gather", sharesOf(task.shards, pool.maxThreads));
    if (!base.ok || task.live === undefined) return base.ok ? ok(found) : base;
    const phones = await step("gatherPhones", phoneShares(task.live, pool.maxThreads));
    if (!phones.ok) return phones;
    const overlay = await step("gatherOverlay", [{ room: task.live.overlay.capacity }]);
    return overlay.ok ? ok(found) : overlay;
  }

  /** The workspace, cleared of marks; it grows to the largest selection and stays. */
  #workspaceFor(task: SearchTask): Workspace {
    const workspace = this.#workspace;
    const capacity = roomFor(task);
    if (workspace === undefined || workspace.capacity < capacity) {
      const size = { capacity, persons: task.persons, shares: this.#pool.maxThreads };
      this.#workspace = { ...size, memory: new SharedArrayBuffer(workspaceBytes(size)) };
      return this.#workspace;
    }
    if (task.counting) {
      for (let share = 0; share < workspace.shares; share += 1) marksIn(workspace, share).fill(0);
    }
    return workspace;
  }
}

/** Divides shards among workers by their rows, the largest first; a worker without any prepares its marks. */
function sharesOf(shards: readonly ShardData[], workers: number): { shards: ShardData[]; room: number }[] {
  const parts = Array.from({ length: workers }, () => ({
    shards: [] as ShardData[],
    room: 0,
  }));
  for (const shard of shards.toSorted((a, b) => b.count - a.count)) {
    const least = parts.reduce((a, b) => (b.room < a.room ? b : a));
    least.shards.push(shard);
    least.room += shard.count;
  }
  return parts;
}

/** Divides the blocks of the phones; the last share has those that come into use meanwhile as well. */
function phoneShares({ phones }: LiveTables, workers: number): { fromBlock: number; toBlock: number; room: number }[] {
  const { header, capacity } = tableColumns(phones);
  const used = Math.ceil(header[COUNT]! / BLOCK_ROWS);
  return partsOf(used, workers).map(({ from, to }, part) => {
    const toBlock = part === workers - 1 ? capacity / BLOCK_ROWS : to;
    return { fromBlock: from, toBlock, room: (toBlock - from) * BLOCK_ROWS };
  });
}

/** A run in so many pieces of about equal size. */
function piecesOf(run: Run, count: number): Run[] {
  return partsOf(run.count, count).map(({ from, to }) => ({ ...run, from: run.from + from, count: to - from }));
}

/** Divides buckets into ranges of about as many rows each; a range is the edges of its buckets. */
function ranges(starts: readonly number[], count: number): Uint32Array[] {
  const rows = starts.at(-1)!;
  const bounds = Array.from({ length: count + 1 }, (_, range) => {
    return starts.findIndex((start) => start >= (range * rows) / count);
  });
  return bounds.slice(1).map((end, range) => Uint32Array.from(starts.slice(bounds[range], end + 1)));
}
