/**
 * firstSubmit: from sending the HTTP request to the first submit_sm arriving at a carrier, for a circle of 5 km, durable; on
 * an idle service, and while a nationwide action runs. The towns have 4,900 to 8,700 participants within 5 km, as most places
 * have; firstSubmit.city is the same, idle, in the middle of Amsterdam, where there are ten times as many.
 *
 * firstSubmit.floor.own is the least that it could take (floor.ts), and firstSubmit.floor how many times that the service takes:
 * its p50 against the floor's p50, its p99 against the floor's p99.
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { BenchOptions, Report } from "../report.js";
import {
  type Center,
  firstSubmits,
  nationwide,
  type Rig,
  type SmallAction,
  settled,
  smallAction,
  startRig,
} from "../rig.js";
import { line, round, type Samples, sample } from "../sample.js";
import { floorTimes } from "./floor.js";

/** Woerden, Hoorn, Den Helder, Harderwijk, Doetinchem, Weert, Goes, Middelburg. */
export const TOWNS: readonly Center[] = [
  [4.883, 52.086],
  [5.06, 52.642],
  [4.75, 52.953],
  [5.62, 52.342],
  [6.296, 51.965],
  [5.706, 51.252],
  [3.888, 51.504],
  [3.61, 51.499],
];
const AMSTERDAM: Center = [4.9, 52.37];

/** Pause between small actions: more of them in a second than a control room has in a quarter of an hour. */
const PAUSE_MS = 60;

const CARRIERS = 2;

interface Counts {
  readonly warmUps: number;
  readonly idle: number;
  readonly city: number;
  readonly busyRounds: number;
}

const WHOLE: Counts = { warmUps: 20, idle: 200, city: 50, busyRounds: 3 };
const TINY: Counts = { warmUps: 1, idle: 3, city: 3, busyRounds: 1 };

export async function run(folder: string, report: Report, { tiny, wants }: BenchOptions): Promise<void> {
  const counts = tiny ? TINY : WHOLE;
  const rig = await startRig(folder, CARRIERS);
  let idle: Samples | undefined;
  try {
    if (wants("firstSubmit.idle") || wants("firstSubmit.floor")) {
      idle = await idleSamples(rig, tiny);
      report(line("firstSubmit.idle", "ms", idle));
    } else await many(rig, TOWNS, counts.warmUps);
    if (wants("firstSubmit.city")) {
      await summarize("firstSubmit.city", rig, await many(rig, [AMSTERDAM], counts.city), report);
    }
    if (wants("firstSubmit.busy")) await busy(rig, report, counts.busyRounds);
  } finally {
    await rig.close();
  }
  // Reads the registry that the service has had open.
  if (idle && wants("firstSubmit.floor")) await floor(folder, counts, idle, report);
}

async function floor(folder: string, { warmUps, idle: count }: Counts, idle: Samples, report: Report): Promise<void> {
  const times = await floorTimes({ folder, carriers: CARRIERS, centers: TOWNS, warmUps, count, pauseMs: PAUSE_MS });
  const own = await sample("firstSubmit.floor.own", times.length, async (run) => times[run]!);
  const [p50, p99] = [round(idle.p50 / own.p50), round(idle.p99 / own.p99)];
  report({ name: "firstSubmit.floor", value: p50, unit: "x", p50, p99, peer: null, ratio: null });
  report(line("firstSubmit.floor.own", "ms", own));
}

async function many(rig: Rig, centers: readonly Center[], count: number): Promise<SmallAction[]> {
  const asked: SmallAction[] = [];
  for (let i = 0; i < count; i++) {
    const action = await smallAction(rig.engine, centers[i % centers.length]!);
    asked.push(action);
    await settled(rig.engine, action.id);
    // The last receipts are known before they are on the disk; idle means that nothing is being written.
    await sleep(PAUSE_MS);
  }
  return asked;
}

async function busy(rig: Rig, report: Report, rounds: number): Promise<void> {
  const asked: SmallAction[] = [];
  for (let round = 0; round < rounds; round++) {
    const { id } = await nationwide(rig.engine);
    await rig.engine.until(id, ({ status }) => status !== "selecting", 5);
    while ((await rig.engine.action(id)).status === "sending") {
      asked.push(await smallAction(rig.engine, TOWNS[asked.length % TOWNS.length]!));
      await sleep(PAUSE_MS);
    }
    await settled(rig.engine, id);
  }
  await summarize("firstSubmit.busy", rig, asked, report);
}

/** firstSubmit.idle, of a service that does nothing else; also what the others are held against. */
export async function idleSamples(rig: Rig, tiny: boolean): Promise<Samples> {
  const { warmUps, idle } = tiny ? TINY : WHOLE;
  // The first ones find cold code; a control room's first action of the day does too, but it is one in thousands.
  await many(rig, TOWNS, warmUps);
  return samplesOf("firstSubmit.idle", rig, await many(rig, TOWNS, idle));
}

async function samplesOf(name: string, rig: Rig, asked: readonly SmallAction[]): Promise<Samples> {
  const measured = await firstSubmits(rig, asked);
  return sample(name, measured.length, async (run) => measured[run]!);
}

async function summarize(name: string, rig: Rig, asked: readonly SmallAction[], report: Report): Promise<void> {
  report(line(name, "ms", await samplesOf(name, rig, asked)));
}
