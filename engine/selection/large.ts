/**
 * Selections too large for one worker, shared among all of them in four steps: each worker searches its share of the shards;
 * the rows go to buckets of distance; each worker sorts one range of neighbouring buckets and keeps each person once
 * there; and who is in a nearer range, too, is left out of the farther ones. The ranges in order are the roster.
 *
 * The memory for it is kept and there is one of it, so large selections go one after the other, until what each found has
 * been copied.
 */

import type { Piscina } from "piscina";
import { fail, ok, type Result } from "../../schemas/errors.js";
import { partsOf, placesOf } from "./build.js";
import { keysUpTo } from "./eligible.js";
import type { Gathered, Run, Workspace } from "./large-worker.js";
import { BUCKET_KEYS, BUCKETS } from "./order.js";
import { marksIn, workspaceBytes } from "./rows.js";
import type { SearchTask } from "./searching.js";
import { rowsOf, type ShardData, shardColumns } from "./shard.js";
import { runTasks } from "./tasks.js";

export class LargeSelections {
  private workspace: Workspace | undefined;
  /** Settles when the last selection that was asked for has left the workspace. */
  private last: Promise<unknown> = Promise.resolve();
  private closed = false;

  constructor(private readonly pool: Piscina) {}

  /** Selects when its turn comes; `finish` gets the runs, nearest first, and the workspace is its until it settles. */
  run<T>(task: SearchTask, finish: (workspace: Workspace, runs: Run[]) => Promise<Result<T>>): Promise<Result<T>> {
    const turn = this.last.then(async () => {
      if (this.closed) return fail("NOT_READY", "the pool is closed");
      const workspace = this.workspaceFor(task);
      const runs = await this.select(task, workspace);
      return runs.ok ? finish(workspace, runs.value) : runs;
    });
    this.last = turn.catch(() => undefined);
    return turn;
  }

  close(): void {
    this.closed = true;
  }

  private async select(task: SearchTask, workspace: Workspace): Promise<Result<Run[]>> {
    const { pool } = this;
    const keysPerUnit = keysUpTo(BUCKET_KEYS, task.shards.map(shardColumns), task.origin);
    const parts = shares(task.shards, pool.maxThreads);
    const gathering = parts.map((part) => ({ ...task, ...part, keysPerUnit, workspace }));
    const gathered = await runTasks<Gathered>(pool, "gather", gathering);
    if (!gathered.ok) return gathered;
    const sizes = gathered.value.map((part) => part.sizes);
    const { starts, next } = placesOf(sizes, BUCKETS);
    const filling = gathered.value.map(({ count }, index) => {
      return { workspace, from: parts[index]!.from, count, next: next[index] };
    });
    const filled = await runTasks<void>(pool, "fill", filling);
    if (!filled.ok) return filled;
    const sorting = ranges(starts, workspace.ranges).map((edges, range) => {
      return { workspace, edges, range, status: task.status, channel: task.channel };
    });
    const sorted = await runTasks<Run>(pool, "sort", sorting);
    if (!sorted.ok) return sorted;
    const [nearest, ...farther] = sorted.value;
    const leaving = farther.flatMap((run, index) => {
      return piecesOf(run, pool.maxThreads).map((piece) => ({ workspace, run: piece, range: index + 1 }));
    });
    const left = await runTasks<Run>(pool, "leaveOut", leaving);
    return left.ok ? ok([nearest!, ...left.value]) : left;
  }

  /** The workspace, cleared of marks; it grows to the largest selection and stays. */
  private workspaceFor({ shards, persons, counting }: SearchTask): Workspace {
    const capacity = rowsOf(shards);
    const ranges = this.pool.maxThreads;
    if (this.workspace === undefined || this.workspace.capacity < capacity) {
      const memory = new SharedArrayBuffer(workspaceBytes(capacity, persons, ranges));
      this.workspace = { memory, capacity, persons, ranges };
    } else if (counting) {
      marksIn(this.workspace.memory, this.workspace.capacity, persons).fill(0);
    }
    return this.workspace;
  }
}

/** Divides shards among workers by their rows, the largest first; `from` is where each share's part of the workspace begins. */
function shares(shards: readonly ShardData[], workers: number): { shards: ShardData[]; from: number }[] {
  const parts = Array.from({ length: Math.min(workers, shards.length) }, () => ({
    shards: [] as ShardData[],
    rows: 0,
  }));
  for (const shard of shards.toSorted((a, b) => b.count - a.count)) {
    const least = parts.reduce((a, b) => (b.rows < a.rows ? b : a));
    least.shards.push(shard);
    least.rows += shard.count;
  }
  let from = 0;
  return parts.map((part) => {
    const share = { shards: part.shards, from };
    from += part.rows;
    return share;
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
