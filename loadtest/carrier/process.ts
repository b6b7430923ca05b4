/**
 * Starts a carrier simulator as a process of its own and talks to its control port: for tests, benchmarks and load tests.
 *
 * The process ends with this one, however this one ends.
 */
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { launchSimulator, SIMULATED_ACCESS, simulatedEntry } from "../../gateway/service/demo/carrier.js";
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

/** Resolves when the simulator listens; rejects when it ends or says nothing for SIMULATOR.startMs. */
export async function startSimulator(options: SimulatorOptions = {}): Promise<SimulatorProcess> {
  const { pause, personalities, ...flags } = options;
  const launched = await launchSimulator({ ...flags, personality: personalities?.join() });
  if (!launched.ok) throw new Error(launched.problem.detail);
  const { program, smppPort, controlPort } = launched.value;
  const url = `http://127.0.0.1:${controlPort}`;
  const set = (change: SimulatorChange) => requestJson<SimulatorSettings>(`${url}/set`, JSON.stringify(change));
  if (pause === true) await set({ pause });
  return {
    smppPort,
    controlPort,
    process: program,
    counters: () => requestJson<SimulatorCounters>(`${url}/counters`),
    stats: () => requestJson<SimulatorStats>(`${url}/stats`),
    log: async () => readLog(new Uint8Array(await (await request(`${url}/log`)).arrayBuffer())),
    texts: () => requestJson<KeptText[]>(`${url}/texts`),
    set,
    deliver: async (message) => (await requestJson<{ sent: number }>(`${url}/deliver`, JSON.stringify(message))).sent,
    reset: () => requestJson<SimulatorCounters>(`${url}/reset`, ""),
    stop: () => stopProcess(program, "SIGTERM"),
    kill: () => stopProcess(program, "SIGKILL"),
  };
}

export interface SimulatedCarrier {
  /** Its place in a file of carriers (gateway/smpp/settings/configuration.ts). */
  readonly entry: object;
  readonly simulator: SimulatorProcess;
}

export async function startSimulatedCarrier(options: SimulatorOptions & { name: string }): Promise<SimulatedCarrier> {
  const simulator = await startSimulator({ ...SIMULATED_ACCESS, ...options });
  return { entry: simulatedEntry(options.name, simulator.smppPort), simulator };
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
