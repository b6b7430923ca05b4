/** What a strange carrier answers to submits, and when, as raw bytes show it. */
import { expect, test } from "vitest";
import type { PersonalityName } from "../../../loadtest/personalities/table.js";
import { encode } from "../carrier/client.js";
import { bound, deviatingCarrier, NUMBER, pdusOf, raw, rawSubmits, submitMany, until } from "./deviations.js";

const SUBMIT_RESPONSE = 0x80000004;
const GENERIC_NACK = 0x80000000;
const COUNT = 200;

/** Submits COUNT at once and resolves with all responses to submits, when the last one of the others has come too. */
async function responses(names: readonly PersonalityName[], options = {}) {
  const simulator = await deviatingCarrier(names, { deviationShare: 0.3, receipts: 0, ...options });
  const client = await raw(simulator);
  await client.answered(1);
  rawSubmits(client, COUNT);
  const all = () => pdusOf(client.received).slice(1);
  await until("the answers", () => new Set(all().map(({ sequence }) => sequence)).size >= COUNT);
  client.socket.write(encode("enquire_link", { sequence_number: 7_777 }));
  await until("the last answer", () => all().some(({ sequence }) => sequence === 7_777));
  const answers = all().filter(({ sequence }) => sequence !== 7_777);
  return { simulator, client, answers, log: simulator.log(), counters: simulator.counters() };
}

const sequences = Array.from({ length: COUNT }, (_, at) => at + 2);

test("joins: both parts are answered when the second has come, and what is whole at once", async () => {
  const client = await raw(await deviatingCarrier(["joins"]));
  await client.answered(1);
  const part = (at: number, sequence_number: number) =>
    client.socket.write(
      encode("submit_sm", {
        destination_addr: String(NUMBER),
        esm_class: 0x40,
        short_message: { udh: Buffer.from([5, 0, 3, 9, 2, at]), message: "deel" },
        sequence_number,
      }),
    );
  part(1, 2);
  client.socket.write(encode("submit_sm", { destination_addr: String(NUMBER), sequence_number: 3 }));
  client.socket.write(encode("enquire_link", { sequence_number: 4 }));
  expect((await client.answered(3)).map(([, , sequence]) => sequence)).toEqual([1, 3, 4]);
  part(2, 5);
  expect((await client.answered(5)).slice(3).map(([, , sequence]) => sequence)).toEqual([2, 5]);
});

test("out-of-order: all of them, and not in the order of the submits", async () => {
  const { answers } = await responses(["out-of-order"]);
  const order = answers.map(({ sequence }) => sequence);
  expect(order).not.toEqual(sequences);
  expect([...order].sort((a, b) => a - b)).toEqual(sequences);
});

test("late: in order, over as long as its delay", async () => {
  const startedAtMs = performance.now();
  const { answers } = await responses(["late"], { deviationDelayMs: 150 });
  expect(answers.map(({ sequence }) => sequence)).toEqual(sequences);
  expect(performance.now() - startedAtMs).toBeGreaterThan(100);
});

test("late-after-timeout: some come last, and all come", async () => {
  const { answers, counters } = await responses(["late-after-timeout"], { deviationTimeoutMs: 400 });
  const late = counters.struck["late-after-timeout"]!;
  expect(late).toBeGreaterThan(20);
  const order = answers.map(({ sequence }) => sequence);
  const inOrder = (some: number[]) => expect(some).toEqual([...some].sort((a, b) => a - b));
  inOrder(order.slice(0, COUNT - late));
  inOrder(order.slice(COUNT - late));
  expect(order).not.toEqual(sequences);
  expect(new Set(order).size).toBe(COUNT);
});

test("doubled and unknown-sequence: beside the right answers, as many as it says", async () => {
  const { answers, counters } = await responses(["doubled", "unknown-sequence"]);
  const { doubled, "unknown-sequence": unknown } = counters.struck;
  expect(answers.length).toBe(COUNT + doubled! + unknown!);
  const known = answers.filter(({ sequence }) => sequences.includes(sequence));
  expect(known.length).toBe(COUNT + doubled!);
  expect(doubled!).toBeGreaterThan(20);
  expect(unknown!).toBeGreaterThan(20);
});

test("nack: a generic_nack instead of a response, and the log says that it was refused", async () => {
  const { answers, counters, log } = await responses(["nack"]);
  const nacked = answers.filter(({ command }) => command === GENERIC_NACK);
  expect(nacked.length).toBe(counters.struck.nack);
  expect(nacked.length).toBeGreaterThan(20);
  expect(answers.length).toBe(COUNT);
  const statusOf = new Map(answers.map(({ sequence, status }) => [sequence, status]));
  expect([...log.statuses]).toEqual(sequences.map((sequence) => statusOf.get(sequence)));
  expect(counters.accepted).toBe(COUNT - nacked.length);
});

test("no-body, empty-id, id-without-nul, extra-tlvs: the body is what it says", async () => {
  const bodies = async (name: PersonalityName) => (await responses([name])).answers.map(({ body }) => body);
  const none = await bodies("no-body");
  expect(new Set(none.map(({ length }) => length))).toEqual(new Set([0, 11]));
  const empty = await bodies("empty-id");
  expect(new Set(empty.map(({ length }) => length))).toEqual(new Set([1, 11]));
  for (const body of await bodies("id-without-nul")) expect(body.toString("latin1")).toMatch(/^[0-9A-Z]{10}$/);
  for (const body of await bodies("extra-tlvs")) {
    expect(body[10]).toBe(0);
    expect(body.readUInt16BE(11)).toBe(0x1401);
  }
});

test("long-id and digits19: different for each, 64 characters and 19 digits", async () => {
  const ids = async (name: PersonalityName) =>
    (await responses([name])).answers.map(({ body }) => body.toString("latin1", 0, body.length - 1));
  const long = await ids("long-id");
  expect(new Set(long).size).toBe(COUNT);
  expect(long.every((id) => id.length === 64)).toBe(true);
  const digits = await ids("digits19");
  expect(new Set(digits).size).toBe(COUNT);
  expect(digits.every((id) => /^9\d{18}$/.test(id))).toBe(true);
  expect(new Set(digits.map(Number)).size).toBeLessThan(COUNT);
});

test("unknown-command and alerts: between the answers, which all come", async () => {
  const { answers, counters } = await responses(["unknown-command", "alerts"]);
  expect(answers.filter(({ command }) => command === SUBMIT_RESPONSE).map(({ sequence }) => sequence)).toEqual(
    sequences,
  );
  const others = answers.filter(({ command }) => command !== SUBMIT_RESPONSE);
  expect(others.length).toBe(counters.struck["unknown-command"]! + counters.struck.alerts!);
  expect(others.filter(({ command }) => command === 0x102).length).toBe(counters.struck.alerts);
});

test("silent: some are never answered; half of those it took, and the log says which", async () => {
  const simulator = await deviatingCarrier(["silent"], { deviationShare: 0.5 });
  const client = await raw(simulator);
  await client.answered(1);
  rawSubmits(client, COUNT);
  await until("all submits", () => simulator.counters().submitted === COUNT);
  client.socket.write(encode("enquire_link", { sequence_number: 7_777 }));
  const log = simulator.log();
  const accepted = log.statuses.filter((status) => status === 0).length;
  // Receipts come for all that it took.
  const receipts = () => pdusOf(client.received).filter(({ command }) => command === 5);
  await until("the receipts", () => receipts().length === accepted);
  const answered = pdusOf(client.received).filter(({ command }) => command === SUBMIT_RESPONSE);
  expect(answered.map(({ sequence }) => sequence)).toEqual(sequences.filter((_, at) => log.unanswered[at] === 0));
  const taken = log.statuses.filter((status, at) => log.unanswered[at] === 1 && status === 0).length;
  const lost = log.statuses.filter((status, at) => log.unanswered[at] === 1 && status !== 0).length;
  expect(taken).toBeGreaterThan(20);
  expect(lost).toBeGreaterThan(20);
  expect(answered.length + taken + lost).toBe(COUNT);
});

test("slow-reader: takes everything in the end", async () => {
  const simulator = await deviatingCarrier(["slow-reader"], { deviationDelayMs: 100, receipts: 0 });
  const client = await bound(simulator);
  const startedAtMs = performance.now();
  await submitMany(client, 50);
  await submitMany(client, 50);
  expect(performance.now() - startedAtMs).toBeGreaterThan(90);
  expect(simulator.counters()).toMatchObject({ accepted: 100 });
});

test("one-byte: the same bytes, in many pieces; coalesced: in few", async () => {
  const pieces = async (name: PersonalityName) => {
    const simulator = await deviatingCarrier([name], { receipts: 0 });
    const client = await raw(simulator);
    let count = 0;
    client.socket.on("data", () => count++);
    await client.answered(1);
    for (let at = 0; at < 20; at++) {
      rawSubmits(client, 1, at + 2);
      if (name === "one-byte") await client.answered(at + 2);
    }
    await client.answered(21);
    expect(pdusOf(client.received).map(({ sequence }) => sequence)).toEqual(
      Array.from({ length: 21 }, (_, at) => at + 1),
    );
    return count;
  };
  expect(await pieces("one-byte")).toBeGreaterThan(100);
  expect(await pieces("coalesced")).toBeLessThan(10);
});

test("bad-length: a command_length that can't be, now and then", async () => {
  const simulator = await deviatingCarrier(["bad-length"], { deviationPeriodMs: 20 });
  const seen = new Set<number>();
  const client = await raw(simulator);
  await client.answered(1);
  const bad = () => {
    const bytes = client.received;
    for (let at = bytes.readUInt32BE(0); at + 16 <= bytes.length; at += 16) seen.add(bytes.readUInt32BE(at));
    return seen.size === 6;
  };
  await until("every length", bad);
  expect([...seen].sort((a, b) => a - b)).toEqual([0, 4, 8, 15, 67_585, 0x80000000]);
});

test("the same seed deviates at the same submits, another one at others", async () => {
  const struck = async (seed: number) => [...(await responses(["nack"], { seed })).log.statuses];
  const first = await struck(7);
  expect(await struck(7)).toEqual(first);
  expect(await struck(8)).not.toEqual(first);
});

test("personalities are taken on and left while it runs, by open connections too", async () => {
  const simulator = await deviatingCarrier([], { deviationShare: 1 });
  const client = await bound(simulator);
  expect((await client.submit(NUMBER)).command).toBe("submit_sm_resp");
  simulator.set({ personalities: ["refuse-for-now"] });
  expect((await client.submit(NUMBER)).command_status).toBe(8);
  simulator.set({ personalities: [] });
  expect((await client.submit(NUMBER)).command_status).toBe(0);
});
