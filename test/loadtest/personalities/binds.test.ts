/** How a strange carrier binds and how its connections end. */
import { once } from "node:events";
import { expect, test } from "vitest";
import { ofConnection } from "../../../loadtest/personalities/draw.js";
import { ofGroup } from "../../../loadtest/personalities/table.js";
import { Client, encode } from "../carrier/client.js";
import {
  bound,
  deviatingCarrier,
  NUMBER,
  pdusOf,
  raw,
  rawSubmits,
  submitMany,
  until,
  WITH_RECEIPT,
} from "./deviations.js";

const BIND_RESPONSE = 0x80000009;
const QUICK = { deviationPeriodMs: 100, deviationTimeoutMs: 300, deviationDelayMs: 50 };

test("refuse-bind: says that the password is wrong", async () => {
  const simulator = await deviatingCarrier(["refuse-bind"]);
  const client = await Client.connect(simulator.smppPort);
  expect((await client.bind("test", "secret")).command_status).toBe(0x0e);
  expect((await client.submit(NUMBER)).command_status).toBe(4);
  expect(simulator.counters()).toMatchObject({ connections: 1, bindRequests: 1, binds: 0 });
  client.close();
});

test("mute-bind: never answers; it does answer enquire_link", async () => {
  const simulator = await deviatingCarrier(["mute-bind"]);
  const client = await raw(simulator);
  client.socket.write(encode("enquire_link", { sequence_number: 2 }));
  expect(await client.answered(1)).toEqual([[0x80000015, 0, 2]]);
  expect(simulator.counters()).toMatchObject({ bindRequests: 1, binds: 0 });
});

test("late-bind: answers when it is too late", async () => {
  const simulator = await deviatingCarrier(["late-bind"], QUICK);
  const startedAtMs = performance.now();
  const client = await raw(simulator);
  expect(await client.answered(1)).toEqual([[BIND_RESPONSE, 0, 1]]);
  expect(performance.now() - startedAtMs).toBeGreaterThanOrEqual(298);
});

test("outbind: greets with it, and then binds", async () => {
  const simulator = await deviatingCarrier(["outbind"]);
  const client = await raw(simulator);
  expect((await client.answered(2)).map(([command]) => command)).toEqual([0x0b, BIND_RESPONSE]);
});

test("one-bind: one of each kind for an account", async () => {
  const simulator = await deviatingCarrier(["one-bind"]);
  const first = await bound(simulator, "bind_transmitter");
  await bound(simulator, "bind_receiver");
  const second = await Client.connect(simulator.smppPort);
  expect((await second.bind("test", "secret", "bind_transmitter")).command_status).toBe(5);
  expect((await second.bind("other", "secret", "bind_transmitter")).command_status).toBe(0);
  await first.send("unbind");
  await first.disconnected();
  await bound(simulator, "bind_transmitter");
  second.close();
});

test("old-version: refuses what has a TLV", async () => {
  const client = await bound(await deviatingCarrier(["old-version"]));
  expect((await client.submit(NUMBER, "tekst", { user_message_reference: 7 })).command_status).toBe(2);
  expect((await client.submit(NUMBER)).command_status).toBe(0);
});

test("old-version and no-version: 3.3, and nothing", async () => {
  const bodyOf = async (names: Parameters<typeof deviatingCarrier>[0]) => {
    const client = await raw(await deviatingCarrier(names));
    await client.answered(1);
    return pdusOf(client.received)[0]!.body.toString("latin1");
  };
  expect(await bodyOf(["old-version"])).toBe("deviating\0\x02\x10\0\x01\x33");
  expect(await bodyOf(["no-version"])).toBe("deviating\0");
  expect(await bodyOf(["alerts"])).toBe("deviating\0\x02\x10\0\x01\x34");
});

test("unbinds: now and then, and closes when it is answered", async () => {
  const simulator = await deviatingCarrier(["unbinds"], QUICK);
  const client = await raw(simulator);
  const pdus = await client.answered(2);
  expect(pdus[1]![0]).toBe(6);
  client.socket.write(encode("unbind_resp", { sequence_number: pdus[1]![2] }));
  await client.disconnected();
  expect(simulator.counters().struck).toEqual({ unbinds: 1 });
});

test("closes: now and then, without a word", async () => {
  const simulator = await deviatingCarrier(["closes"], QUICK);
  for (let times = 0; times < 4; times++) {
    const client = await bound(simulator);
    await client.disconnected();
  }
  expect(simulator.counters().struck).toEqual({ closes: 4 });
});

test("half-open: stops answering and taking anything, and stays connected", async () => {
  const simulator = await deviatingCarrier(["half-open"], QUICK);
  const client = await raw(simulator);
  await client.answered(1);
  await until("silence", () => simulator.counters().struck["half-open"] === 1);
  rawSubmits(client, 10);
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(client.closed).toBe(false);
  expect(client.pdus.length).toBe(1);
  expect(simulator.counters()).toMatchObject({ submitted: 0, binds: 1 });
});

test("half-close: ends its side, takes what comes, and the log says that it is not answered", async () => {
  const simulator = await deviatingCarrier(["half-close"], QUICK);
  const client = await raw(simulator);
  client.socket.allowHalfOpen = true;
  await once(client.socket, "end");
  rawSubmits(client, 10);
  await until("the submits", () => simulator.counters().submitted === 10);
  expect([...simulator.log().unanswered]).toEqual(Array(10).fill(1));
  expect(client.pdus.length).toBe(1);
});

test("enquires: stays with who answers, and drops who does not", async () => {
  const simulator = await deviatingCarrier(["enquires"], QUICK);
  const alive = await bound(simulator);
  alive.session.on("enquire_link", (pdu: Parameters<typeof alive.session.send>[0]) =>
    alive.session.send(pdu.response()),
  );
  const deaf = await raw(simulator);
  await deaf.disconnected();
  expect(alive.closed).toBe(false);
  expect(simulator.counters().struck.enquires).toBeGreaterThan(2);
});

test("after-reconnect: what it took and did not answer gets its receipt on the next bind", async () => {
  const simulator = await deviatingCarrier(["after-reconnect"], QUICK);
  const client = await raw(simulator);
  await client.answered(1);
  let sent = 0;
  while (!client.closed) {
    rawSubmits(client, 5, 2 + sent);
    sent += 5;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  simulator.set({ personalities: [] });
  const before = pdusOf(client.received);
  const answered = before.filter(({ command }) => command === 0x80000004).length;
  const { accepted } = simulator.counters();
  expect(answered).toBeLessThan(accepted);
  const next = await bound(simulator);
  // None of the first connection's receipts was answered, so all of them come again.
  const receipts = await next.delivered(accepted);
  expect(new Set(receipts.map(({ receipted_message_id }) => receipted_message_id)).size).toBe(accepted);
});

test("mixed: another character for each connection, one form of ids, the same ones for the same seed", async () => {
  const drawn = (seed: number) =>
    Array.from({ length: 200 }, (_, n) => [...ofConnection(["mixed"], seed, n + 1)].sort().join());
  expect(drawn(3)).toEqual(drawn(3));
  expect(drawn(3)).not.toEqual(drawn(4));
  expect(new Set(drawn(3)).size).toBeGreaterThan(100);
  for (let seed = 1; seed <= 20; seed++) {
    const ids = drawn(seed).map((names) =>
      ofGroup("ids")
        .filter((name) => names.split(",").includes(name))
        .join(),
    );
    expect(new Set(ids).size).toBe(1);
  }
  const simulator = await deviatingCarrier(["mixed"], { seed: 3, ...QUICK, deviationShare: 0.5 });
  for (let connection = 0; connection < 10; connection++) {
    const client = await Client.connect(simulator.smppPort);
    const soon = new Promise((resolve) => setTimeout(resolve, 50));
    await Promise.race([client.bind("test", "secret"), soon]);
    await Promise.race([submitMany(client, 10), soon]);
    client.close();
  }
  expect(Object.keys(simulator.counters().struck).length).toBeGreaterThan(1);
});

test("a receiver gets the receipts of a transmitter of its account", async () => {
  const simulator = await deviatingCarrier(["before-response"]);
  const receiver = await bound(simulator, "bind_receiver");
  const transmitter = await bound(simulator, "bind_transmitter");
  const { message_id } = await transmitter.submit(NUMBER, "tekst", WITH_RECEIPT);
  const [receipt] = await receiver.delivered(1);
  expect(receipt!.receipted_message_id).toBe(message_id);
  expect(transmitter.deliveries).toEqual([]);
});
