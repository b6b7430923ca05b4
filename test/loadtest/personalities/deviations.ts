/** What the tests of the personalities share: a simulator in this process that ends with its test, and raw clients. */
import { onTestFinished } from "vitest";
import type { PackagePdu } from "../../../bench/submit/smpp-package.js";
import { type DeliverRequest, deliverSchema } from "../../../loadtest/carrier/bind/incoming.js";
import { Simulator } from "../../../loadtest/carrier/core.js";
import type { SimulatorCounters } from "../../../loadtest/carrier/counts.js";
import { type LogColumns, readLog } from "../../../loadtest/carrier/log.js";
import {
  changedSettings,
  DEFAULT_SETTINGS,
  type SimulatorChange,
  type SimulatorSettings,
} from "../../../loadtest/carrier/settings.js";
import type { Choice } from "../../../loadtest/personalities/table.js";
import { type BindCommand, Client, encode, RawClient } from "../carrier/client.js";

export const NUMBER = 31_612_345_678;
export const WITH_RECEIPT = { registered_delivery: 1 };

export interface DeviatingCarrier {
  readonly smppPort: number;
  counters(): SimulatorCounters;
  log(): LogColumns;
  set(change: SimulatorChange): void;
  /** The number of deliver_sm, or undefined when nobody has bound. */
  deliver(request: DeliverRequest): number | undefined;
}

export async function deviatingCarrier(
  names: readonly Choice[],
  options: Partial<SimulatorSettings> & { seed?: number } = {},
): Promise<DeviatingCarrier> {
  const { seed = 1, ...settings } = options;
  const all = changedSettings(DEFAULT_SETTINGS, { ...settings, personalities: [...names] });
  const simulator = new Simulator("deviating", all, {}, seed);
  const smppPort = await simulator.listen(0);
  onTestFinished(() => simulator.close());
  return {
    smppPort,
    counters: () => simulator.counts(),
    log: () => readLog(Buffer.concat([...simulator.log.bytes()])),
    set: (change) => void simulator.set(change),
    deliver: (request) => simulator.deliver(deliverSchema.parse(request)),
  };
}

export async function bound(simulator: DeviatingCarrier, command: BindCommand = "bind_transceiver"): Promise<Client> {
  const client = await Client.bound(simulator.smppPort, "test", command);
  onTestFinished(() => client.close());
  return client;
}

/** Submits `count` texts to numbers in a row; resolves with the answers. */
export function submitMany(client: Client, count: number, first = NUMBER): Promise<PackagePdu[]> {
  return Promise.all(Array.from({ length: count }, (_, at) => client.submit(first + at, "tekst", WITH_RECEIPT)));
}

export interface RawPdu {
  readonly command: number;
  readonly status: number;
  readonly sequence: number;
  readonly body: Buffer;
}

/** The whole PDUs of what came. */
export function pdusOf(bytes: Buffer): RawPdu[] {
  const pdus: RawPdu[] = [];
  for (let at = 0; bytes.length - at >= 16; at += bytes.readUInt32BE(at)) {
    const length = bytes.readUInt32BE(at);
    if (length < 16 || at + length > bytes.length) break;
    const [command, status, sequence] = [4, 8, 12].map((offset) => bytes.readUInt32BE(at + offset));
    pdus.push({ command: command!, status: status!, sequence: sequence!, body: bytes.subarray(at + 16, at + length) });
  }
  return pdus;
}

/** A client that decides about every byte itself; bound, unless the carrier prevents that. */
export async function raw(simulator: DeviatingCarrier): Promise<RawClient> {
  const client = await RawClient.connect(simulator.smppPort);
  onTestFinished(() => client.close());
  client.socket.write(encode("bind_transceiver", { sequence_number: 1, system_id: "test", password: "secret" }));
  return client;
}

export function rawSubmits(client: RawClient, count: number, firstSequence = 2): void {
  const pdus = Array.from({ length: count }, (_, at) =>
    encode("submit_sm", {
      sequence_number: firstSequence + at,
      source_addr: "Burgernet",
      destination_addr: String(NUMBER + at),
      short_message: "tekst",
      registered_delivery: 1,
    }),
  );
  client.socket.write(Buffer.concat(pdus));
}

/** Waits for what must come. */
export async function until(what: string, condition: () => boolean | Promise<boolean>): Promise<void> {
  for (let tries = 0; !(await condition()); tries++) {
    if (tries > 2_000) throw new Error(`waited in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
