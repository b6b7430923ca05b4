/** A simulated carrier for a service that has none configured: a process of its own on loopback, which ends with ours. */
import { setTimeout as sleep } from "node:timers/promises";
import { fail, ok, type Result } from "../../../schemas/errors.js";
import { SIMULATOR } from "../../../schemas/limits.js";
import { endOf, onLines, type Program, type ProgramOptions, startProgram } from "./program.js";

/** What it says on its first line, when it listens. */
interface Ports {
  readonly smppPort: number;
  readonly controlPort: number;
}

export interface Launched extends Ports {
  readonly program: Program;
}

/**
 * A read takes a buffer of 64 kB outside of the heap and drops it at once. In a young generation that has grown they wait
 * for one full collection after the other, and the C library gives their memory back and asks for it again: up to half of
 * the simulator's processor time, in some runs and not in others. A small young generation, full collections in one go (of
 * a heap of 8 MB) and a C library that keeps what it has make every run the same.
 */
const NODE = {
  flags: ["--max-semi-space-size=1", "--no-incremental-marking"],
  environment: { MALLOC_TRIM_THRESHOLD_: "268435456", MALLOC_MMAP_THRESHOLD_: "33554432" },
};

/** PROCESS_FAILED when it ends, or says nothing for SIMULATOR.startMs. */
export async function launchSimulator(options: ProgramOptions): Promise<Result<Launched>> {
  const program = startProgram("carrier/simulator.js", options, NODE);
  const why = await Promise.race([
    new Promise<Ports>((resolve) => onLines(program, (line) => resolve(JSON.parse(line) as Ports))),
    endOf(program),
    sleep(SIMULATOR.startMs, `it said nothing for ${SIMULATOR.startMs} ms`, { ref: false }),
  ]);
  if (typeof why !== "string") return ok({ ...why, program });
  program.kill("SIGKILL");
  return fail("PROCESS_FAILED", `the simulated carrier did not start: ${why}`);
}

export interface DemoCarrier {
  /** Its place in a file of carriers (gateway/smpp/settings/configuration.ts). */
  readonly entry: object;
  /** Where numbers and texts of what it took last can be read. */
  readonly textsUrl: string;
}

/** As whom the service binds to a simulated carrier. */
export const SIMULATED_ACCESS = { systemId: "seinpost", password: "loopback" } as const;

export function simulatedEntry(name: string, port: number): object {
  return { name, host: "127.0.0.1", port, ...SIMULATED_ACCESS, sender: "Burgernet" };
}

export async function startDemoCarrier(): Promise<Result<DemoCarrier>> {
  const name = "simulated";
  const launched = await launchSimulator({ name, ...SIMULATED_ACCESS, texts: SIMULATOR.textsShown });
  if (!launched.ok) return launched;
  const { smppPort, controlPort } = launched.value;
  return ok({ entry: simulatedEntry(name, smppPort), textsUrl: `http://127.0.0.1:${controlPort}/texts` });
}
