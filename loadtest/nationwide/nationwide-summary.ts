/** What the nationwide run found: counted from the carriers' own logs, and said in words. */
import type { SimulatorProcess } from "../carrier/process.js";

export interface Summary {
  readonly participants: number;
  readonly recipients: number;
  readonly readyMs: number;
  readonly acceptMs: number;
  readonly selectMs: number;
  readonly firstSubmitMs: number;
  readonly lastAckMs: number;
  readonly submitPerSecond: number;
  readonly acknowledged: number;
  readonly delivered: number;
  readonly failed: number;
  readonly lost: number;
  readonly duplicates: number;
  readonly rssMb: number;
  readonly carriers: readonly { readonly name: string; readonly accepted: number }[];
}

export interface CarrierCount {
  /** Numbers that at least one carrier accepted a message for. */
  readonly distinct: number;
  /** Accepted messages beyond the first for a number, over all carriers. */
  readonly duplicates: number;
  readonly firstSubmitAtMs: number;
  readonly carriers: { name: string; accepted: number }[];
}

/** Reads every carrier's log and puts them side by side. Messages of one part only: a number is one message. */
export async function countCarriers(
  simulators: readonly SimulatorProcess[],
  names: readonly string[],
): Promise<CarrierCount> {
  const numbers = new Set<number>();
  let accepted = 0;
  let firstSubmitAtMs = Number.POSITIVE_INFINITY;
  const carriers: { name: string; accepted: number }[] = [];
  for (const [at, simulator] of simulators.entries()) {
    const log = await simulator.log();
    let own = 0;
    for (let i = 0; i < log.length; i++) {
      firstSubmitAtMs = Math.min(firstSubmitAtMs, log.arrivedAtMs[i]!);
      if (log.statuses[i] !== 0) continue;
      own++;
      numbers.add(log.numbers[i]!);
    }
    accepted += own;
    carriers.push({ name: names[at]!, accepted: own });
  }
  return { distinct: numbers.size, duplicates: accepted - numbers.size, firstSubmitAtMs, carriers };
}

export function printSummary(summary: Summary): void {
  const n = (value: number): string => value.toLocaleString("en");
  const s = (ms: number): string => (ms < 1_000 ? `${ms.toFixed(1)} ms` : `${(ms / 1_000).toFixed(2)} s`);
  const shares = summary.carriers.map(({ name, accepted }) => `${name} ${n(accepted)}`).join(", ");
  console.log(`
A nationwide action to ${n(summary.recipients)} of ${n(summary.participants)} participants

  service ready after          ${s(summary.readyMs)}
  request accepted after       ${s(summary.acceptMs)}
  everyone selected in         ${s(summary.selectMs)}
  first message at a carrier   ${s(summary.firstSubmitMs)}
  last acknowledgement on disk ${s(summary.lastAckMs)}   (${n(summary.submitPerSecond)} messages a second)

  acknowledged ${n(summary.acknowledged)}, delivered ${n(summary.delivered)}, failed ${n(summary.failed)}
  by the carriers' own logs: ${shares}; lost ${n(summary.lost)}, duplicates ${n(summary.duplicates)}
  memory of the engine ${n(summary.rssMb)} MB`);
}
