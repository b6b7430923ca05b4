/**
 * The whole as a user has it: the service and its carriers, each in a process of its own, on a generated registry in a
 * folder of the test's own. The carriers outlive the service, so that a test may kill it and then read what they got.
 *
 * Everything ends with the test.
 */
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { onTestFinished } from "vitest";
import { loadRegistry } from "../../engine/registry/columns/load.js";
import { type LogColumns, RECORD_BYTES, readLog } from "../../loadtest/carrier/log.js";
import { type SimulatorOptions, type SimulatorProcess, startSimulatedCarrier } from "../../loadtest/carrier/process.js";
import { EngineProcess } from "../../loadtest/engine-process.js";
import { generatedFolder } from "../generated-folder.js";
import { temporaryFolder } from "../temp-folder.js";
import { type Answer, ask, type Method, type Refusal } from "./ask.js";

export interface CarrierOptions {
  readonly name: string;
  readonly simulator?: SimulatorOptions;
  /** Settings of its entry in the carriers file, such as `window`. */
  readonly entry?: object;
}

export interface CarrierOfTest {
  readonly name: string;
  /** Another process after a restart. */
  readonly simulator: SimulatorProcess;
  readonly entry: object;
  /** What it got so far, from its file; also after its death. */
  log(): LogColumns;
  /** SIGKILL, and after a while the same on the same port, with nothing left of what it had taken but its log. */
  restart(afterMs: number): Promise<void>;
}

/** The area in which every generated participant has a location. */
export const EVERYWHERE = { type: "Circle" as const, center: [5.3, 52.15] as [number, number], radiusMeters: 300_000 };

export class Whole {
  engine!: EngineProcess;
  /** Of the service, from its next start on. */
  environment: NodeJS.ProcessEnv = {};
  /** Started on the same data folder how often. */
  starts = 0;
  /** The same at each start, and nobody else's: a service of another test would refuse it. */
  readonly apiKey = `spk_${randomUUID()}${randomUUID()}`;

  private constructor(
    readonly folder: string,
    readonly carriers: readonly CarrierOfTest[],
    /** E.164 number without "+" of each participant. */
    readonly numbers: Float64Array,
  ) {}

  /** With participants and carriers, and the service not started yet. */
  static async prepare(participants: number, carriers: readonly CarrierOptions[], phones = 0): Promise<Whole> {
    const folder = await generatedFolder(participants, phones);
    const registry = await loadRegistry(folder);
    if (!registry.ok) throw new Error(registry.problem.detail);
    const started = await Promise.all(carriers.map((options) => startCarrier(folder, options)));
    const whole = new Whole(folder, started, new Float64Array(registry.value.participants.numbers));
    onTestFinished(() => whole.engine?.stop("SIGKILL"));
    return whole;
  }

  /** In a data folder in which there is nothing, and the service not started yet. */
  static async empty(carriers: readonly CarrierOptions[]): Promise<Whole> {
    const folder = temporaryFolder();
    const started = await Promise.all(carriers.map((options) => startCarrier(folder, options)));
    const whole = new Whole(folder, started, new Float64Array(0));
    onTestFinished(() => whole.engine?.stop("SIGKILL"));
    return whole;
  }

  static async start(participants: number, carriers: readonly CarrierOptions[], phones = 0): Promise<Whole> {
    const whole = await Whole.prepare(participants, carriers, phones);
    await whole.startEngine();
    await whole.engine.untilBound();
    return whole;
  }

  async startEngine(): Promise<void> {
    this.starts++;
    const carriers = this.carriers.map(({ entry }) => entry);
    this.engine = await EngineProcess.start({
      dataFolder: this.folder,
      carriers,
      apiKey: this.apiKey,
      environment: this.environment,
    });
  }

  /** By a control room's key, where no other is given. */
  ask<T = Refusal>(method: Method, path: string, body?: object, key = this.apiKey): Promise<Answer<T>> {
    return ask<T>(this.engine.port, method, path, { bearer: key, body });
  }

  /** SIGKILL: nothing that the service had in mind survives. */
  async kill(): Promise<void> {
    this.engine.child.kill("SIGKILL");
    await this.engine.stop("SIGKILL");
  }

  async restart(): Promise<void> {
    await this.kill();
    await this.startEngine();
  }
}

/** As the simulator's log has it: the last four characters of a text, or of a part of it, in the SMS alphabet. */
export function tagOf(text: string): number {
  return Buffer.from(text.slice(-4), "latin1").readUInt32BE();
}

/** Of each part of the message: 160 characters alone, or parts of 153. */
export function tagsOf(text: string): number[] {
  if (text.length <= 160) return [tagOf(text)];
  const parts: number[] = [];
  for (let from = 0; from < text.length; from += 153) parts.push(tagOf(text.slice(from, from + 153)));
  return parts;
}

/** How often each number was sent the text that ends in this tag, by the carriers' logs; accepted ones only. */
export function acceptedBy(logs: readonly LogColumns[], tag: number): Map<number, number> {
  const times = new Map<number, number>();
  for (const { length, numbers, tags, statuses } of logs) {
    for (let i = 0; i < length; i++) {
      if (tags[i] !== tag || statuses[i] !== 0) continue;
      times.set(numbers[i]!, (times.get(numbers[i]!) ?? 0) + 1);
    }
  }
  return times;
}

/** Whom a carrier refused the text that ends in this tag, at least once. */
export function refusedBy(logs: readonly LogColumns[], tag: number): Set<number> {
  const numbers = new Set<number>();
  for (const log of logs) {
    for (let i = 0; i < log.length; i++) if (log.tags[i] === tag && log.statuses[i] !== 0) numbers.add(log.numbers[i]!);
  }
  return numbers;
}

async function startCarrier(folder: string, { name, simulator, entry }: CarrierOptions): Promise<CarrierOfTest> {
  // One file for each life: the last record of a process that was killed may be cut off.
  const files: string[] = [];
  const start = (port?: number) => {
    files.push(join(folder, `${name}.${files.length}.submits`));
    return startSimulatedCarrier({ ...simulator, ...(port && { port }), name, log: files.at(-1)! });
  };
  const first = await start();
  let current = first.simulator;
  onTestFinished(() => current.stop());
  return {
    name,
    entry: { ...first.entry, ...entry },
    get simulator() {
      return current;
    },
    log: () => readLog(Buffer.concat(files.map((file) => wholeRecords(readFileSync(file))))),
    restart: async (afterMs) => {
      await current.kill();
      await sleep(afterMs);
      current = (await start(current.smppPort)).simulator;
    },
  };
}

function wholeRecords(bytes: Buffer): Buffer {
  return bytes.subarray(0, bytes.length - (bytes.length % RECORD_BYTES));
}
