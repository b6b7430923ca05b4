/**
 * urgent.underLoad: an extreme alarm a second, from a key of its own, while 64 connections ask for previews of 100 km and 64 create
 * small actions (flood-client.ts). From sending the request to the first submit_sm at a carrier, against firstSubmit.idle of the
 * same service, measured just before; and how many alarms were lost: refused, not done, or not with every one of their people.
 *
 * Beside it stands what the load was: what it got done, what it was refused for want of room (503), and for the rate of its keys
 * (429), all a second. The clients that flood are a process of its own with the same priority as all others on this machine.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { LogColumns } from "../../loadtest/carrier/log.js";
import type { Action } from "../../schemas/api/api.js";
import { alone, type BenchOptions, type Report } from "../report.js";
import { addKeys, firstSubmitsIn, logsOf, nowMs, type Rig, type SmallAction, smallRequest, startRig } from "../rig.js";
import { line, round, type Samples, sample } from "../sample.js";
import { idleSamples, TOWNS } from "./first-submit.js";
import type { FloodRequest, FloodResult, Statuses } from "./flood-client.js";

const CONNECTIONS = 64;
/** For each flood: more requests than one key may send in a second. */
const KEYS = 8;
const ALARM_EVERY_MS = 1_000;
const TINY_SECONDS = 3;

type AskedAlarm = SmallAction | { readonly refusedWith: number };

export async function run(folder: string, report: Report, options: BenchOptions): Promise<void> {
  const keys = await addKeys(folder, 2 * KEYS, "controlRoom");
  const rig = await startRig(folder, 2);
  try {
    const idle = await idleSamples(rig, options.tiny);
    report(line("urgent.underLoad.idle", "ms", idle));
    const stopFlood = startFlood({
      port: rig.engine.port,
      centers: TOWNS,
      connections: CONNECTIONS,
      previewKeys: keys.slice(0, KEYS),
      actionKeys: keys.slice(KEYS),
    });
    const asked = await alarms(rig, options.tiny ? TINY_SECONDS : options.seconds);
    const flood = await stopFlood();
    await reportAlarms(rig, asked, idle, report);
    reportFlood(flood, report);
  } finally {
    await rig.close();
  }
}

/** Gives what ends it, and then tells what was answered. */
function startFlood(request: FloodRequest): () => Promise<FloodResult> {
  const script = fileURLToPath(new URL("./flood-client.js", import.meta.url));
  const child = spawn(process.execPath, [script, JSON.stringify(request)], { stdio: ["pipe", "pipe", "inherit"] });
  let output = "";
  child.stdout.on("data", (chunk) => {
    output += chunk;
  });
  const closed = once(child, "close");
  return async () => {
    child.stdin.end();
    await closed;
    return JSON.parse(output) as FloodResult;
  };
}

/** One a second, whether the one before was answered or not. */
async function alarms(rig: Rig, seconds: number): Promise<AskedAlarm[]> {
  const asked: Promise<AskedAlarm>[] = [];
  const startedMs = performance.now();
  for (let i = 0; i < seconds; i++) {
    const waitMs = startedMs + i * ALARM_EVERY_MS - performance.now();
    if (waitMs > 0) await sleep(waitMs);
    asked.push(alarm(rig, i));
  }
  return Promise.all(asked);
}

async function alarm({ engine }: Rig, round: number): Promise<AskedAlarm> {
  const { request, tag } = smallRequest(TOWNS[round % TOWNS.length]!);
  const extreme = { ...request, domain: "alarm", urgency: "extreme" };
  const sentAtMs = nowMs();
  const { status, body } = await engine.request<Action>("POST", "/v1/actions", extreme);
  return status === 201 ? { id: body.id, tag, sentAtMs } : { refusedWith: status };
}

async function reportAlarms(rig: Rig, asked: readonly AskedAlarm[], idle: Samples, report: Report): Promise<void> {
  const accepted = asked.filter((one): one is SmallAction => "id" in one);
  let lost = asked.length - accepted.length;
  const people = new Map<number, number>();
  for (const { id, tag } of accepted) {
    const { status, waves } = await rig.engine.until(id, (action) => !["selecting", "sending"].includes(action.status));
    // One that was not sent has all people missing, however few a carrier got.
    people.set(tag, status === "sent" ? waves[0]!.recipients : Number.POSITIVE_INFINITY);
  }
  const logs = await logsOf(rig);
  const reached = reachedBy(logs, new Set(people.keys()));
  for (const [tag, wanted] of people) if ((reached.get(tag)?.size ?? 0) !== wanted || wanted === 0) lost++;
  const times = firstSubmitsIn(logs, accepted).filter(Number.isFinite);
  const measured = await sample("urgent.underLoad", times.length, async (at) => times[at]!);
  report(line("urgent.underLoad", "ms", measured));
  reportOne("urgent.underLoad.times", measured.p99 / idle.p99, "x", report);
  reportOne("urgent.underLoad.alarms", asked.length, "", report);
  reportOne("urgent.underLoad.lost", lost, "", report);
}

/** Whose message was taken by a carrier, by the tag of the alarm. */
function reachedBy(logs: readonly LogColumns[], tags: ReadonlySet<number>): Map<number, Set<number>> {
  const reached = new Map([...tags].map((tag) => [tag, new Set<number>()]));
  for (const log of logs) {
    for (let i = 0; i < log.length; i++) {
      if (log.statuses[i] === 0) reached.get(log.tags[i]!)?.add(log.numbers[i]!);
    }
  }
  return reached;
}

function reportFlood({ ms, previews, actions }: FloodResult, report: Report): void {
  const rate = (statuses: Statuses, status: number): number => ((statuses[status] ?? 0) * 1_000) / ms;
  const floods = [
    ["previews", previews, 200],
    ["actions", actions, 201],
  ] as const;
  for (const [name, statuses, done] of floods) {
    reportOne(`urgent.underLoad.${name}`, rate(statuses, done), "1/s", report);
    reportOne(`urgent.underLoad.${name}.503`, rate(statuses, 503), "1/s", report);
    reportOne(`urgent.underLoad.${name}.429`, rate(statuses, 429), "1/s", report);
    // Whatever else was answered, or broke: nothing of it is expected.
    const known = [done, 503, 429].map(String);
    const others = Object.entries(statuses).filter(([status]) => !known.includes(status));
    const count = others.reduce((sum, [, times]) => sum + times, 0);
    reportOne(`urgent.underLoad.${name}.other`, count, "", report);
  }
}

function reportOne(name: string, value: number, unit: string, report: Report): void {
  report(alone(name, round(value), unit));
}
