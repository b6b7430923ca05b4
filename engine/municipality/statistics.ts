/**
 * What is in a municipality's file, in numbers, and how it grows. Counting goes over the whole registry, by threads of the
 * pool in short tasks one after the other, so that selections come in between; what was counted a moment ago is given again.
 */

import type { Growth, Statistics } from "../../schemas/api/municipality.js";
import { fail, ok, type Result } from "../../schemas/errors.js";
import { MUNICIPALITY } from "../../schemas/limits.js";
import {
  CHANNELS,
  DOMAINS,
  LANGUAGES,
  LOCATION_KINDS,
  NEEDS,
  PARTICIPANT_KINDS,
  PARTICIPANT_STATUSES,
} from "../../schemas/words.js";
import { addCounted, type Counted, named, nothingCounted } from "../registry/columns/counted.js";
import { dayOf, formatDay } from "../registry/csv/days.js";
import type { GrowthOfDay } from "../registry/live/growth.js";
import { KEY_BYTES } from "../vault/box.js";
import { type CountTask, countBlocks } from "./count-worker.js";
import type { Scope } from "./ports.js";

/** Runs countBlocks (count-worker.ts) wherever the caller likes; in this thread when absent. */
export type RunCountTask = (task: CountTask) => Promise<Result<Counted>>;

export interface StatisticsParts {
  readonly folder: string;
  readonly vault: { blockKeys(generation: number): SharedArrayBuffer };
  readonly registry: {
    readonly generation: number;
    growth(municipality: number | undefined, fromDay: number, toDay: number): Result<GrowthOfDay[]>;
    members(municipality: number | undefined): number;
    settled(): Promise<Result<void>>;
  };
  readonly run?: RunCountTask;
  readonly nowMs?: () => number;
}

interface Known {
  readonly countedMs: number;
  readonly counted: Promise<Result<Counted>>;
}

export class MunicipalityStatistics {
  readonly #known = new Map<Scope, Known>();
  /** Settles when nothing is being counted. */
  #turn: Promise<unknown> = Promise.resolve();
  readonly #nowMs: () => number;
  readonly #parts: StatisticsParts;

  constructor(parts: StatisticsParts) {
    this.#parts = parts;
    this.#nowMs = parts.nowMs ?? Date.now;
  }

  async statistics(scope: Scope): Promise<Result<Statistics>> {
    const known = this.#count(scope);
    const counted = await known.counted;
    return counted.ok ? ok(inWords(counted.value, known.countedMs)) : counted;
  }

  /** Days from `from` up to and with `to`, as ISO dates. INVALID_FIELD when there are too many or none. */
  growth(scope: Scope, from: string, to: string): Result<Growth> {
    const [first, last] = [dayOf(Date.parse(from)), dayOf(Date.parse(to))];
    if (last < first) return fail("INVALID_FIELD", "before the first day", "to");
    const today = dayOf(this.#nowMs());
    const days = this.#parts.registry.growth(scope, first, last);
    if (!days.ok) return days;
    const since = last < today ? this.#parts.registry.growth(scope, last + 1, today) : ok([]);
    if (!since.ok) return since;
    // All of it in one turn, so that nobody joins between what is read of the days and how many there are.
    const total = this.#parts.registry.members(scope);
    return ok({ total, days: withTotals(days.value, since.value, total) });
  }

  #count(scope: Scope): Known {
    const known = this.#known.get(scope);
    const nowMs = this.#nowMs();
    if (known !== undefined && nowMs - known.countedMs < MUNICIPALITY.statisticsMs) return known;
    const counted = this.#turn.then(() => this.#countAll(scope));
    this.#turn = counted;
    const fresh = { countedMs: nowMs, counted };
    this.#known.set(scope, fresh);
    void counted.then(({ ok: isGood }) => isGood || this.#known.delete(scope));
    return fresh;
  }

  async #countAll(scope: Scope): Promise<Result<Counted>> {
    const { folder, vault, registry } = this.#parts;
    const settled = await registry.settled();
    if (!settled.ok) return settled;
    const { generation } = registry;
    const blocks = vault.blockKeys(generation).byteLength / KEY_BYTES;
    const sum = nothingCounted();
    for (let fromBlock = 0; fromBlock < blocks; fromBlock += MUNICIPALITY.blocksPerTask) {
      const toBlock = Math.min(blocks, fromBlock + MUNICIPALITY.blocksPerTask);
      const counted = await this.#countSome({ folder, generation, fromBlock, toBlock, scope });
      if (!counted.ok) return counted;
      addCounted(sum, counted.value);
    }
    return ok(sum);
  }

  /** Once more when the vault moved its keys meanwhile, as it does when there are many more: the thread looked at old ones. */
  async #countSome(task: Omit<CountTask, "blockKeys">): Promise<Result<Counted>> {
    const { vault, run = countBlocks } = this.#parts;
    const blockKeys = vault.blockKeys(task.generation);
    const counted = await run({ ...task, blockKeys });
    const isMoved = vault.blockKeys(task.generation) !== blockKeys;
    return counted.ok || !isMoved ? counted : this.#countSome(task);
  }
}

/** Backwards from what there is now; a registry that was replaced as a whole may have fewer than joined the one before. */
function withTotals(days: readonly GrowthOfDay[], since: readonly GrowthOfDay[], now: number): Growth["days"] {
  let total = since.reduce((sum, { joined, left }) => sum - joined + left, now);
  const shown: Growth["days"] = [];
  for (const { day, joined, left } of days.toReversed()) {
    shown.push({ day: formatDay(day), joined, left, total: Math.max(0, total) });
    total += left - joined;
  }
  return shown.reverse();
}

function inWords(counted: Counted, countedMs: number): Statistics {
  const { participants, withNumber, withMail, phones, statuses, bits } = counted;
  return {
    countedAt: new Date(countedMs).toISOString(),
    ...{ participants, withNumber, withMail, phones },
    statuses: named(PARTICIPANT_STATUSES.slice(0, 3) as ["active", "paused", "unconfirmed"], statuses),
    kinds: named(PARTICIPANT_KINDS, counted.kinds),
    languages: named(LANGUAGES, counted.languages),
    needs: named(NEEDS, counted.needs),
    switchedOff: named(CHANNELS, counted.switchedOff),
    channels: named(
      CHANNELS,
      CHANNELS.map((_, at) => named(DOMAINS, bits.slice(at * DOMAINS.length))),
    ),
    locations: named(LOCATION_KINDS, counted.locations),
  };
}
