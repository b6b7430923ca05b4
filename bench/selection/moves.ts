/**
 * live.moves: half a million phones that move, told to the service by a process of its own, as a stream and in requests.
 * The figure is moves a second that are on the disk; p50 and p99 are the milliseconds from the beginning of a request to its
 * answer. live.moves.cpu is what the service's main thread spends on a move, by the system's own count, which other processes
 * do not lengthen. live.moves.preview is a preview of a 5 km circle over HTTP, with its forecast and all that the service does,
 * while 110,000 moves a second come in, and live.moves.late how late the main thread is meanwhile; live.selection measures the
 * selection alone. live.moves.rss is the memory of the service after all of that and a nationwide action, counted as memory.rss.
 *
 * The peer is Redis: GEOADD of the same phones, in commands of as many as suit it best, without HTTP, JSON or a disk.
 */
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { EngineProcess } from "../../loadtest/engine-process.js";
import { percentilesOf, rounded } from "../measure.js";
import { alone, type BenchOptions, type Report } from "../report.js";
import { addKeys, makeFolder, nationwide, settled, startRig } from "../rig.js";
import type { MovesRequest, MovesResult } from "./moves-client.js";
import { phonesOf, writePhones } from "./phones.js";
import { Redis } from "./redis.js";

const PHONES_SHARE = 500_000 / 1_600_000;
const SECONDS = 10;
const REST_MS = 3_000;
const CONNECTIONS = 4;
/** Moves a second at which previews are measured. */
const PACE_PER_SECOND = 110_000;
/** Resolution of prom-client's measure of the event loop. */
const TIMER_MS = 10;
const NO_PEER = { peer: null, ratio: null };
const MOVES_PER_COMMAND = 500;
/** The system's clock ticks in a second (USER_HZ), on every Linux. */
const TICKS = 100;

export async function run(report: Report, options: BenchOptions): Promise<void> {
  const folder = await makeFolder(options.participants, Math.round(options.participants * PHONES_SHARE));
  const file = join(folder, "phones.bin");
  const phones = await phonesOf(folder);
  writePhones(phones, file);
  const [key] = await addKeys(folder, 1, "app");
  const peer = await redisRate(file, options.tiny ? 0.2 : SECONDS / 2);
  const rig = await startRig(folder, 1);
  const { engine } = rig;
  try {
    const each = (wanted: number): number => Math.min(wanted, phones.length);
    const shared = {
      port: engine.port,
      key: key!,
      file,
      seconds: options.tiny ? 0.5 : SECONDS,
      connections: CONNECTIONS,
    };
    // Every phone once, and time to put them in order: on any day they are known already.
    await tell({ ...shared, way: "stream", each: each(10_000) });
    await setTimeout(options.tiny ? 0 : REST_MS);
    await measureWay(engine, { ...shared, way: "stream", each: each(10_000) }, "live.moves", peer, report);
    await measureWay(engine, { ...shared, way: "batch", each: each(2_000) }, "live.moves.batch", peer, report);
    await measurePreviews(engine, phones[0]!.home, { ...shared, way: "batch", each: each(2_000) }, report);
    const { id } = await nationwide(engine);
    await settled(engine, id);
    report(alone("live.moves.rss", Math.round(engine.rssMb()), "MB"));
  } finally {
    await rig.close();
  }
}

/** Moves a second that Redis takes; null where it is not installed. */
async function redisRate(file: string, seconds: number): Promise<number | null> {
  const redis = await Redis.start();
  if (redis === undefined) return null;
  const read = readFileSync(file);
  const phones = new Float64Array(read.buffer, read.byteOffset, read.byteLength / 8);
  const clients = await Promise.all(Array.from({ length: CONNECTIONS }, () => redis.client()));
  let [moves, next] = [0, 0];
  const command = (): (string | number)[] => {
    const words: (string | number)[] = ["GEOADD", "people"];
    for (let one = 0; one < MOVES_PER_COMMAND; one++, next = (next + 3) % phones.length) {
      const [participant, lng, lat] = phones.subarray(next, next + 3);
      words.push((lng! + Math.random() / 1_000).toFixed(6), (lat! + Math.random() / 1_000).toFixed(6), participant!);
    }
    return words;
  };
  const started = performance.now();
  const until = started + seconds * 1_000;
  await Promise.all(
    clients.map(async (client) => {
      for (; performance.now() < until; moves += MOVES_PER_COMMAND) await client.send(command());
      client.close();
    }),
  );
  const ms = performance.now() - started;
  await redis.stop();
  return (moves * 1_000) / ms;
}

export async function tell(request: MovesRequest): Promise<MovesResult> {
  const client = fileURLToPath(new URL("./moves-client.js", import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [client, JSON.stringify(request)]);
  return JSON.parse(stdout) as MovesResult;
}

/** As fast as it goes. */
async function measureWay(
  engine: EngineProcess,
  request: MovesRequest,
  name: string,
  peer: number | null,
  report: Report,
): Promise<void> {
  const pid = engine.child.pid!;
  const before = mainThreadMs(pid);
  const { updates, ms, answerMs } = await tell(request);
  const spentMs = mainThreadMs(pid) - before;
  const perSecond = Math.round((updates * 1_000) / ms);
  const against = peer === null ? NO_PEER : { peer: Math.round(peer), ratio: rounded(perSecond / peer) };
  report({ ...against, ...roundedBoth(answerMs), name, value: perSecond, unit: "1/s" });
  const each = rounded((spentMs * 1_000) / updates);
  report(alone(`${name}.cpu`, each, "us"));
}

/** Previews, and how late the main thread is, while moves come at the rate of a country that moves. */
async function measurePreviews(
  engine: EngineProcess,
  center: readonly [number, number],
  request: MovesRequest,
  report: Report,
): Promise<void> {
  let isMoving = true;
  const times: number[] = [];
  const previewing = (async () => {
    const area = { type: "Circle", center, radiusMeters: 5_000 };
    while (isMoving) {
      const begun = performance.now();
      const { status } = await engine.request("POST", "/v1/previews", { area });
      if (status !== 200) throw new Error(`a preview was answered ${status}`);
      times.push(performance.now() - begun);
      await setTimeout(20);
    }
  })();
  await lateness(engine); // What came before is not to count.
  await tell({ ...request, perSecond: PACE_PER_SECOND });
  const late = await lateness(engine);
  isMoving = false;
  await previewing;
  const preview = roundedBoth(percentilesOf(times));
  report({ ...NO_PEER, ...preview, name: "live.moves.preview", value: preview.p50, unit: "ms" });
  const lag = roundedBoth(late);
  report({ ...NO_PEER, ...lag, name: "live.moves.late", value: lag.p50, unit: "ms" });
}

function roundedBoth({ p50, p99 }: { readonly p50: number; readonly p99: number }): { p50: number; p99: number } {
  return { p50: rounded(p50), p99: rounded(p99) };
}

/** How long after they were due the main thread came to its timers since this was asked last; they are 10 ms apart. */
async function lateness(engine: EngineProcess): Promise<{ p50: number; p99: number }> {
  const text = await engine.metrics();
  const of = (name: string): number =>
    Number(new RegExp(`^nodejs_eventloop_lag_${name}_seconds (\\S+)`, "m").exec(text)?.[1]) * 1_000;
  return { p50: Math.max(0, of("p50") - TIMER_MS), p99: Math.max(0, of("p99") - TIMER_MS) };
}

/** Processor time of the main thread so far, which has the number of the process. */
function mainThreadMs(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/task/${pid}/stat`, "latin1").split(") ")[1]!.split(" ");
  return ((Number(fields[11]) + Number(fields[12])) * 1_000) / TICKS;
}
