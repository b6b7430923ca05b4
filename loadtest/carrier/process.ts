/**
 * Starts a carrier simulator as a process of its own and talks to its control port: for tests, benchmarks, load tests,
 * and for a service that has no carrier configured.
 *
 * The process ends with this one, however this one ends.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { SIMULATOR } from "../../schemas/limits.js";
import type { DeliverRequest } from "./bind/incoming.js";
import type { KeptText } from "./bind/texts.js";
import type { SimulatorCounters, SimulatorStats } from "./counts.js";
import { type LogColumns, readLog } from "./log.js";
import type { SimulatorChange, SimulatorSettings } from "./settings.js";

export interface SimulatorOptions extends Partial<SimulatorSettings> {
  readonly name?: string;
  /** 0 or nothing: any. */
  readonly port?: number;
  readonly controlPort?: number;
  readonly systemId?: string;
  readonly password?: string;
  /** File to which what arrives is appended, before it is answered. */
  readonly log?: string;
  readonly seed?: number;
  /** Files of a certificate and its key: it then speaks TLS alone. */
  readonly tlsCert?: string;
  readonly tlsKey?: string;
}

export interface SimulatorProcess {
  readonly smppPort: number;
  readonly controlPort: number;
  readonly process: ChildProcess;
  /** Cheap; may be asked ten times a second. */
  counters(): Promise<SimulatorCounters>;
  /** Holds the simulator up while it counts: some hundred milliseconds for 1.6 million records. */
  stats(): Promise<SimulatorStats>;
  log(): Promise<LogColumns>;
  /** What it took last, of as many submits as its setting `texts` says. */
  texts(): Promise<KeptText[]>;
  /** Resolves with all settings as they are then; rejects when one is out of its range. */
  set(change: SimulatorChange): Promise<SimulatorSettings>;
  /** Sends a message from a citizen; resolves with how many deliver_sm it takes. */
  deliver(request: DeliverRequest): Promise<number>;
  reset(): Promise<SimulatorCounters>;
  /** Resolves when the process has ended. */
  stop(): Promise<void>;
  /** With SIGKILL: what it had to send is lost, and what it took is in its file. */
  kill(): Promise<void>;
}

/**
 * A read takes a buffer of 64 kB outside of the heap and drops it at once. In a young generation that has grown they wait
 * for one full collection after the other, and the C library gives their memory back and asks for it again: up to half of
 * the simulator's processor time, in some runs and not in others. A small young generation, full collections in one go (of
 * a heap of 8 MB) and a C library that keeps what it has make every run the same.
 */
const MEMORY_FLAGS = ["--max-semi-space-size=1", "--no-incremental-marking"];
const MEMORY_SETTINGS = { MALLOC_TRIM_THRESHOLD_: "268435456", MALLOC_MMAP_THRESHOLD_: "33554432" };

/** Resolves when the simulator listens; rejects when it ends or says nothing for SIMULATOR.startMs. */
export async function startSimulator(options: SimulatorOptions = {}): Promise<SimulatorProcess> {
  const { pause, personalities, ...flags } = options;
  const script = fileURLToPath(new URL("./simulator.js", import.meta.url));
  const child = spawn(
    process.execPath,
    [...MEMORY_FLAGS, script, ...toArguments({ ...flags, personality: personalities?.join() }), "--until-stdin-closes"],
    {
      stdio: ["pipe", "pipe", "inherit"],
      env: { ...process.env, ...MEMORY_SETTINGS },
    },
  );
  const { smppPort, controlPort } = await firstLine(child);
  const url = `http://127.0.0.1:${controlPort}`;
  const set = (change: SimulatorChange) => requestJson<SimulatorSettings>(`${url}/set`, JSON.stringify(change));
  if (pause === true) await set({ pause });
  return {
    smppPort,
    controlPort,
    process: child,
    counters: () => requestJson<SimulatorCounters>(`${url}/counters`),
    stats: () => requestJson<SimulatorStats>(`${url}/stats`),
    log: async () => readLog(new Uint8Array(await (await request(`${url}/log`)).arrayBuffer())),
    texts: () => requestJson<KeptText[]>(`${url}/texts`),
    set,
    deliver: async (message) => (await requestJson<{ sent: number }>(`${url}/deliver`, JSON.stringify(message))).sent,
    reset: () => requestJson<SimulatorCounters>(`${url}/reset`, ""),
    stop: () => stopProcess(child, "SIGTERM"),
    kill: () => stopProcess(child, "SIGKILL"),
  };
}

/** receiptDelayMs: 5 becomes --receipt-delay-ms=5. */
function toArguments(flags: Record<string, string | number | boolean | undefined>): string[] {
  return Object.entries(flags)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `--${key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}=${value}`);
}

async function firstLine(child: ChildProcess): Promise<{ smppPort: number; controlPort: number }> {
  const lines = createInterface({ input: child.stdout! });
  const deadline = AbortSignal.timeout(SIMULATOR.startMs);
  try {
    const line = await Promise.race([
      once(lines, "line", { signal: deadline }).then(([text]) => String(text)),
      once(child, "exit", { signal: deadline }).then(([code]) => Promise.reject(new Error(`it ended with ${code}`))),
    ]);
    return JSON.parse(line) as { smppPort: number; controlPort: number };
  } catch (error) {
    child.kill("SIGKILL");
    throw new Error("the carrier simulator did not start", { cause: error });
  }
}

async function request(url: string, body?: string): Promise<Response> {
  const response = await fetch(url, body === undefined ? {} : { method: "POST", body });
  if (!response.ok) throw new Error(`the carrier simulator answered ${response.status}: ${await response.text()}`);
  return response;
}

async function requestJson<T>(url: string, body?: string): Promise<T> {
  return (await (await request(url, body)).json()) as T;
}

async function stopProcess(child: ChildProcess, signal: "SIGTERM" | "SIGKILL"): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  child.kill(signal);
  const killer = setTimeout(() => child.kill("SIGKILL"), SIMULATOR.stopMs);
  await ended;
  clearTimeout(killer);
}
