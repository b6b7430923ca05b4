/**
 * The app's own service, in a process of its own: tells where phones are, as fast as it is taken, for some seconds. All of it
 * is written before the clock starts, so that what is measured is the service and not the writing of numbers.
 *
 * Arguments, as JSON: MovesRequest. Writes one line of JSON: MovesResult.
 */
import { readFileSync } from "node:fs";
import { setTimeout } from "node:timers/promises";
import { Pool } from "undici";
import { percentilesOf } from "../measure.js";

export interface MovesRequest {
  readonly port: number;
  readonly key: string;
  /** Float64: participant, lng, lat; of each phone. */
  readonly file: string;
  readonly way: "batch" | "stream";
  readonly seconds: number;
  /** Positions in one request, or stream. */
  readonly each: number;
  readonly connections: number;
  /** Positions a second at most; as fast as they are taken when absent. */
  readonly perSecond?: number;
}

export interface MovesResult {
  readonly updates: number;
  readonly ms: number;
  /** Of each request, from when it was begun to its answer. */
  readonly answerMs: { readonly p50: number; readonly p99: number };
}

const request = JSON.parse(process.argv[2]!) as MovesRequest;
const METERS_PER_DEGREE = 111_195;
/** How often each phone moves before all is told again. */
const ROUNDS = 2;
/** One key's 200 requests a second are 400,000 positions; with more than that the client waits. */
const TOO_MANY = 429;
const REFUSED_MS = 100;

/** A line for each phone, 50 to 500 m from where it was. */
function linesOf(phones: Float64Array): string[] {
  const lines: string[] = [];
  for (let at = 0; at < phones.length; at += 3) {
    const [meters, direction] = [50 + 450 * Math.random(), 2 * Math.PI * Math.random()];
    const lat = phones[at + 2]! + (meters * Math.cos(direction)) / METERS_PER_DEGREE;
    const perLng = METERS_PER_DEGREE * Math.cos((lat * Math.PI) / 180);
    const lng = phones[at + 1]! + (meters * Math.sin(direction)) / perLng;
    phones[at + 1] = lng;
    phones[at + 2] = lat;
    lines.push(`{"participant":${phones[at]},"position":[${lng.toFixed(6)},${lat.toFixed(6)}]}`);
  }
  return lines;
}

function bodies(): Buffer[] {
  const read = readFileSync(request.file);
  const phones = new Float64Array(read.buffer, read.byteOffset, read.byteLength / 8).slice();
  const lines = Array.from({ length: ROUNDS }, () => linesOf(phones)).flat();
  const made: Buffer[] = [];
  for (let from = 0; from + request.each <= lines.length; from += request.each) {
    const some = lines.slice(from, from + request.each);
    made.push(Buffer.from(request.way === "batch" ? `{"positions":[${some.join(",")}]}` : `${some.join("\n")}\n`));
  }
  return made;
}

async function run(): Promise<MovesResult> {
  const all = bodies();
  const pool = new Pool(`http://127.0.0.1:${request.port}`, { connections: request.connections });
  const headers = {
    authorization: `Bearer ${request.key}`,
    "content-type": request.way === "batch" ? "application/json" : "application/x-ndjson",
  };
  const path = request.way === "batch" ? "/v1/positions" : "/v1/positions/stream";
  const times: number[] = [];
  let [updates, next, sent] = [0, 0, 0];
  const started = performance.now();
  const until = started + request.seconds * 1_000;
  const one = async (): Promise<void> => {
    while (performance.now() < until) {
      const body = all[next++ % all.length]!;
      const dueMs = request.perSecond === undefined ? 0 : (sent * 1_000) / request.perSecond;
      sent += request.each;
      const waitMs = started + dueMs - performance.now();
      if (waitMs > 0) await setTimeout(waitMs);
      const begun = performance.now();
      const answer = await pool.request({ method: "POST", path, headers, body });
      const report = (await answer.body.json()) as { taken: number; refused: number; refusals: unknown };
      if (answer.statusCode === TOO_MANY) {
        await setTimeout(REFUSED_MS);
        continue;
      }
      if (answer.statusCode !== 200 || report.refused > 0) throw new Error(JSON.stringify(report));
      times.push(performance.now() - begun);
      updates += report.taken;
    }
  };
  await Promise.all(Array.from({ length: request.connections }, one));
  const ms = performance.now() - started;
  await pool.close();
  return { updates, ms, answerMs: percentilesOf(times) };
}

console.log(JSON.stringify(await run()));
