/**
 * Clients that ask for more than there is room for, in a process of its own: connections that ask for previews of large circles,
 * and as many that create small actions, each as fast as it is answered. What the service refuses is counted, and asked for again
 * at once; only who has used up the rate of a key waits for a while.
 *
 * Arguments, as JSON: FloodRequest. Ends with its standard input, and then writes one line of JSON: FloodResult.
 */
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { Pool } from "undici";
import type { Center } from "../rig.js";

export interface FloodRequest {
  readonly port: number;
  readonly centers: readonly Center[];
  /** Of each of the two floods. Each connection has one of the keys. */
  readonly connections: number;
  readonly previewKeys: readonly string[];
  readonly actionKeys: readonly string[];
}

/** How often each status was answered; "0" for a request that broke. */
export type Statuses = Readonly<Record<string, number>>;

export interface FloodResult {
  readonly ms: number;
  readonly previews: Statuses;
  readonly actions: Statuses;
}

const PREVIEW_METERS = 100_000;
const ACTION_METERS = 500;
const TOO_MANY = 429;
const TOO_MANY_MS = 100;
const BROKEN_MS = 100;

/** Not one of the tags by which alarms are told apart, which have no capitals. */
const TEXT = "Burgernet: fiets gestolen, let op een rode bakfiets. MANY";

const request = JSON.parse(process.argv[2]!) as FloodRequest;
let isOver = false;

function previewOf(center: Center): object {
  return { area: { type: "Circle", center, radiusMeters: PREVIEW_METERS } };
}

/** Urgent ones and others in turn, for which there is room up to different bounds. */
function actionOf(center: Center, round: number): object {
  const area = { type: "Circle", center, radiusMeters: ACTION_METERS };
  return { area, text: TEXT, timeCritical: round % 2 === 0, dispatch: true, confirmed: ["TEXT_REPEATED"] };
}

async function flood(
  path: string,
  keys: readonly string[],
  bodyOf: (center: Center, round: number) => object,
): Promise<Statuses> {
  const statuses: Record<string, number> = {};
  const pool = new Pool(`http://127.0.0.1:${request.port}`, { connections: request.connections });
  const one = async (connection: number): Promise<void> => {
    const key = keys[connection % keys.length]!;
    for (let round = connection; !isOver; round++) {
      const body = bodyOf(request.centers[round % request.centers.length]!, round);
      const status = await statusOf(pool, path, key, body);
      statuses[status] = (statuses[status] ?? 0) + 1;
      if (status === TOO_MANY) await sleep(TOO_MANY_MS);
      else if (status === 0) await sleep(BROKEN_MS);
    }
  };
  await Promise.all(Array.from({ length: request.connections }, (_, connection) => one(connection)));
  await pool.close();
  return statuses;
}

async function statusOf(pool: Pool, path: string, key: string, body: object): Promise<number> {
  const headers = {
    authorization: `Bearer ${key}`,
    "content-type": "application/json",
    "idempotency-key": randomUUID(),
  };
  try {
    const answer = await pool.request({ method: "POST", path, headers, body: JSON.stringify(body) });
    await answer.body.dump();
    return answer.statusCode;
  } catch {
    return 0;
  }
}

process.stdin.resume().once("end", () => {
  isOver = true;
});
const started = performance.now();
const [previews, actions] = await Promise.all([
  flood("/v1/previews", request.previewKeys, previewOf),
  flood("/v1/actions", request.actionKeys, actionOf),
]);
console.log(JSON.stringify({ ms: performance.now() - started, previews, actions } satisfies FloodResult));
