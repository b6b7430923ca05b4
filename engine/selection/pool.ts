/**
 * Selection over a pool of worker threads. This file only shares the work out: it prepares the area, leaves out the shards
 * that the area can't touch, and hands numbers and shared memory to worker.ts.
 *
 * A small selection is one task in one worker. A large one is shared among all of them (large.ts); large ones go one after
 * the other, with small ones beside them.
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
import { CENTIMETER_KEYS } from "./eligible.js";
import { LargeSelections } from "./large.js";
import { rowsOfRun } from "./large-worker.js";
import { rosterOf } from "./roster.js";
import type { Outcome, SearchTask } from "./searching.js";
import type { Roster, SelectionCounts, SelectionQuery, Selector } from "./selector.js";
import {
  MUNICIPALITY_FIELDS,
  municipalityMiddle,
  rowsOf,
  type ShardColumns,
  type ShardData,
  shardColumns,
} from "./shard.js";
import { runTask } from "./tasks.js";

interface KnownShard {
  readonly data: ShardData;
  readonly columns: ShardColumns;
  readonly municipalities: ReadonlySet<number>;
}

export class PoolSelector implements Selector {
  private readonly known: readonly KnownShard[];
  private waiting = 0;
  private closed = false;
  private readonly large: LargeSelections;

  /**
   * Shared memory in which small selections are answered, used again and again: an answer that came as a message would be
   * memory of this thread, and collecting that took longer than every hundredth selection may.
   */
  private readonly answers: SharedArrayBuffer[] = [];

  constructor(
    private readonly pool: Piscina,
    private readonly shards: Shards,
    /** Other than the limit for tests, which need not build half a country to see workers share one selection. */
    private readonly singleTaskRows: number = SELECTION.singleTaskRows,
  ) {
    this.large = new LargeSelections(pool);
    this.known = shards.shards.map((data) => ({
      data,
      columns: shardColumns(data),
      municipalities: new Set(data.municipalities.filter((_, index) => index % MUNICIPALITY_FIELDS === 0)),
    }));
  }

  select(query: SelectionQuery): Promise<Result<Roster>> {
    return this.admit(async () => {
      const task = this.prepare(query, false);
      if (this.isLarge(task)) {
        return this.large.run(task, async (workspace, runs) => {
          return ok(await rosterOf(runs.map((run) => rowsOfRun(workspace, run).participants)));
        });
      }
      const answer = this.answers.pop() ?? new SharedArrayBuffer(SELECTION.answerBytes);
      const result = await runTask<Outcome>(this.pool, "select", { ...task, answer });
      const roster = result.ok ? ok(await rosterOf([participantsOf(result.value, answer)])) : result;
      this.answers.push(answer);
      return roster;
    });
  }

  count(query: SelectionQuery): Promise<Result<SelectionCounts>> {
    return this.admit(async () => {
      const task = this.prepare(query, true);
      const result = this.isLarge(task)
        ? await this.large.run(task, (workspace, runs) => runTask<Outcome>(this.pool, "tally", { workspace, runs }))
        : await runTask<Outcome>(this.pool, "select", task);
      return result.ok ? ok(inWords(result.value)) : result;
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
    this.large.close();
    await this.pool.destroy();
  }

  private async admit<T>(work: () => Promise<Result<T>>): Promise<Result<T>> {
    if (this.closed) return fail("NOT_READY", "the pool is closed");
    if (this.waiting >= API.queuedSelections) return fail("BUSY", `${this.waiting} selections are waiting`);
    this.waiting += 1;
    try {
      return await work();
    } finally {
      this.waiting -= 1;
    }
  }

  private isLarge({ shards }: SearchTask): boolean {
    return shards.length > 1 && rowsOf(shards) > this.singleTaskRows;
  }

  private prepare(query: SelectionQuery, counting: boolean): SearchTask {
    assert(query.hourOfWeek >= 0 && query.hourOfWeek < 168, "hourOfWeek is an hour of the week");
    const { participants, terms } = this.shards;
    const area = prepareArea(query.area);
    const touched = this.known.filter((shard) => mayTouch(area, shard.columns, shard.municipalities));
    const space = new Float64Array(3);
    const [lng, lat] = query.origin ?? this.originOf(query);
    toSpace(lng, lat, space, 0);
    return {
      area,
      origin: [space[0]!, space[1]!, space[2]!],
      keysPerUnit: CENTIMETER_KEYS,
      channel: CHANNELS.indexOf(query.channel),
      domain: DOMAINS.indexOf(query.domain),
      hourOfWeek: query.hourOfWeek,
      counting,
      shards: touched.map((shard) => shard.data),
      persons: participants.count,
      status: participants.status,
      terms,
    };
  }

  private originOf({ area }: SelectionQuery): readonly [number, number] {
    if (area.type === "Municipality") return municipalityMiddle(this.shards.shards, area.code) ?? [0, 0];
    return areaOrigin(area) ?? [0, 0];
  }
}

function participantsOf({ count, participants }: Outcome, answer: SharedArrayBuffer): Uint32Array {
  return participants.length === count ? participants : new Uint32Array(answer, 0, count);
}

function inWords({ count, channels, municipalities }: Outcome): SelectionCounts {
  const byChannel = CHANNELS.map((channel, index) => [channel, channels[index] ?? 0] as const);
  const byMunicipality = new Map<number, number>();
  for (let at = 0; at < municipalities.length; at += 2) {
    byMunicipality.set(municipalities[at]!, municipalities[at + 1]!);
  }
  return {
    channels: Object.fromEntries(byChannel) as Record<Channel, number>,
    municipalities: byMunicipality,
    recipients: count,
  };
}
