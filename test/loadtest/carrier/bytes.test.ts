/** The carrier simulator and bytes as they may really come: cut anywhere, many at once, garbage, and not read. */
import { once } from "node:events";
import { connect } from "node:net";
import fc from "fast-check";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { type SimulatorProcess, startSimulator } from "../../../loadtest/carrier/process.js";
import { SIMULATOR } from "../../../schemas/limits.js";
import { Client, encode, RawClient } from "./client.js";

const NUMBER = 31_612_345_678;
const BIND = encode("bind_transceiver", { sequence_number: 1, system_id: "raw", password: "raw" });
const BIND_RESP = 0x80000009;
const SUBMIT_RESP = 0x80000004;
const ENQUIRE_RESP = 0x80000015;
const GENERIC_NACK = 0x80000000;

function submit(sequence_number: number, registered_delivery = 0): Buffer {
  const destination_addr = String(NUMBER + sequence_number);
  return encode("submit_sm", { sequence_number, destination_addr, short_message: "tekst", registered_delivery });
}

let simulator: SimulatorProcess;

beforeAll(async () => {
  simulator = await startSimulator();
});

beforeEach(async () => {
  await simulator.reset();
});

afterAll(() => simulator.stop());

test("reads PDUs that come a byte at a time", async () => {
  const client = await RawClient.connect(simulator.smppPort);
  for (const byte of Buffer.concat([BIND, submit(2), submit(3)])) {
    client.socket.write(Uint8Array.of(byte));
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(await client.answered(3)).toEqual([
    [BIND_RESP, 0, 1],
    [SUBMIT_RESP, 0, 2],
    [SUBMIT_RESP, 0, 3],
  ]);
  client.close();
});

test("reads many PDUs that come at once, however they are cut", async () => {
  const pdus = [BIND];
  const expected = [[BIND_RESP, 0, 1]];
  for (let sequence = 2; sequence < 5_000; sequence++) {
    const link = sequence % 10 === 0;
    pdus.push(link ? encode("enquire_link", { sequence_number: sequence }) : submit(sequence));
    expected.push([link ? ENQUIRE_RESP : SUBMIT_RESP, 0, sequence]);
  }
  const bytes = Buffer.concat(pdus);
  const size = fc.integer({ min: 1_000, max: 200_000 });
  await fc.assert(
    fc.asyncProperty(size, async (size) => {
      const client = await RawClient.connect(simulator.smppPort);
      for (let at = 0; at < bytes.length; at += size) client.socket.write(bytes.subarray(at, at + size));
      expect(await client.answered(expected.length)).toEqual(expected);
      client.close();
    }),
    { numRuns: 8 },
  );
});

test.each([0, 4, 8, 15, 67_585, 0x80000000, 0xffffffff])("closes after command_length %d", async (length) => {
  const client = await RawClient.connect(simulator.smppPort);
  const garbage = Buffer.alloc(16);
  garbage.writeUInt32BE(length, 0);
  client.socket.write(Buffer.concat([BIND, submit(2), garbage, submit(3)]));
  await client.disconnected();
  expect(client.pdus).toEqual([
    [BIND_RESP, 0, 1],
    [SUBMIT_RESP, 0, 2],
    [GENERIC_NACK, 2, 0],
  ]);
  expect(await simulator.counters()).toMatchObject({ submitted: 1 });
});

test("answers an unknown command and reads the next PDU", async () => {
  const client = await RawClient.connect(simulator.smppPort);
  const unknown = Buffer.from(encode("enquire_link", { sequence_number: 7 }));
  unknown.writeUInt32BE(0x00010203, 4);
  const unknownAnswer = Buffer.from(unknown);
  unknownAnswer.writeUInt32BE(0x80010203, 4);
  client.socket.write(Buffer.concat([BIND, unknown, unknownAnswer, submit(8)]));
  expect(await client.answered(3)).toEqual([
    [BIND_RESP, 0, 1],
    [GENERIC_NACK, 3, 7],
    [SUBMIT_RESP, 0, 8],
  ]);
  client.close();
});

test("refuses a submit that ends too early, whatever its length, and reads the next PDU", async () => {
  const client = await RawClient.connect(simulator.smppPort);
  const whole = submit(2);
  const pdus = [BIND];
  for (let length = 16; length < whole.length; length++) {
    const cut = Buffer.from(whole.subarray(0, length));
    cut.writeUInt32BE(length, 0);
    pdus.push(cut);
  }
  pdus.push(whole);
  client.socket.write(Buffer.concat(pdus));
  const answers = await client.answered(pdus.length);
  expect(answers.slice(1, -1).every(([command, status]) => command === SUBMIT_RESP && status === 1)).toBe(true);
  expect(answers.at(-1)).toEqual([SUBMIT_RESP, 0, 2]);
  expect(await simulator.stats()).toMatchObject({ accepted: 1, refused: whole.length - 16, distinct: 1 });
  client.close();
});

test("lives through garbage", async () => {
  const witness = await Client.bound(simulator.smppPort, "witness");
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), fc.boolean(), async (garbage, framed) => {
      const client = await RawClient.connect(simulator.smppPort);
      const bytes = Buffer.concat([Buffer.alloc(4), garbage]);
      if (framed) bytes.writeUInt32BE(Math.max(16, bytes.length), 0);
      client.socket.end(Buffer.concat([BIND, framed ? bytes : garbage]));
      await client.disconnected();
      expect((await witness.send("enquire_link")).command_status).toBe(0);
    }),
    { numRuns: 200 },
  );
  witness.close();
});

test("stops reading from a client that does not read, and goes on when it does", async () => {
  const count = 1_000_000;
  const socket = connect({ port: simulator.smppPort, host: "127.0.0.1" });
  socket.pause();
  await once(socket, "connect");
  const thousand = Buffer.concat(Array.from({ length: 1_000 }, (_, i) => submit(i + 1)));
  socket.write(BIND);
  for (let i = 0; i < count / 1_000; i++) socket.write(thousand);
  const submitted = await steadyCount();
  expect(submitted).toBeLessThan(count);
  let received = 0;
  socket.on("data", (chunk) => {
    received += chunk.length;
  });
  socket.resume();
  while ((await simulator.counters()).submitted < count || received < count * 27) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  expect((await simulator.stats()).distinct).toBe(1_000);
  socket.destroy();
});

test("paused, holds no more answers than it may and takes the rest when it goes on", async () => {
  const count = SIMULATOR.heldAnswers * 3;
  await simulator.set({ pause: true });
  const client = await RawClient.connect(simulator.smppPort);
  const piece = Buffer.concat(Array.from({ length: 1_024 }, (_, i) => submit(i + 1)));
  client.socket.write(BIND);
  for (let i = 0; i < count / 1_024; i++) client.socket.write(piece);
  const submitted = await steadyCount();
  expect(submitted).toBeGreaterThanOrEqual(SIMULATOR.heldAnswers - 1);
  expect(submitted).toBeLessThan(SIMULATOR.heldAnswers * 1.1);
  expect(client.received.length).toBe(0);
  await simulator.set({ pause: false });
  while ((await simulator.counters()).submitted < count) await new Promise((resolve) => setTimeout(resolve, 10));
  await client.answered(count + 1);
  client.close();
});

/** Submits taken, when that has not changed for a while. */
async function steadyCount(): Promise<number> {
  let submitted = -1;
  let steady = 0;
  while (steady < 10) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    const now = (await simulator.counters()).submitted;
    steady = now === submitted && now > 0 ? steady + 1 : 0;
    submitted = now;
  }
  return submitted;
}
