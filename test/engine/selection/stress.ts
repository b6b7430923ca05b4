/**
 * The process of the campaign `selection`: selections, several at a time, while people move, tables are sorted and rebuilt one
 * after the other, and workers are killed. Gets `{ selections, seed }` as its argument and prints what it counted as JSON. It is
 * a process of its own so that it can be given one core, and so that what would end the service ends it.
 */

import { setImmediate, setTimeout } from "node:timers/promises";
import { createPool, releaseMemory } from "../../../engine/pool/tasks.js";
import { PoolSelector } from "../../../engine/selection/pool.js";
import type { SelectionQuery } from "../../../engine/selection/selector.js";
import type { Result } from "../../../schemas/errors.js";
import { AREA, Crowd } from "./crowd.js";

/** Selections of one crowd, after which there is another. */
const PER_CROWD = 1_000;
/** So many changes in a turn of the event loop at most, and how often there is a burst in it. */
const TURN_CHANGES = 30;
const BURST_SHARE = 0.1;
/** Changes for each selection that was made; with more, the tables would be all that anybody works at. */
const CHANGES_EACH = 100;
/** Selections for each worker that is killed. */
const PER_KILL = 250;
/** At most; mostly few, because tables are put in order between selections. */
const AT_A_TIME = 24;
const QUERY: SelectionQuery = {
  area: AREA,
  channel: "sms",
  domain: "alarm",
  kind: "other",
  urgency: "normal",
  atMs: 0,
};

export interface StressCounts {
  selections: number;
  shared: number;
  counts: number;
  changes: number;
  bursts: number;
  tidied: number;
  kills: number;
  /** Answers that were a Problem, by code; each was asked again. */
  refused: Record<string, number>;
  wrong: string[];
}

const { selections: wanted, seed } = JSON.parse(process.argv[2]!) as { selections: number; seed: number };
const pool = createPool();
/**
 * Threads that have loaded their code. Others are not killed: to terminate a thread in the middle of a `require` of a module
 * ends the whole process (Node 20.20: "v8::Module::IsGraphAsync must be used on an instantiated module").
 */
const loaded = new Set<number>();
pool.on("workerCreate", ({ id }: { readonly id: number }) => loaded.add(id));
await releaseMemory(pool);
const total: StressCounts = {
  ...{ selections: 0, shared: 0, counts: 0, changes: 0, bursts: 0, tidied: 0, kills: 0 },
  refused: {},
  wrong: [],
};

for (let round = 0; total.selections < wanted; round += 1) {
  const crowd = new Crowd(seed + round);
  await withCrowd(crowd, Math.min(PER_CROWD, wanted - total.selections));
  total.changes += crowd.moves;
  total.bursts += crowd.bursts;
  await releaseMemory(pool);
}
await pool.destroy();
console.log(JSON.stringify(total));

async function withCrowd(crowd: Crowd, selections: number): Promise<void> {
  const isShared = crowd.below(3) === 0;
  const selector = new PoolSelector(pool, crowd.shards(), isShared ? 1 : Number.POSITIVE_INFINITY);
  const until = total.selections + selections;
  const isOver = (): boolean => total.selections >= until;
  const others = [moveAll(crowd, selector, isOver), tidyAlways(crowd, selector, isOver)];
  const each = Array.from({ length: 1 + crowd.below(1 + crowd.below(AT_A_TIME)) }, () =>
    selectOften(crowd, selector, isOver),
  );
  await Promise.all([...others, ...each]);
  selector.live.close();
  if (isShared) total.shared += selections;
}

async function selectOften(crowd: Crowd, selector: PoolSelector, isOver: () => boolean): Promise<void> {
  while (!isOver()) {
    if (crowd.below(PER_KILL) === 0) await kill(crowd);
    const began = crowd.clock;
    const isCount = crowd.below(20) === 0;
    const wrong = isCount
      ? told(await selector.count(QUERY), ({ recipients }) => {
          const [least, most] = crowd.bounds(began);
          return recipients < least || recipients > most
            ? `${recipients} are counted of ${least} to ${most}`
            : undefined;
        })
      : told(await selector.select(QUERY), ({ participants }) => crowd.wrongIn(new Uint32Array(participants), began));
    if (wrong === null) continue;
    if (wrong !== undefined) total.wrong.push(wrong);
    total.selections += 1;
    if (isCount) total.counts += 1;
  }
}

/** What is wrong with the answer; null when it is a Problem. */
function told<T>(answer: Result<T>, wrongIn: (value: T) => string | undefined): string | undefined | null {
  if (answer.ok) return wrongIn(answer.value);
  const { code, detail } = answer.problem;
  const problem = `${code} (${detail})`;
  total.refused[problem] = (total.refused[problem] ?? 0) + 1;
  return null;
}

async function kill(crowd: Crowd): Promise<void> {
  const threads = pool.threads.filter(({ threadId }) => loaded.has(threadId));
  if (threads.length === 0) return;
  total.kills += 1;
  await threads[crowd.below(threads.length)]!.terminate();
}

async function moveAll(crowd: Crowd, { live }: PoolSelector, isOver: () => boolean): Promise<void> {
  const began = total.selections;
  while (!isOver()) {
    const isAhead = crowd.moves > CHANGES_EACH * (total.selections - began + AT_A_TIME);
    if (isAhead) {
      await setTimeout(1);
      continue;
    }
    for (let changes = crowd.below(TURN_CHANGES); changes > 0; changes -= 1) crowd.act(live);
    if (crowd.below(1_000) < 1_000 * BURST_SHARE) crowd.burst(live);
    await setImmediate();
  }
}

async function tidyAlways(crowd: Crowd, { live }: PoolSelector, isOver: () => boolean): Promise<void> {
  while (!isOver()) {
    const done = await live.tidy();
    if (done.ok) total.tidied += 1;
    await setTimeout(crowd.below(4));
  }
}
