/**
 * submit.serial: carriers that do one message after the other, each in a time of its own, with nothing configured. How long the
 * whole took, against the time that the carrier itself was at work (its pauses included), which nobody could do better; and
 * how many messages came more than once. By the carriers' own counters.
 *
 * Such a carrier costs next to nothing, so several run side by side, each with a service of its own.
 */

import { setTimeout as sleep } from "node:timers/promises";
import type { SimulatorOptions } from "../../loadtest/carrier/process.js";
import { NATIONWIDE_AREA } from "../../loadtest/nationwide/nationwide-action.js";
import type { PersonalityName } from "../../loadtest/personalities/table.js";
import type { BenchOptions, Report } from "../report.js";
import { copyFolder, dropFolder, makeFolder, startRig } from "../rig.js";
import { line, sample } from "../sample.js";

const SIDE_BY_SIDE = 8;
const SERVICE_MS = [5, 10, 20, 40, 100, 300];
const PEOPLE = [300, 2_000];
const SHORT = "Burgernet: jongen van 5 vermist bij het station. Gezien? Bel 0800-0011";
/** Two parts, which end differently. */
const LONG = `${SHORT}. Hij draagt een blauwe jas, rode laarsjes en een groene muts, en is voor het laatst gezien op het perron aan de kant van de Singel rond tien voor drie vanmiddag.`;

interface Case {
  readonly name: string;
  readonly people: number;
  readonly text: string;
  readonly carrier: SimulatorOptions;
}

interface Outcome {
  /** How often the carrier's own time it took. */
  readonly times: number;
  /** Messages that came more than once. */
  readonly twice: number;
}

export async function run(report: Report, { tiny, wants }: BenchOptions): Promise<void> {
  const folders = new Map<number, string>();
  const waiting = tiny
    ? casesOf([5], [30]).slice(0, 2)
    : casesOf(SERVICE_MS, PEOPLE).filter(({ name }) => wants(`submit.serial.${name}`));
  for (const { people } of waiting) if (!folders.has(people)) folders.set(people, await makeFolder(people));
  // The longest first: they decide how long it takes.
  waiting.sort((a, b) => lengthOf(b) - lengthOf(a));
  const outcomes: Outcome[] = [];
  const lane = async (): Promise<void> => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const outcome = await measure(folders.get(next.people)!, next);
      outcomes.push(outcome);
      const samples = await sample(next.name, 1, async () => outcome.times);
      report(line(`submit.serial.${next.name}`, "x", samples));
    }
  };
  await Promise.all(Array.from({ length: SIDE_BY_SIDE }, lane));
  const times = await sample("submit.serial", outcomes.length, async (at) => outcomes[at]!.times);
  report(line("submit.serial", "x", times));
  const twice = await sample("twice", outcomes.length, async (at) => outcomes[at]!.twice);
  report(line("submit.serial.twice", "", twice));
}

function casesOf(serviceMs: readonly number[], people: readonly number[]): Case[] {
  const kinds: readonly (readonly [PersonalityName, readonly number[]])[] = [
    ["serial", serviceMs],
    ["queue-places", serviceMs],
    ["uneven", serviceMs.filter((ms) => ms <= 20)],
    ["pauses", serviceMs.filter((ms) => ms <= 20)],
  ];
  return kinds.flatMap(([kind, speeds]) =>
    speeds.flatMap((ms) =>
      people.flatMap((count) =>
        [SHORT, LONG].map((text) => ({
          name: `${kind}.${ms}ms.${count}.${text === SHORT ? "short" : "long"}`,
          people: count,
          text,
          carrier: { personalities: [kind], serviceMs: ms, deviationPeriodMs: 20_000, receipts: 0 },
        })),
      ),
    ),
  );
}

function lengthOf({ people, text, carrier }: Case): number {
  return people * (text === SHORT ? 1 : 2) * (carrier.serviceMs ?? 0);
}

async function measure(folder: string, { people, text, carrier }: Case): Promise<Outcome> {
  const copy = copyFolder(folder);
  const rig = await startRig(copy, 1, carrier);
  try {
    const simulator = rig.simulators[0]!;
    const { id } = await rig.engine.createAction({ area: NATIONWIDE_AREA, text, dispatch: true });
    // For as long as it takes: such a carrier pauses for longer than a run may be without a change elsewhere.
    while (["selecting", "sending"].includes((await rig.engine.action(id)).status)) await sleep(200);
    const { firstSubmitAtMs, lastAnswerAtMs, workedMs, duplicates, distinct } = await simulator.stats();
    const parts = text === SHORT ? 1 : 2;
    if (distinct !== people * parts) throw new Error(`${distinct} of ${people * parts} parts were taken`);
    return { times: (lastAnswerAtMs - firstSubmitAtMs!) / workedMs, twice: duplicates };
  } finally {
    await rig.close();
    dropFolder(copy);
  }
}
