/**
 * firstSubmit: from sending the HTTP request to the first submit_sm arriving at a carrier, for a circle of 5 km, durable; on
 * an idle service, and while a nationwide action runs. The towns have 4,900 to 8,700 participants within 5 km, as most places
 * have; firstSubmit.city is the same, idle, in the middle of Amsterdam, where there are ten times as many.
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { BenchOptions, Report } from "./report.js";
import {
  type Center,
  firstSubmits,
  nationwide,
  type Rig,
  type SmallAction,
  settled,
  smallAction,
  startRig,
} from "./rig.js";
import { line, sample } from "./sample.js";

/** Woerden, Hoorn, Den Helder, Harderwijk, Doetinchem, Weert, Goes, Middelburg. */
const TOWNS: readonly Center[] = [
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

export async function run(folder: string, report: Report, { tiny, wants }: BenchOptions): Promise<void> {
  const rig = await startRig(folder, 2);
  try {
    // The first ones find cold code; a control room's first action of the day does too, but it is one in thousands.
    await many(rig, TOWNS, tiny ? 1 : 20);
    if (wants("firstSubmit.idle")) {
      await summarize("firstSubmit.idle", rig, await many(rig, TOWNS, tiny ? 3 : 200), report);
    }
    if (wants("firstSubmit.city")) {
      await summarize("firstSubmit.city", rig, await many(rig, [AMSTERDAM], tiny ? 3 : 50), report);
    }
    if (wants("firstSubmit.busy")) await busy(rig, report, tiny ? 1 : 3);
  } finally {
    await rig.close();
  }
}

async function many(rig: Rig, centers: readonly Center[], count: number): Promise<SmallAction[]> {
  const asked: SmallAction[] = [];
  for (let i = 0; i < count; i++) {
    const action = await smallAction(rig.engine, centers[i % centers.length]);
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
      asked.push(await smallAction(rig.engine, TOWNS[asked.length % TOWNS.length]));
      await sleep(PAUSE_MS);
    }
    await settled(rig.engine, id);
  }
  await summarize("firstSubmit.busy", rig, asked, report);
}

async function summarize(name: string, rig: Rig, asked: readonly SmallAction[], report: Report): Promise<void> {
  const measured = await firstSubmits(rig, asked);
  report(line(name, "ms", await sample(name, measured.length, async (run) => measured[run])));
}
