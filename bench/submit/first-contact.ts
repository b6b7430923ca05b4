/**
 * submit.first: the first action of 2,000 people at carriers that nobody has sent to before, with limits of several kinds and nothing
 * configured. What the carrier throttled, of all that was submitted; how much of its limit was used from the third second on; and
 * how often one person was submitted at most. By the carriers' own logs.
 *
 * Those of a small limit cost next to nothing and run side by side; the others one after the other, for their milliseconds count.
 */

import type { LogColumns } from "../../loadtest/carrier/log.js";
import { NATIONWIDE_AREA } from "../../loadtest/nationwide/nationwide-action.js";
import type { PersonalityName } from "../../loadtest/personalities/table.js";
import type { BenchOptions, Report } from "../report.js";
import { copyFolder, dropFolder, makeFolder, startRig } from "../rig.js";
import { line, sample } from "../sample.js";

const PEOPLE = 2_000;
const LIMITS = [20, 200, 2_000];
const TEXT = "Burgernet: jongen van 5 vermist bij het station. Gezien? Bel 0800-0011";
const KINDS: readonly (readonly [name: string, personality: PersonalityName])[] = [
  ["fixed", "throttle-per-account"],
  ["sliding", "throttle-sliding"],
  ["bucket", "throttle-bucket"],
  ["queue", "queue-full"],
  ["exact", "throttle-exact"],
];
/** Up to this limit cases run side by side. */
const CALM_LIMIT = 20;
const THROTTLED = new Set([0x58, 0x14]);
/** What is judged from the third second on. */
const SETTLED_MS = 2_000;

interface Case {
  readonly name: string;
  readonly limit: number;
  readonly personality: PersonalityName;
}

interface Outcome {
  readonly throttled: number;
  /** Null where it was over before a second of that had passed. */
  readonly used: number | null;
  readonly most: number;
}

export async function run(report: Report, { tiny, wants }: BenchOptions): Promise<void> {
  const people = tiny ? 60 : PEOPLE;
  const folder = await makeFolder(people);
  const all = KINDS.flatMap(([kind, personality]) =>
    LIMITS.map((limit) => ({ name: `submit.first.${kind}.${limit}`, limit, personality })),
  );
  const chosen = tiny ? all.slice(1, 2) : all.filter(({ name }) => wants(name));
  const outcomes: Outcome[] = [];
  const one = async (each: Case): Promise<void> => {
    const outcome = await measure(folder, people, each);
    outcomes.push(outcome);
    await tell(report, each.name, "%", [outcome.throttled]);
    if (outcome.used !== null) await tell(report, `${each.name}.used`, "%", [outcome.used]);
    await tell(report, `${each.name}.most`, "", [outcome.most]);
  };
  await Promise.all(chosen.filter(({ limit }) => limit <= CALM_LIMIT).map(one));
  for (const each of chosen.filter(({ limit }) => limit > CALM_LIMIT)) await one(each);
  await tell(
    report,
    "submit.first",
    "%",
    outcomes.map(({ throttled }) => throttled),
  );
  const used = outcomes.flatMap((outcome) => outcome.used ?? []);
  if (used.length > 0) await tell(report, "submit.first.used", "%", used);
  await tell(
    report,
    "submit.first.most",
    "",
    outcomes.map(({ most }) => most),
  );
}

async function tell(report: Report, name: string, unit: string, figures: readonly number[]): Promise<void> {
  report(line(name, unit, await sample(name, figures.length, async (at) => figures[at]!)));
}

async function measure(folder: string, people: number, { limit, personality }: Case): Promise<Outcome> {
  const copy = copyFolder(folder);
  const rig = await startRig(copy, 1, { receipts: 0, throttleAbove: limit, personalities: [personality] });
  try {
    const { id } = await rig.engine.createAction({ area: NATIONWIDE_AREA, text: TEXT, dispatch: true });
    await rig.engine.until(id, ({ status }) => status === "sent", 200);
    return outcomeOf(await rig.simulators[0]!.log(), people, limit);
  } finally {
    await rig.close();
    dropFolder(copy);
  }
}

function outcomeOf({ length, numbers, statuses, arrivedAtMs }: LogColumns, people: number, limit: number): Outcome {
  const times = new Map<number, number>();
  let throttled = 0;
  let taken = 0;
  let settled = 0;
  const fromMs = arrivedAtMs[0]! + SETTLED_MS;
  for (let at = 0; at < length; at++) {
    times.set(numbers[at]!, (times.get(numbers[at]!) ?? 0) + 1);
    if (THROTTLED.has(statuses[at]!)) throttled++;
    if (statuses[at] !== 0) continue;
    taken++;
    if (arrivedAtMs[at]! >= fromMs) settled++;
  }
  if (taken !== people) throw new Error(`${taken} of ${people} were taken`);
  const forMs = arrivedAtMs[length - 1]! - fromMs;
  return {
    throttled: (100 * throttled) / length,
    used: forMs < 1_000 ? null : (100_000 * settled) / (forMs * limit),
    most: Math.max(...times.values()),
  };
}
