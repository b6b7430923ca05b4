/**
 * Runs the service as a user would, in a process of its own, and asks it things over its API: for the nationwide run, the
 * benchmarks and the tests that kill it.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { Pool } from "undici";
import type { Action, ActionRequest } from "../schemas/api/api.js";
import type { Carrier } from "../schemas/api/operations.js";
import { LOADTEST } from "../schemas/limits.js";
import { CONFIRMABLE } from "../schemas/words.js";
import { announcedPort } from "./announced-port.js";
import { residentMb } from "./resident.js";

const TOO_MANY = 429;
const TOO_MANY_MS = 100;

export interface EngineOptions {
  readonly dataFolder: string;
  /** As in the carriers file. */
  readonly carriers: readonly object[];
  /** A fresh one for each start when absent; the same again for who goes on where a killed service stopped. */
  readonly apiKey?: string;
  /** Beside what this process has and the settings that are given here. */
  readonly environment?: NodeJS.ProcessEnv;
  /** Where the service's own output goes. */
  readonly output?: "inherit" | "ignore";
}

export interface Reply<T> {
  readonly status: number;
  readonly body: T;
}

export class EngineProcess {
  readonly #pool: Pool;

  private constructor(
    readonly child: ChildProcess,
    readonly port: number,
    readonly key: string,
    /** From the start of the process to /readyz saying yes. */
    readonly readyMs: number,
  ) {
    this.#pool = new Pool(`http://127.0.0.1:${port}`, { connections: 4 });
  }

  /** Rejects when the service ends, or is not ready within LOADTEST.startMs. */
  static async start(options: EngineOptions): Promise<EngineProcess> {
    const key = options.apiKey ?? `spk_${randomUUID()}${randomUUID()}`;
    const carriersFile = join(options.dataFolder, "carriers.json");
    writeFileSync(carriersFile, JSON.stringify({ carriers: options.carriers }));
    const startedAt = performance.now();
    const output = options.output ?? "ignore";
    const child = spawn(process.execPath, [fileURLToPath(new URL("../gateway/main.js", import.meta.url)), "start"], {
      stdio: ["ignore", "pipe", output],
      env: {
        ...process.env,
        // The same people are asked again and again.
        SEINPOST_ASKED_PER_HOUR: "0",
        SEINPOST_ASKED_PER_DAY: "0",
        ...options.environment,
        SEINPOST_DATA: options.dataFolder,
        // Where generate has put it, whatever this process was started with.
        SEINPOST_KEK_FILE: undefined,
        SEINPOST_PORT: "0",
        SEINPOST_CARRIERS: carriersFile,
        SEINPOST_API_KEY: key,
        SEINPOST_LOG_LEVEL: "warn",
      },
    });
    if (output === "inherit") child.stdout!.pipe(process.stdout);
    const leave = (): void => void child.kill("SIGKILL");
    process.once("exit", leave);
    child.once("exit", () => process.off("exit", leave));
    const port = await untilReady(child);
    return new EngineProcess(child, port, key, performance.now() - startedAt);
  }

  /** Whatever version there is, is changed. */
  async request<T>(
    method: "GET" | "POST" | "PUT" | "PATCH",
    path: string,
    body?: object,
    idempotencyKey?: string,
  ): Promise<Reply<T>> {
    const response = await this.#pool.request({
      method,
      path,
      headers: {
        authorization: `Bearer ${this.key}`,
        ...(method !== "GET" && {
          "content-type": "application/json",
          "idempotency-key": idempotencyKey ?? randomUUID(),
        }),
        ...(method === "PATCH" && { "if-match": "*" }),
      },
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await response.body.text();
    return { status: response.statusCode, body: (text === "" ? undefined : JSON.parse(text)) as T };
  }

  /** What looks like a mistake is meant: whoever measures or tests sends the same again and again. */
  async createAction(request: Partial<ActionRequest>): Promise<Action> {
    const reply = await this.request<Action>("POST", "/v1/actions", { confirmed: CONFIRMABLE, ...request });
    if (reply.status !== 201) throw new Error(`the action was answered ${reply.status}: ${JSON.stringify(reply.body)}`);
    return reply.body;
  }

  /** In Prometheus' text format. */
  async metrics(): Promise<string> {
    const headers = { authorization: `Bearer ${this.key}` };
    const response = await this.#pool.request({ method: "GET", path: "/metrics", headers });
    return response.body.text();
  }

  action(id: string): Promise<Action> {
    return this.#get(`/v1/actions/${id}`);
  }

  async carriers(): Promise<Carrier[]> {
    return (await this.#get<{ carriers: Carrier[] }>("/v1/carriers")).carriers;
  }

  /** What is there; where the key has asked too often in this second, a little later. */
  async #get<T>(path: string): Promise<T> {
    for (;;) {
      const { status, body } = await this.request<T>("GET", path);
      if (status === 200) return body;
      if (status !== TOO_MANY) throw new Error(`GET ${path} was answered ${status}: ${JSON.stringify(body)}`);
      await sleep(TOO_MANY_MS);
    }
  }

  /** Asks again until `done` says so; rejects when nothing has changed for LOADTEST.stuckMs. */
  async until(id: string, done: (action: Action) => boolean, everyMs = 20): Promise<Action> {
    let last = "";
    let changedAt = performance.now();
    for (;;) {
      const action = await this.action(id);
      if (done(action)) return action;
      const now = JSON.stringify(action);
      if (now !== last) changedAt = performance.now();
      else if (performance.now() - changedAt > LOADTEST.stuckMs) throw new Error(`nothing changes: ${now}`);
      last = now;
      await sleep(everyMs);
    }
  }

  async untilBound(): Promise<void> {
    const deadline = performance.now() + LOADTEST.startMs;
    for (;;) {
      const carriers = await this.carriers();
      if (carriers.length > 0 && carriers.every(({ binds }) => binds.bound === binds.configured)) return;
      if (performance.now() > deadline) throw new Error(`not bound: ${JSON.stringify(carriers)}`);
      await sleep(10);
    }
  }

  /** Of the service alone; what it has started is not in it. */
  rssMb(): number {
    return residentMb(this.child.pid!);
  }

  /** Lets it finish what it is doing; "SIGKILL" does not. */
  async stop(signal: "SIGTERM" | "SIGKILL" = "SIGTERM"): Promise<void> {
    await this.#pool.destroy();
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const ended = once(this.child, "exit");
    this.child.kill(signal);
    const killer = setTimeout(() => this.child.kill("SIGKILL"), LOADTEST.stopMs);
    await ended;
    clearTimeout(killer);
  }
}

/**
 * The port at which it listens, once it is ready. Asked when it says so itself: to ask it all the while took more of the machine than
 * some of the tests that wait so.
 */
async function untilReady(child: ChildProcess): Promise<number> {
  let end: number | string | undefined;
  const ended = once(child, "exit").then(([code, signal]) => {
    end = code ?? signal;
  });
  const tooLate = setTimeout(() => child.kill("SIGKILL"), LOADTEST.startMs);
  try {
    const port = await announcedPort(child);
    for (; port !== undefined && end === undefined; await sleep(5)) if (await isReady(port)) return port;
    await ended;
  } finally {
    clearTimeout(tooLate);
  }
  throw new Error(`the service ended with ${end}; it has ${LOADTEST.startMs} ms to be ready`);
}

async function isReady(port: number): Promise<boolean> {
  return fetch(`http://127.0.0.1:${port}/readyz`).then(
    ({ ok }) => ok,
    // It has ended since it said that it is ready.
    () => false,
  );
}
