/**
 * The whole system for a benchmark: a generated registry, the service in a process of its own, and simulated carriers in
 * theirs. Everything that is measured here is measured from outside, over HTTP and at the carriers.
 */

import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { LOCAL } from "../engine/audit/actor.js";
import { Trail } from "../engine/audit/trail.js";
import { MACHINE_CLOCK } from "../engine/clock/clock.js";
import { Keys } from "../engine/rights/keys.js";
import { SCOPES_OF_ROLE } from "../engine/rights/scopes.js";
import { newSecret } from "../engine/rights/secrets.js";
import { Store } from "../engine/store/store.js";
import type { LogColumns } from "../loadtest/carrier/log.js";
import { type SimulatorOptions, type SimulatorProcess, startSimulatedCarrier } from "../loadtest/carrier/process.js";
import { EngineProcess } from "../loadtest/engine-process.js";
import { NATIONWIDE_AREA, NATIONWIDE_TEXT } from "../loadtest/nationwide/nationwide-action.js";
import { generate } from "../loadtest/registry/generate.js";
import type { Action, ActionRequest } from "../schemas/api/api.js";
import type { Channel, Role } from "../schemas/words.js";

/** Folders to remove when the process ends, each with a data folder and its key encryption key. */
const folders = new Set<string>();
process.once("exit", () => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

export function newFolder(): string {
  const parent = mkdtempSync(join(tmpdir(), "seinpost-bench-"));
  folders.add(parent);
  return join(parent, "data");
}

/** A folder with a registry in it, for as many rigs as like; `phones` of them are to be reached where the phone is, over these channels. */
export async function makeFolder(
  participants: number,
  phones = 0,
  phoneChannels: readonly Channel[] = ["push"],
): Promise<string> {
  const folder = newFolder();
  const generated = await generate(folder, { participants, phones, phoneChannels });
  if (!generated.ok) throw new Error(generated.problem.detail);
  return folder;
}

/** So many new keys of this role, in a folder that no service has open. */
export async function addKeys(folder: string, count: number, role: Role): Promise<string[]> {
  const store = Store.open(folder);
  if (!store.ok) throw new Error(store.problem.detail);
  const stored = new Keys(store.value, MACHINE_CLOCK, new Trail(store.value, Date.now));
  const keys = Array.from({ length: count }, newSecret);
  for (const [at, key] of keys.entries()) {
    const made = await stored.create({ name: `${role}-${at}`, scopes: SCOPES_OF_ROLE[role] }, LOCAL, key);
    if (!made.ok) throw new Error(made.problem.detail);
  }
  await store.value.close();
  return keys;
}

/** A copy, for a run that is not to find what another has left to archive. Remove it with `dropFolder`. */
export function copyFolder(folder: string): string {
  const copy = newFolder();
  cpSync(dirname(folder), dirname(copy), { recursive: true });
  return copy;
}

export function dropFolder(folder: string): void {
  folders.delete(dirname(folder));
  rmSync(dirname(folder), { recursive: true, force: true });
}

export interface Rig {
  readonly engine: EngineProcess;
  readonly simulators: readonly SimulatorProcess[];
  close(): Promise<void>;
}

export async function startRig(
  folder: string,
  carriers: number,
  simulated: SimulatorOptions = {},
  environment: NodeJS.ProcessEnv = {},
): Promise<Rig> {
  const names = Array.from({ length: carriers }, (_, i) => `carrier-${i + 1}`);
  const started = await Promise.all(names.map((name) => startSimulatedCarrier({ ...simulated, name })));
  const simulators = started.map(({ simulator }) => simulator);
  const engine = await EngineProcess.start({
    dataFolder: folder,
    environment,
    carriers: started.map(({ entry }) => entry),
  });
  await engine.untilBound();
  return {
    engine,
    simulators,
    close: async () => {
      await engine.stop();
      await Promise.all(simulators.map((simulator) => simulator.stop()));
    },
  };
}

/** Milliseconds since 1970, finer than Date.now(). */
export function nowMs(): number {
  return performance.timeOrigin + performance.now();
}

export function nationwide(engine: EngineProcess): Promise<Action> {
  return engine.createAction({ area: NATIONWIDE_AREA, text: NATIONWIDE_TEXT, dispatch: true });
}

/** Waits until all of it has been sent, and gives the milliseconds from `sentAtMs` to the last durable acknowledgement. */
export async function lastAckMs(engine: EngineProcess, id: string, sentAtMs: number): Promise<number> {
  const sent = await engine.until(id, ({ status }) => status === "sent" || status === "failed", 50);
  const acknowledgedAt = sent.waves[0]?.acknowledgedAt;
  if (!acknowledgedAt) throw new Error(`the action ended ${sent.status}`);
  return Date.parse(acknowledgedAt) - sentAtMs;
}

/** Waits until all is sent and every receipt is in, so that the next measurement does not share the machine with them. */
export function settled(engine: EngineProcess, id: string): Promise<Action> {
  return engine.until(
    id,
    ({ status, waves: [wave] }) =>
      status === "failed" || (wave?.acknowledgedAt != null && wave.counts.acknowledged === 0),
    20,
  );
}

/** [lng, lat]. */
export type Center = readonly [number, number];

/** A small action that was asked for: its tag, and when its request was sent. */
export interface SmallAction {
  readonly id: string;
  readonly tag: number;
  readonly sentAtMs: number;
}

/** A circle of 5 km, to be sent at once. Its text ends with four characters of its own, which are its tag in carriers' logs. */
export function smallRequest(center: Center): { readonly request: Partial<ActionRequest>; readonly tag: number } {
  const tag = (smallActions++).toString(36).padStart(4, "0");
  const text = `Burgernet: inbraak, let op een grijze Golf met Duits kenteken. ${tag}`;
  const area = { type: "Circle" as const, center: [...center] as [number, number], radiusMeters: 5_000 };
  return { request: { area, text, dispatch: true }, tag: Buffer.from(tag).readUInt32BE(0) };
}

export async function smallAction(engine: EngineProcess, center: Center): Promise<SmallAction> {
  const { request, tag } = smallRequest(center);
  const sentAtMs = nowMs();
  const { id } = await engine.createAction(request);
  return { id, tag, sentAtMs };
}
let smallActions = 0;

/** From each request to its first submit_sm at a carrier, in ms, by the carriers' own logs. */
export async function firstSubmits(rig: Rig, actions: readonly SmallAction[]): Promise<number[]> {
  return firstSubmitsIn(await logsOf(rig), actions);
}

/** What each carrier got. Where that is much it is asked for once: reading it takes longer than a connection is kept. */
export function logsOf({ simulators }: Rig): Promise<LogColumns[]> {
  return Promise.all(simulators.map((simulator) => simulator.log()));
}

export function firstSubmitsIn(logs: readonly LogColumns[], actions: readonly SmallAction[]): number[] {
  const firstAtMs = new Map<number, number>(actions.map(({ tag }) => [tag, Number.POSITIVE_INFINITY]));
  for (const log of logs) {
    for (let i = 0; i < log.length; i++) {
      const first = firstAtMs.get(log.tags[i]!);
      if (first !== undefined && log.arrivedAtMs[i]! < first) firstAtMs.set(log.tags[i]!, log.arrivedAtMs[i]!);
    }
  }
  return actions.map(({ tag, sentAtMs }) => (firstAtMs.get(tag) ?? Number.NaN) - sentAtMs);
}
