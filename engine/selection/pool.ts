/**
 * Selection over a pool of worker threads. This file only shares the work out: it prepares the area, leaves out the shards
 * that the area can't touch, and hands numbers and shared memory to worker.ts.
 *
 * A small selection is one task in one worker. A large one is shared by shards: each worker leaves a sorted run in shared
 * memory, and runs are merged in pairs until one is left. That memory is kept and there is one of it, so large selections
 * go one after the other, with small ones beside them.
 *
 * Promises: at most API.queuedSelections at a time, then BUSY; a worker that dies in a task costs the time of that task,
 * and after SELECTION.attempts the answer is WORKER_DIED.
 */

import type { Piscina } from "piscina";
import { assert, fail, ok, type Result } from "../../schemas/errors.js";
import { API, SELECTION } from "../../schemas/limits.js";
import { CHANNELS, type Channel, DOMAINS } from "../../schemas/words.js";
import { toSpace } from "../geo/ellipsoid.js";
import { areaOrigin, mayTouch, prepareArea } from "../geo/search.js";
import type { Shards } from "./build.js";
import { marksIn, rowsIn, workspaceBytes } from "./rows.js";
import type { Roster, SelectionCounts, SelectionQuery, Selector } from "./selector.js";
import { MUNICIPALITY_FIELDS, municipalityMiddle, type ShardColumns, type ShardData, shardColumns } from "./shard.js";
import { runTask, runTasks } from "./tasks.js";
import type { Outcome, Run, SearchTask, Workspace } from "./worker.js";

interface KnownShard {
  readonly data: ShardData;
  readonly columns: ShardColumns;
  readonly municipalities: ReadonlySet<number>;
}

const CLOSED = fail("NOT_READY", "the pool is closed");

export class PoolSelector implements Selector {
  private readonly known: readonly KnownShard[];
  private waiting = 0;
  private closed = false;
  private workspace: Workspace | undefined;
  /** Settles when the last large selection that was asked for has left the workspace. */
  private large: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly pool: Piscina,
    private readonly shards: Shards,
  ) {
    this.known = shards.shards.map((data) => ({
      data,
      columns: shardColumns(data),
      municipalities: new Set(data.municipalities.filter((_, index) => index % MUNICIPALITY_FIELDS === 0)),
    }));
  }

  async select(query: SelectionQuery): Promise<Result<Roster>> {
    const result = await this.run(query, false);
    return result.ok ? ok(rosterOf(result.value.participants)) : result;
  }

  async count(query: SelectionQuery): Promise<Result<SelectionCounts>> {
    const result = await this.run(query, true);
    if (!result.ok) return result;
    const { count, channels, municipalities } = result.value;
    const byChannel = CHANNELS.map((channel, index) => [channel, channels[index] ?? 0] as const);
    const byMunicipality = new Map<number, number>();
    for (let at = 0; at < municipalities.length; at += 2) {
      byMunicipality.set(municipalities[at]!, municipalities[at + 1]!);
    }
    return ok({
      channels: Object.fromEntries(byChannel) as Record<Channel, number>,
      municipalities: byMunicipality,
      recipients: count,
    });
  }

  /**
   * Runs some selections whose answer nobody wants, so that the first real one finds its code compiled: it took 25 ms
   * without and takes 1 ms with them.
   */
  async warmUp(): Promise<void> {
    const { shards } = this.shards;
    const rounds = shards.length === 0 ? 0 : SELECTION.warmUps;
    const selections = Array.from({ length: rounds }, (_, round) => {
      const [lng, lat] = shardColumns(shards[round % shards.length]!).coords;
      const area = { type: "Circle", center: [lng!, lat!], radiusMeters: 5_000 } as const;
      return this.select({ area, channel: CHANNELS[0], domain: DOMAINS[0], hourOfWeek: 0 });
    });
    await Promise.all(selections);
  }

  /** Ends the pool with its workers; what is not answered yet gets NOT_READY. */
  async close(): Promise<void> {
    this.closed = true;
    await this.pool.destroy();
  }

  private async run(query: SelectionQuery, counting: boolean): Promise<Result<Outcome>> {
    if (this.closed) return CLOSED;
    if (this.waiting >= API.queuedSelections) return fail("BUSY", `${this.waiting} selections are waiting`);
    this.waiting += 1;
    try {
      const task = this.prepare(query, counting);
      const rows = task.shards.reduce((sum, shard) => sum + shard.count, 0);
      if (rows <= SELECTION.singleTaskRows || task.shards.length === 1) {
        return await runTask<Outcome>(this.pool, "select", task);
      }
      const turn = this.large.then(() => (this.closed ? CLOSED : this.runShared(task, rows)));
      this.large = turn.catch(() => undefined);
      return await turn;
    } finally {
      this.waiting -= 1;
    }
  }

  private prepare(query: SelectionQuery, counting: boolean): SearchTask {
    assert(query.hourOfWeek >= 0 && query.hourOfWeek < 168, "hourOfWeek is an hour of the week");
    const { participants, schedules } = this.shards;
    const area = prepareArea(query.area);
    const touched = this.known.filter((shard) => mayTouch(area, shard.columns, shard.municipalities));
    const space = new Float64Array(3);
    const [lng, lat] = query.origin ?? this.originOf(query);
    toSpace(lng, lat, space, 0);
    return {
      area,
      origin: [space[0]!, space[1]!, space[2]!],
      channel: CHANNELS.indexOf(query.channel),
      domain: DOMAINS.indexOf(query.domain),
      hourOfWeek: query.hourOfWeek,
      counting,
      shards: touched.map((shard) => shard.data),
      persons: participants.count,
      status: participants.status,
      schedules,
    };
  }

  private originOf({ area }: SelectionQuery): readonly [number, number] {
    if (area.type === "Municipality") return municipalityMiddle(this.shards.shards, area.code) ?? [0, 0];
    return areaOrigin(area) ?? [0, 0];
  }

  private async runShared(task: SearchTask, rows: number): Promise<Result<Outcome>> {
    const workspace = this.workspaceFor(rows, task.counting);
    const gathered = await runTasks<Run>(
      this.pool,
      "gather",
      shares(task.shards, this.pool.maxThreads).map(({ shards, from }) => ({
        ...task,
        shards,
        from,
        workspace,
      })),
    );
    if (!gathered.ok) return gathered;
    let runs = gathered.value;
    while (runs.length > 1) {
      const pairs = pairsOf(runs).map(([left, right]) => ({ workspace, left, right }));
      const merged = await runTasks<Run>(this.pool, "merge", pairs);
      if (!merged.ok) return merged;
      runs = merged.value;
    }
    const run = runs[0]!;
    if (task.counting) return runTask<Outcome>(this.pool, "tally", { workspace, run });
    const { participants } = rowsIn(workspace.memory, workspace.capacity, run.side, run.from, run.count);
    return ok({ count: run.count, participants, channels: [], municipalities: [] });
  }

  /** The workspace, cleared of marks; it grows to the largest selection and stays. */
  private workspaceFor(capacity: number, marked: boolean): Workspace {
    const persons = this.shards.participants.count;
    if (this.workspace === undefined || this.workspace.capacity < capacity) {
      const memory = new SharedArrayBuffer(workspaceBytes(capacity, persons));
      this.workspace = { memory, capacity, persons };
    } else if (marked) {
      marksIn(this.workspace.memory, this.workspace.capacity, persons).fill(0);
    }
    return this.workspace;
  }
}

/**
 * Copies the roster out of the worker's message or the workspace. This thread makes its memory, so that no worker keeps it
 * alive (memory.ts); 1.6 million participants take two milliseconds.
 */
function rosterOf(participants: Uint32Array): Roster {
  const roster = new SharedArrayBuffer(participants.byteLength);
  new Uint32Array(roster).set(participants);
  return { count: participants.length, participants: roster };
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

/** Neighbouring runs in pairs. A last one without a neighbour is paired with nothing, so that all change lists together. */
function pairsOf(runs: readonly Run[]): [Run, Run][] {
  const pairs: [Run, Run][] = [];
  for (let index = 0; index < runs.length; index += 2) {
    const left = runs[index]!;
    pairs.push([left, runs[index + 1] ?? { side: left.side, from: left.from + left.count, count: 0 }]);
  }
  return pairs;
}
