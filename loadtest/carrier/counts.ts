/**
 * What a log amounts to: how many different submits there were, how many came more than once, and how many of each tag.
 *
 * Computed when somebody asks, never while submits come in: 1.6 million records take a few hundred milliseconds, during
 * which the simulator answers nothing. A duplicate is an accepted submit whose number and tag were both accepted before.
 */
import { SIMULATOR } from "../../schemas/limits.js";
import type { PersonalityName } from "../personalities/table.js";
import { STATUS } from "./bind/wire.js";
import type { SubmitLog } from "./log.js";

export interface TagCount {
  /** Accepted submits. */
  count: number;
  /** Arrival of the first, Unix time in milliseconds. */
  firstAtMs: number;
}

export interface LogCounts {
  /** Different pairs of number and tag among the accepted. */
  readonly distinct: number;
  /** Accepted beyond the first of each pair; distinct + duplicates = accepted. */
  readonly duplicates: number;
  /** By the tag's eight hexadecimal digits; at most SIMULATOR.tagsListed of them, the earliest. */
  readonly tags: Record<string, TagCount>;
}

/** Counted while submits come in; cheap to ask for. */
export interface SimulatorCounters {
  readonly name: string;
  /** submit_sm that arrived on a bind; accepted + refused + throttled, and the length of the log. */
  readonly submitted: number;
  readonly accepted: number;
  readonly refused: number;
  readonly throttled: number;
  readonly receiptsSent: number;
  /** Answered with ESME_ROK; a receipt sent again after a disconnect counts again in both. */
  readonly receiptsAcknowledged: number;
  readonly receiptsRefused: number;
  /** deliver_sm from citizens, each part for itself. */
  readonly messagesSent: number;
  readonly messagesAcknowledged: number;
  readonly messagesRefused: number;
  /** Connections taken and bind requests read since the start. */
  readonly connections: number;
  readonly bindRequests: number;
  /** How often each personality has deviated that does so by chance or now and then. */
  readonly struck: Partial<Record<PersonalityName, number>>;
  /** How long it was at work, where it does one message after the other; 0 elsewhere. */
  readonly workedMs: number;
  /** Of the last submit_sm_resp that was held; Unix time in milliseconds, 0 where none was. */
  readonly lastAnswerAtMs: number;
  readonly receiptsWaiting: number;
  /** Sessions bound now. */
  readonly binds: number;
  /** Unix time in milliseconds; null before the first submit. */
  readonly firstSubmitAtMs: number | null;
  readonly lastSubmitAtMs: number | null;
  /** Submits a second between the first and the last. */
  readonly perSecond: number;
  /** Processor time of the simulator since it started. */
  readonly cpuMs: number;
  readonly rssMb: number;
}

export type SimulatorStats = SimulatorCounters & LogCounts;

export function countLog(log: SubmitLog): LogCounts {
  const tags = new Map<number, TagCount>();
  let accepted = 0;
  for (let i = 0; i < log.length; i++) {
    if (log.status(i) !== STATUS.ok) continue;
    accepted++;
    const tag = tags.get(log.tag(i));
    if (tag === undefined) tags.set(log.tag(i), { count: 1, firstAtMs: log.arrivedAtMs(i) });
    else tag.count++;
  }
  const distinct = countDistinct(log, tags, accepted);
  const listed = [...tags].slice(0, SIMULATOR.tagsListed);
  return {
    distinct,
    duplicates: accepted - distinct,
    tags: Object.fromEntries(listed.map(([tag, count]) => [tag.toString(16).padStart(8, "0"), count])),
  };
}

/** Puts the numbers of each tag side by side, sorts each group, and counts where a number differs from the one before. */
function countDistinct(log: SubmitLog, tags: Map<number, TagCount>, accepted: number): number {
  const numbers = new Float64Array(accepted);
  const next = new Map<number, number>();
  let start = 0;
  for (const [tag, { count }] of tags) {
    next.set(tag, start);
    start += count;
  }
  for (let i = 0; i < log.length; i++) {
    if (log.status(i) !== STATUS.ok) continue;
    const at = next.get(log.tag(i))!;
    numbers[at] = log.number(i);
    next.set(log.tag(i), at + 1);
  }
  let distinct = 0;
  start = 0;
  for (const { count } of tags.values()) {
    const group = numbers.subarray(start, start + count).sort();
    for (let i = 0; i < count; i++) if (i === 0 || group[i] !== group[i - 1]) distinct++;
    start += count;
  }
  return distinct;
}
