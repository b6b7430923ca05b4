/**
 * firstSubmit: from sending the HTTP request to the first submit_sm arriving at a carrier, for a circle of 5 km around one
 * of the larger towns, durable; on an idle service, and while a nationwide action runs.
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { BenchOptions, Report } from "./report.js";
import { firstSubmits, nationwide, type Rig, type SmallAction, settled, smallAction, startRig } from "./rig.js";
import { line, sample } from "./sample.js";

/** Amsterdam, Rotterdam, Utrecht, Groningen, Maastricht, Zwolle, Breda, Woerden. */
const CENTERS = [
  [4.9, 52.37],
  [4.48, 51.92],
  [5.12, 52.09],
  [6.57, 53.22],
  [5.69, 50.85],
  [6.09, 52.51],
  [4.78, 51.59],
  [4.88, 52.09],
] as const;

/** Pause between small actions while the country is being asked: a busy quarter of an hour in one second. */
const PAUSE_MS = 60;

export async function run(folder: string, report: Report, { tiny, wants }: BenchOptions): Promise<void> {
  const rig = await startRig(folder, 2);
  try {
    if (wants("firstSubmit.idle")) await idle(rig, report, tiny ? 3 : 100);
    if (wants("firstSubmit.busy")) await busy(rig, report, tiny ? 1 : 3);
  } finally {
    await rig.close();
  }
}

async function idle(rig: Rig, report: Report, actions: number): Promise<void> {
  // The first ones find cold code; a control room's first action of the day does too, but it is one in thousands.
  await many(rig, Math.min(actions, 20));
  const asked = await many(rig, actions);
  await summarize("firstSubmit.idle", rig, asked, report);
}

async function many(rig: Rig, count: number): Promise<SmallAction[]> {
  const asked: SmallAction[] = [];
  for (let i = 0; i < count; i++) {
    const action = await smallAction(rig.engine, CENTERS[i % CENTERS.length]);
    asked.push(action);
    await settled(rig.engine, action.id);
  }
  return asked;
}

async function busy(rig: Rig, report: Report, rounds: number): Promise<void> {
  const asked: SmallAction[] = [];
  for (let round = 0; round < rounds; round++) {
    const { id } = await nationwide(rig.engine);
    await rig.engine.until(id, ({ status }) => status !== "selecting", 5);
    while ((await rig.engine.action(id)).status === "sending") {
      asked.push(await smallAction(rig.engine, CENTERS[asked.length % CENTERS.length]));
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
