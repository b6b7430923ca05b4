/**
 * The waves of an action as they are shown. Of those to late arrivals there may be two thousand, of a few people each, and nobody reads
 * them one by one: those that are at rest are one for each text. What they come to is kept while the action is under way, so that they
 * are not read anew each time that it is shown.
 */
import type { Counts, Failure, Wave } from "../../../schemas/api/api.js";
import type { Problem } from "../../../schemas/errors.js";
import { type ActionRecord, isUnderWay } from "../record.js";
import type { FoundWaves } from "../waves/found-waves.js";
import { showWave } from "./wave-view.js";

export class ShownWaves {
  /** By action. */
  readonly #sums = new Map<string, Sum>();
  readonly #found: FoundWaves;

  constructor(found: FoundWaves) {
    this.#found = found;
  }

  /** In the order in which they were opened, and what is wrong where one of them can't be read. */
  of(record: ActionRecord): { readonly waves: Wave[]; readonly damage: Problem | undefined } {
    const sum = this.#sums.get(record.id) ?? new Sum();
    const unknown = record.waves.filter(({ id }) => !sum.waveIds.has(id));
    const damage = this.#found.damageOf({ waves: unknown });
    const shown: Wave[] = [];
    for (const { wave, stored, live } of this.#found.of({ waves: unknown })) {
      const view = showWave(wave, stored, live);
      if (wave.kind === "arrivals" && live === undefined) sum.add(wave.id, view);
      else shown.push(view);
    }
    if (isUnderWay(record) && sum.waveIds.size > 0) this.#sums.set(record.id, sum);
    else this.#sums.delete(record.id);
    const first = shown.findIndex(({ kind }) => kind !== "first");
    const at = first < 0 ? shown.length : first;
    return { waves: [...shown.slice(0, at), ...sum.byText.values(), ...shown.slice(at)], damage };
  }
}

/** What some waves come to. */
class Sum {
  readonly waveIds = new Set<number>();
  readonly byText = new Map<string, Wave>();

  add(waveId: number, wave: Wave): void {
    this.waveIds.add(waveId);
    const before = this.byText.get(wave.text);
    this.byText.set(wave.text, before ? sumOf(before, wave) : { ...wave, forecast: null, forecastError: null });
  }
}

function sumOf(before: Wave, wave: Wave): Wave {
  return {
    ...before,
    recipients: before.recipients + wave.recipients,
    segmentsPerMessage: Math.max(before.segmentsPerMessage, wave.segmentsPerMessage),
    counts: sumOfCounts(before.counts, wave.counts),
    failures: sumOfFailures([...before.failures, ...wave.failures]),
    firstIntentAt: before.firstIntentAt ?? wave.firstIntentAt,
    acknowledgedAt: wave.acknowledgedAt ?? before.acknowledgedAt,
  };
}

function sumOfCounts(some: Counts, others: Counts): Counts {
  const states = Object.keys(some) as (keyof Counts)[];
  return Object.fromEntries(states.map((state) => [state, some[state] + others[state]])) as Counts;
}

function sumOfFailures(failures: readonly Failure[]): Failure[] {
  const sums = new Map<string, Failure>();
  for (const failure of failures) {
    const name = `${failure.cause} ${failure.code}`;
    const times = failure.times + (sums.get(name)?.times ?? 0);
    sums.set(name, { ...failure, times });
  }
  return [...sums.values()];
}
