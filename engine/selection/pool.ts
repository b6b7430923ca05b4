/**
 * Selection over a pool of worker threads. This file only shares the work out: it prepares the area, leaves out the shards
 * that the area can't touch, and hands numbers and shared memory to worker.ts.
 *
 * A small selection is one task in one worker. A large one is shared among all of them (large.ts); large ones go one after
 * the other, with small ones beside them. Dispatch goes before counts, and has a worker that they never get (turns.ts).
 *
 * Promises: at most API.queuedCounts counts at a time, then BUSY; a worker that dies in a task costs the time of that task,
 * and after SELECTION.attempts the answer is WORKER_DIED. How many selections wait for dispatch is bounded by who accepts
 * them: of what was accepted none is refused here.
 */

import { fail, ok, type Result } from "../../schemas/errors.js";
import { API, SELECTION } from "../../schemas/limits.js";
import { CHANNELS, DOMAINS, LANGUAGES, LEFT_OUT, type Precedence } from "../../schemas/words.js";
import { toSpace } from "../geo/ellipsoid.js";
import { areaOrigin, mayTouch, type PreparedArea, prepareArea } from "../geo/search/search.js";
import { runFallible, runTask, type TaskPool } from "../pool/tasks.js";
import type { Purpose } from "../pool/turns.js";
import { Live } from "./live/live.js";
import type { KnownShard, View } from "./live/view.js";
import { severalOf } from "./query/channels.js";
import type { Counted } from "./query/counting.js";
import { CENTIMETER_KEYS } from "./query/eligible.js";
import { LargeSelections } from "./query/large.js";
import { rowsOfRun } from "./query/large-worker.js";
import { NO_SPARING, type PersonData } from "./query/persons.js";
import { bytesIn } from "./query/rows.js";
import type { Outcome, SearchTask } from "./query/searching.js";
import { termsQuery } from "./query/welcome.js";
import { type Part, partIn, rosterOf } from "./roster.js";
import type { Shards } from "./rows/build.js";
import { rowsOf, type ShardData } from "./rows/shard.js";
import type { Roster, SelectionCounts, SelectionQuery, Selector } from "./selector.js";

export class PoolSelector implements Selector {
  /** Takes changes of where and how people are reached. */
  readonly live: Live;
  #counting = 0;
  #closed = false;
  readonly #large: LargeSelections;
  readonly #people: PersonData;

  /**
   * Shared memory in which small selections are answered, used again and again: an answer that came as a message would be
   * memory of this thread, and collecting that took longer than every hundredth selection may.
   */
  readonly #answers: SharedArrayBuffer[] = [];
  readonly #pool: TaskPool;
  /** Other than the limit for tests, which need not build half a country to see workers share one selection. */
  readonly #singleTaskRows: number;

  constructor(pool: TaskPool, shards: Shards, singleTaskRows: number = SELECTION.singleTaskRows) {
    this.#pool = pool;
    this.#singleTaskRows = singleTaskRows;
    this.#large = new LargeSelections(pool);
    this.live = new Live(pool, shards);
    const { status, addresses, language, groups, asked } = shards.participants;
    this.#people = { status, addresses, language, groups, asked };
  }

  select(query: SelectionQuery, precedence: Precedence = "normal"): Promise<Result<Roster>> {
    return this.#make(query, { turn: precedence }, false, {
      alone: async (task, purpose) => {
        const answer = this.#answers.pop() ?? new SharedArrayBuffer(SELECTION.answerBytes);
        const result = await runFallible<Outcome>(this.#pool, "select", { ...task, answer }, purpose);
        const roster = result.ok ? ok(await rosterOf([partAnswered(result.value, answer, task)])) : result;
        this.#answers.push(answer);
        return roster;
      },
      shared: (task, purpose) => {
        return this.#large.run(task, purpose, async (workspace, runs) => {
          return ok(
            await rosterOf(
              runs.map((run) => ({
                participants: rowsOfRun(workspace, run).participants,
                channels: task.several && bytesIn(workspace, run.from, run.count),
              })),
            ),
          );
        });
      },
    });
  }

  async count(query: SelectionQuery, signal?: AbortSignal): Promise<Result<SelectionCounts>> {
    if (this.#counting >= API.queuedCounts) return fail("BUSY", `${this.#counting} previews are waiting`);
    this.#counting += 1;
    try {
      const result = await this.#make<Outcome>(query, { turn: "optional", signal }, true, {
        alone: (task, purpose) => runFallible(this.#pool, "select", task, purpose),
        shared: (task, purpose) => {
          return this.#large.run(task, purpose, (workspace, runs) => {
            return runTask(this.#pool, "tally", { workspace, runs, task: { ...task, shards: [] } }, purpose);
          });
        },
      });
      return result.ok ? ok(inWords(result.value.counted!)) : result;
    } finally {
      this.#counting -= 1;
    }
  }

  /**
   * Runs some selections whose answer nobody wants, so that the first real one finds its code compiled: it took 25 ms
   * without and takes 1 ms with them.
   */
  async warmUp(): Promise<void> {
    const { shards } = this.live.views;
    const rounds = shards.length === 0 ? 0 : SELECTION.warmUps;
    const selections = Array.from({ length: rounds }, (_, round) => {
      const [lng, lat] = shards[round % shards.length]!.columns.coords;
      const area = { type: "Circle", center: [lng!, lat!], radiusMeters: 5_000 } as const;
      return this.select({ ...WARM_UP, area });
    });
    await Promise.all(selections);
  }

  /** Ends the pool with its workers; what is not answered yet gets NOT_READY. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#large.close();
    this.live.close();
    await this.#pool.destroy();
  }

  async #make<T>(query: SelectionQuery, purpose: Purpose, counting: boolean, ways: Ways<T>): Promise<Result<T>> {
    if (this.#closed) return fail("NOT_READY", "the pool is closed");
    const area = prepareArea(query.area);
    const run = (way: Way<T>, wanted: Purpose) => {
      return this.live.views.during((view) => way(this.#prepare(query, area, counting, view), wanted));
    };
    if (!this.#isLarge(area)) return run(ways.alone, purpose);
    return this.#large.inTurn(purpose, (wanted) => run(ways.shared, wanted));
  }

  #isLarge(area: PreparedArea): boolean {
    const shards = touchedBy(area, this.live.views.shards);
    return shards.length > 1 && rowsOf(shards) > this.#singleTaskRows;
  }

  #prepare(query: SelectionQuery, area: PreparedArea, counting: boolean, view: View): SearchTask {
    const space = new Float64Array(3);
    const [lng, lat] = query.origin ?? this.#originOf(query);
    toSpace(lng, lat, space, 0);
    return {
      area,
      origin: [space[0]!, space[1]!, space[2]!],
      keysPerUnit: CENTIMETER_KEYS,
      channel: CHANNELS.indexOf(query.channel),
      several: counting ? undefined : severalOf(query, this.#people.addresses),
      domain: DOMAINS.indexOf(query.domain),
      ...termsQuery(query),
      counting: counting ? { people: this.#people, sparing: query.sparing ?? NO_SPARING } : undefined,
      shards: touchedBy(area, view.shards),
      live: view.live,
      persons: this.live.views.persons,
      without: query.without,
      status: this.#people.status,
      terms: this.live.terms.buffer,
    };
  }

  #originOf({ area }: SelectionQuery): readonly [number, number] {
    if (area.type === "Municipality") return this.live.views.middleOf(area.code);
    return areaOrigin(area) ?? [0, 0];
  }
}

/** How a selection is made: by one worker, or by all of them together. */
interface Ways<T> {
  readonly alone: Way<T>;
  readonly shared: Way<T>;
}

type Way<T> = (task: SearchTask, purpose: Purpose) => Promise<Result<T>>;

const WARM_UP = { channel: CHANNELS[0], domain: DOMAINS[0], kind: "other", urgency: "normal", atMs: 0 } as const;

function touchedBy(area: PreparedArea, shards: readonly KnownShard[]): ShardData[] {
  return shards.filter((shard) => mayTouch(area, shard.columns, shard.municipalities)).map(({ data }) => data);
}

/** What a worker has found: as it came, or in the memory that it was given to answer in. */
function partAnswered({ count, part }: Outcome, answer: SharedArrayBuffer, { several }: SearchTask): Part {
  return part ?? partIn(answer, count, several !== undefined);
}

function inWords({
  count,
  channels,
  languages,
  simple,
  municipalities,
  leftOut,
  active,
  timesInMonth,
}: Counted): SelectionCounts {
  const byMunicipality = new Map<number, number>();
  for (let at = 0; at < municipalities.length; at += 2) {
    byMunicipality.set(municipalities[at]!, municipalities[at + 1]!);
  }
  return {
    channels: named(CHANNELS, channels),
    languages: named(LANGUAGES, languages),
    simple: named(LANGUAGES, simple),
    municipalities: byMunicipality,
    leftOut: named(LEFT_OUT, leftOut),
    recipients: count,
    asked: { persons: active, times: timesInMonth },
  };
}

function named<Word extends string>(words: readonly Word[], counts: readonly number[]): Record<Word, number> {
  return Object.fromEntries(words.map((word, index) => [word, counts[index]!])) as Record<Word, number>;
}
