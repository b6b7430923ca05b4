/** The carrier simulator as a client of another make sees it: real process, real sockets. */
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readLog } from "../../../loadtest/carrier/log.js";
import { type SimulatorOptions, type SimulatorProcess, startSimulator } from "../../../loadtest/carrier/process.js";
import { SIMULATOR } from "../../../schemas/limits.js";
import { Client } from "./client.js";

const NUMBER = 31_612_345_678;
const INVALID_DESTINATION = 0x0b;
const THROTTLED = 0x58;
const WITH_RECEIPT = { registered_delivery: 1 };

let simulator: SimulatorProcess;
let folder: string;

async function start(options: SimulatorOptions = {}): Promise<void> {
  simulator = await startSimulator({ name: "tester", ...options });
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "simulator-"));
});

afterEach(async () => {
  await simulator.stop();
  rmSync(folder, { recursive: true });
});

test("answers a submit with a message_id that its receipt names, in TLV and text", async () => {
  await start();
  const client = await Client.bound(simulator.smppPort);
  const answer = await client.submit(NUMBER, "Burgernet", WITH_RECEIPT);
  const [receipt] = await client.delivered(1);
  expect(answer.message_id).toMatch(/^[0-9A-Z]{10}$/);
  expect(receipt).toMatchObject({
    source_addr: String(NUMBER),
    destination_addr: "Burgernet",
    esm_class: 4,
    receipted_message_id: answer.message_id,
    message_state: 2,
  });
  expect(receipt!.short_message!.message).toMatch(
    new RegExp(
      `^id:${answer.message_id} sub:001 dlvrd:001 submit date:\\d{10} done date:\\d{10} stat:DELIVRD err:000 text:$`,
    ),
  );
  await client.send("enquire_link");
  expect(await simulator.stats()).toMatchObject({ accepted: 1, receiptsSent: 1, receiptsAcknowledged: 1, binds: 1 });
});

test("sends a receipt to those who asked, and says undeliverable for the share set", async () => {
  await start({ fail: 0.5 });
  const client = await Client.bound(simulator.smppPort);
  const numbers = Array.from({ length: 400 }, (_, i) => NUMBER + i);
  await Promise.all(numbers.map((number) => client.submit(number, "tekst", WITH_RECEIPT)));
  await client.submit(NUMBER, "tekst", { registered_delivery: 0 });
  const receipts = await client.delivered(400);
  const failed = receipts.filter((receipt) => receipt.message_state === 5);
  expect(failed.length).toBeGreaterThan(120);
  expect(failed.length).toBeLessThan(280);
  expect(failed.every((receipt) => String(receipt.short_message!.message).includes("stat:UNDELIV"))).toBe(true);
  expect(receipts.map((receipt) => Number(receipt.source_addr)).sort()).toEqual(numbers);
  await client.send("enquire_link");
  expect(client.deliveries.length).toBe(400);
});

test("refuses the same numbers each time, and its log says which", async () => {
  await start({ refuse: 0.25 });
  const client = await Client.bound(simulator.smppPort);
  const numbers = Array.from({ length: 1_000 }, (_, i) => NUMBER + i * 7);
  const submitAll = () => Promise.all(numbers.map(async (number) => (await client.submit(number)).command_status));
  const statuses = await submitAll();
  expect(await submitAll()).toEqual(statuses);
  const refused = statuses.filter((status) => status === INVALID_DESTINATION).length;
  expect(refused).toBeGreaterThan(180);
  expect(refused).toBeLessThan(320);
  const log = await simulator.log();
  expect([...log.numbers]).toEqual([...numbers, ...numbers]);
  expect([...log.statuses]).toEqual([...statuses, ...statuses]);
  const accepted = 1_000 - refused;
  expect(await simulator.stats()).toMatchObject({
    submitted: 2_000,
    accepted: 2 * accepted,
    refused: 2 * refused,
    distinct: accepted,
    duplicates: accepted,
  });
});

test("throttles what is beyond its rate", async () => {
  await start({ throttleAbove: 50 });
  const client = await Client.bound(simulator.smppPort);
  const answers = await Promise.all(Array.from({ length: 500 }, (_, i) => client.submit(NUMBER + i)));
  const throttled = answers.filter((answer) => answer.command_status === THROTTLED).length;
  expect(throttled).toBeGreaterThan(0);
  const log = await simulator.log();
  const acceptedAtMs = log.arrivedAtMs.filter((_, i) => log.statuses[i] === 0);
  expect(acceptedAtMs.length).toBe(500 - throttled);
  // In a second as the simulator counts them there are 50 at most, so in any second 100.
  for (let i = 100; i < acceptedAtMs.length; i++) {
    expect(acceptedAtMs[i]! - acceptedAtMs[i - 100]!).toBeGreaterThanOrEqual(1_000);
  }
  expect(await simulator.counters()).toMatchObject({ throttled, refused: 0 });
});

test("has in its file what it answered, the same bytes as at its control port", async () => {
  const file = join(folder, "carrier.log");
  await start({ log: file });
  const client = await Client.bound(simulator.smppPort);
  for (let i = 0; i < 20; i++) {
    await client.submit(NUMBER + i, `actie ${i % 2 === 0 ? "AAAA" : "BBBB"}`);
    expect(readLog(readFileSync(file)).length).toBe(i + 1);
  }
  await client.submit(NUMBER, "actie AAAA");
  await client.submit(NUMBER, "x");
  const log = await simulator.log();
  expect(readLog(readFileSync(file))).toEqual(log);
  expect([...log.tags.slice(0, 2), log.tags[21]]).toEqual([0x41414141, 0x42424242, 0]);
  expect([...log.arrivedAtMs]).toEqual([...log.arrivedAtMs].sort((a, b) => a - b));
  const stats = await simulator.stats();
  expect(stats).toMatchObject({ accepted: 22, distinct: 21, duplicates: 1 });
  expect(stats.firstSubmitAtMs).toBe(log.arrivedAtMs[0]);
  expect(stats.tags).toEqual({
    "41414141": { count: 11, firstAtMs: log.arrivedAtMs[0] },
    "42424242": { count: 10, firstAtMs: log.arrivedAtMs[1] },
    "00000000": { count: 1, firstAtMs: log.arrivedAtMs[21] },
  });
});

test("keeps what it answered when it is killed", async () => {
  const file = join(folder, "carrier.log");
  await start({ log: file });
  const client = await Client.bound(simulator.smppPort);
  const answered: number[] = [];
  const submits = Array.from({ length: 2_000 }, (_, i) =>
    client.submit(NUMBER + i).then(() => answered.push(NUMBER + i)),
  );
  await submits[500];
  simulator.process.kill("SIGKILL");
  await client.disconnected();
  const logged = new Set(readLog(readFileSync(file)).numbers);
  expect(answered.length).toBeGreaterThan(500);
  expect(answered.filter((number) => !logged.has(number))).toEqual([]);
});

test("paused, takes submits and answers nothing; then answers everything", async () => {
  await start({ pause: true });
  const client = await Client.connect(simulator.smppPort);
  const arrived: string[] = [];
  client.session.on("pdu", (pdu: { command: string }) => arrived.push(pdu.command));
  const answers = Promise.all([client.bind("test", "secret"), client.submit(NUMBER, "tekst", WITH_RECEIPT)]);
  const alive = client.send("enquire_link");
  while ((await simulator.counters()).submitted === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  expect(arrived).toEqual([]);
  await simulator.set({ pause: false });
  expect((await answers).map((answer) => answer.command_status)).toEqual([0, 0]);
  await alive;
  await client.delivered(1);
  expect(arrived).toEqual(["bind_transceiver_resp", "submit_sm_resp", "enquire_link_resp", "deliver_sm"]);
});

test("drops every connection once, and sends unanswered receipts again", async () => {
  await start();
  const client = await Client.bound(simulator.smppPort);
  client.answerDeliveries = false;
  const answer = await client.submit(NUMBER, "tekst", WITH_RECEIPT);
  await client.delivered(1);
  await simulator.set({ disconnect: true });
  await client.disconnected();
  expect(await simulator.counters()).toMatchObject({ binds: 0, receiptsWaiting: 1, receiptsAcknowledged: 0 });
  const next = await Client.bound(simulator.smppPort);
  const [receipt] = await next.delivered(1);
  expect(receipt!.receipted_message_id).toBe(answer.message_id);
  await next.send("enquire_link");
  expect(await simulator.counters()).toMatchObject({ receiptsSent: 2, receiptsAcknowledged: 1, receiptsWaiting: 0 });
});

test("gives receipts to a receiver of the same system_id and to no other", async () => {
  await start();
  const other = await Client.bound(simulator.smppPort, "other");
  const transmitter = await Client.bound(simulator.smppPort, "one", "bind_transmitter");
  await transmitter.submit(NUMBER, "tekst", WITH_RECEIPT);
  expect(await simulator.counters()).toMatchObject({ receiptsWaiting: 1, binds: 2 });
  const receiver = await Client.bound(simulator.smppPort, "one", "bind_receiver");
  await receiver.delivered(1);
  expect((await receiver.submit(NUMBER)).command_status).toBe(4);
  await other.send("enquire_link");
  expect(other.deliveries).toEqual([]);
});

test("leaves no more receipts unanswered than its window", async () => {
  await start();
  const client = await Client.bound(simulator.smppPort);
  client.answerDeliveries = false;
  const count = SIMULATOR.window + 100;
  await Promise.all(Array.from({ length: count }, (_, i) => client.submit(NUMBER + i, "tekst", WITH_RECEIPT)));
  await client.delivered(SIMULATOR.window);
  expect(await simulator.counters()).toMatchObject({ receiptsSent: SIMULATOR.window, receiptsWaiting: 100 });
  client.answerDeliveries = true;
  for (const receipt of client.deliveries.slice(0, SIMULATOR.window)) client.session.send(receipt.response());
  const receipts = await client.delivered(count);
  expect(new Set(receipts.map((receipt) => receipt.receipted_message_id)).size).toBe(count);
});

test("answers no faster than its rate, in order, and no sooner than its latency", async () => {
  await start({ rate: 400, latencyMs: 100 });
  const client = await Client.bound(simulator.smppPort);
  const startedAtMs = performance.now();
  const order: number[] = [];
  const submits = Array.from({ length: 200 }, (_, i) => client.submit(NUMBER + i).then(() => order.push(i)));
  await Promise.race(submits);
  expect(performance.now() - startedAtMs).toBeGreaterThanOrEqual(99);
  await Promise.all(submits);
  // 200 at 400 a second are half a second, less the burst of 50 ms that is allowed after idling.
  expect(performance.now() - startedAtMs).toBeGreaterThanOrEqual(100 + 440);
  expect(order).toEqual(Array.from({ length: 200 }, (_, i) => i));
});

test("sends receipts after their delay", async () => {
  await start({ receiptDelayMs: 200 });
  const client = await Client.bound(simulator.smppPort);
  const startedAtMs = performance.now();
  await client.submit(NUMBER, "tekst", WITH_RECEIPT);
  await client.delivered(1);
  expect(performance.now() - startedAtMs).toBeGreaterThanOrEqual(199);
});

test("binds whom it knows, once", async () => {
  await start({ systemId: "known", password: "right" });
  const client = await Client.connect(simulator.smppPort);
  expect((await client.submit(NUMBER)).command_status).toBe(4);
  expect((await client.bind("stranger", "right")).command_status).toBe(0x0f);
  expect((await client.bind("known", "wrong")).command_status).toBe(0x0e);
  expect(await client.bind("known", "right")).toMatchObject({ command_status: 0, system_id: "tester" });
  expect((await client.bind("known", "right")).command_status).toBe(5);
  expect((await client.submit(NUMBER)).command_status).toBe(0);
  await client.send("unbind");
  await client.disconnected();
  expect(await simulator.counters()).toMatchObject({ submitted: 1, binds: 0 });
});

test("forgets on reset, and never uses a message_id again", async () => {
  const file = join(folder, "carrier.log");
  await start({ log: file, receiptDelayMs: 60_000 });
  const client = await Client.bound(simulator.smppPort);
  const before = await client.submit(NUMBER, "tekst", WITH_RECEIPT);
  expect(await simulator.reset()).toMatchObject({
    submitted: 0,
    accepted: 0,
    firstSubmitAtMs: null,
    receiptsWaiting: 0,
  });
  await simulator.set({ receiptDelayMs: 0 });
  const after = await client.submit(NUMBER, "tekst", WITH_RECEIPT);
  const [receipt] = await client.delivered(1);
  expect(after.message_id).not.toBe(before.message_id);
  expect(receipt!.receipted_message_id).toBe(after.message_id);
  expect(readLog(readFileSync(file)).length).toBe(1);
});

test("refuses settings out of range and keeps the ones it has", async () => {
  await start({ fail: 0.5 });
  await expect(simulator.set({ fail: 2 })).rejects.toThrow("422");
  const response = await fetch(`http://127.0.0.1:${simulator.controlPort}/set`, { method: "POST", body: "{" });
  expect(response.status).toBe(422);
  expect(await simulator.set({})).toMatchObject({ fail: 0.5 });
});

test("ends when the one who started it is gone", async () => {
  await start();
  simulator.process.stdin!.end();
  const [code] = await once(simulator.process, "exit");
  expect(code).toBe(0);
});

test("says that it can't start on a port that is taken", async () => {
  await start();
  await expect(startSimulator({ port: simulator.smppPort })).rejects.toThrow("did not start");
});

test("stays on Ctrl-C while the one who started it is there", async () => {
  await start();
  const client = await Client.bound(simulator.smppPort);
  simulator.process.kill("SIGINT");
  expect((await client.submit(NUMBER)).command_status).toBe(0);
  expect((await client.send("enquire_link")).command_status).toBe(0);
});
