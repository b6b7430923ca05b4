/**
 * The floor under `firstSubmit.idle`, measured as that is: as many small actions at the same places, one after the other with the
 * same pauses, from sending the HTTP request to what then comes over loopback. What happens in between is in floor-server.ts.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { Pool } from "undici";
import { type Center, nowMs, smallRequest } from "../rig.js";
import type { FloorSettings } from "./floor-server.js";

export interface FloorOptions {
  /** With the registry; no service has it open. */
  readonly folder: string;
  readonly carriers: number;
  readonly centers: readonly Center[];
  /** Before those that count. */
  readonly warmUps: number;
  readonly count: number;
  readonly pauseMs: number;
}

/** What is measured with. */
interface Floor {
  readonly http: Pool;
  /** The carrier's end of the one connection to it. */
  readonly carrier: Socket;
}

/** Milliseconds of each. */
export async function floorTimes({ warmUps, count, centers, pauseMs, ...options }: FloorOptions): Promise<number[]> {
  return withFloor(options, async (floor) => {
    const times: number[] = [];
    for (let i = 0; i < warmUps + count; i++) {
      times.push(await timeOf(floor, centers[i % centers.length]!));
      await sleep(pauseMs);
    }
    return times.slice(warmUps);
  });
}

async function withFloor<T>(
  { folder, carriers }: Pick<FloorOptions, "folder" | "carriers">,
  use: (floor: Floor) => Promise<T>,
): Promise<T> {
  // Beside the data folder, so that both commit to the same disk.
  const storeFolder = mkdtempSync(join(dirname(folder), "floor-"));
  const listener = createServer().listen(0, "127.0.0.1");
  await once(listener, "listening");
  const { port: carrierPort } = listener.address() as AddressInfo;
  const connected = once(listener, "connection");
  const server = startServer({ folder, storeFolder, carrierPort, carriers });
  const ended = once(server, "exit");
  try {
    const line = once(createInterface({ input: server.stdout! }), "line");
    const [port] = await Promise.race([line, ended.then(() => Promise.reject(new Error("the floor did not start")))]);
    const http = new Pool(`http://127.0.0.1:${port}`, { connections: 4 });
    const [carrier] = (await connected) as [Socket];
    const result = await use({ http, carrier });
    await http.close();
    return result;
  } finally {
    server.stdin!.end();
    await ended;
    listener.close();
    rmSync(storeFolder, { recursive: true, force: true });
  }
}

function startServer(settings: FloorSettings): ChildProcess {
  const script = fileURLToPath(new URL("./floor-server.js", import.meta.url));
  return spawn(process.execPath, [script, JSON.stringify(settings)], { stdio: ["pipe", "pipe", "inherit"] });
}

async function timeOf({ http, carrier }: Floor, center: Center): Promise<number> {
  const { request } = smallRequest(center);
  const arrived = once(carrier, "data").then(nowMs);
  const sentAtMs = nowMs();
  const answer = await http.request({
    method: "POST",
    path: "/v1/actions",
    headers: { "content-type": "application/json", "idempotency-key": randomUUID() },
    body: JSON.stringify(request),
  });
  await answer.body.dump();
  if (answer.statusCode !== 201) throw new Error(`the floor answered ${answer.statusCode}`);
  return (await arrived) - sentAtMs;
}
