/** Messages from citizens, TLS, and submits whose text stands elsewhere. */
import { connect } from "node:tls";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import type { PackagePdu } from "../../../bench/submit/smpp-package.js";
import { startSimulator } from "../../../loadtest/carrier/process.js";
import { Client, encode } from "../carrier/client.js";
import { bound, deviatingCarrier, NUMBER, pdusOf, submitMany, until } from "./deviations.js";

/** Tests run from dist/, the certificates stay where the source is. */
const CERTIFICATES = new URL("../../../../test/gateway/smpp/certificates/", import.meta.url);
const FROM = "31612345678";
const LONG = "Ik zag hem bij het station. ".repeat(12);

interface Message extends PackagePdu {
  readonly short_message: { readonly message: string; readonly udh?: readonly Buffer[] };
  readonly sar_msg_ref_num?: number;
  readonly sar_segment_seqnum?: number;
  readonly sar_total_segments?: number;
  readonly data_coding: number;
}

const messages = (deliveries: readonly PackagePdu[]) => deliveries as readonly Message[];
const texts = (deliveries: readonly PackagePdu[]) =>
  messages(deliveries).map(({ short_message }) => short_message.message);

test("sends a message from a citizen, to the sender that it saw, and counts the answer", async () => {
  const simulator = await deviatingCarrier([]);
  expect(simulator.deliver({ from: FROM, text: "Ja" })).toBeUndefined();
  const client = await bound(simulator);
  await client.submit(NUMBER);
  expect(simulator.deliver({ from: `+${FROM}`, text: "Gezien: {€} é" })).toBe(1);
  expect(simulator.deliver({ from: FROM, to: "+3197", text: "Gezien 👀 ë" })).toBe(1);
  const [gsm, ucs2] = messages(await client.delivered(2));
  expect(gsm).toMatchObject({ source_addr: FROM, destination_addr: "Burgernet", esm_class: 0, data_coding: 0 });
  expect(ucs2).toMatchObject({ source_addr: FROM, destination_addr: "3197", data_coding: 8 });
  expect(texts(client.deliveries)).toEqual(["Gezien: {€} é", "Gezien 👀 ë"]);
  await client.send("enquire_link");
  expect(simulator.counters()).toMatchObject({ messagesSent: 2, messagesAcknowledged: 2, receiptsSent: 0 });
});

test("counts what is refused, and sends again what a connection took with it", async () => {
  const simulator = await deviatingCarrier([]);
  const client = await bound(simulator);
  client.answerDeliveries = false;
  simulator.deliver({ from: FROM, text: "STOP" });
  await client.delivered(1);
  simulator.set({ disconnect: true });
  await client.disconnected();
  const next = await Client.connect(simulator.smppPort);
  onTestFinished(() => next.close());
  next.answerDeliveries = false;
  await next.bind("test", "secret");
  const [again] = await next.delivered(1);
  next.session.send(again!.response({ command_status: 0x64 }));
  await until("the answer", () => simulator.counters().messagesRefused === 1);
  expect(simulator.counters()).toMatchObject({ messagesSent: 2, messagesAcknowledged: 0 });
});

test.each(["udh8", "udh16", "sar"] as const)("parts by %s, the last one first and doubled", async (concatenation) => {
  const simulator = await deviatingCarrier([]);
  const client = await bound(simulator);
  expect(simulator.deliver({ from: FROM, text: LONG, concatenation, reversed: true, doubled: true })).toBe(6);
  const parts = messages(await client.delivered(6));
  expect(texts([parts[5]!, parts[3]!, parts[1]!]).join("")).toBe(LONG);
  expect(texts([parts[0]!])).toEqual(texts([parts[1]!]));
  const partOf = (part: Message) =>
    concatenation === "sar"
      ? [part.sar_msg_ref_num, part.sar_total_segments, part.sar_segment_seqnum, part.esm_class]
      : [...part.short_message.udh![0]!.subarray(2), part.esm_class];
  const reference = concatenation === "udh16" ? [0, 0] : [0];
  const esmClass = concatenation === "sar" ? 0 : 0x40;
  expect([parts[5]!, parts[3]!, parts[1]!].map(partOf)).toEqual(
    [1, 2, 3].map((part) => [...reference, 3, part, esmClass]),
  );
});

test("a share of the recipients replies after its receipt, the same ones each time", async () => {
  const simulator = await deviatingCarrier([], { replies: 0.5 });
  const client = await bound(simulator);
  await submitMany(client, 80);
  await until("everything", () => {
    const { receiptsWaiting, receiptsSent, receiptsAcknowledged, messagesSent, messagesAcknowledged } =
      simulator.counters();
    return receiptsWaiting === 0 && receiptsSent === receiptsAcknowledged && messagesSent === messagesAcknowledged;
  });
  const replies = messages(client.deliveries).filter(({ esm_class }) => esm_class === 0);
  expect(simulator.counters()).toMatchObject({ receiptsSent: 80, messagesSent: replies.length });
  expect(replies.length).toBeGreaterThan(20);
  expect(replies.length).toBeLessThan(60);
  expect(texts(replies)).toContain("STOP");
  const receiptBefore = (reply: Message) =>
    client.deliveries.findIndex(({ esm_class, source_addr }) => esm_class === 4 && source_addr === reply.source_addr);
  expect(replies.every((reply) => receiptBefore(reply) < client.deliveries.indexOf(reply))).toBe(true);
});

test("the tag of a submit is that of its message_payload, where short_message is empty", async () => {
  const simulator = await deviatingCarrier([]);
  const client = await bound(simulator);
  const empty = { short_message: Buffer.alloc(0) };
  await client.submit(NUMBER, "", { ...empty, user_message_reference: 7, message_payload: { message: `${LONG}ABCD` } });
  await client.submit(NUMBER, "deel één EFGH", { sar_msg_ref_num: 1, sar_total_segments: 2, sar_segment_seqnum: 1 });
  await client.submit(NUMBER, "", empty);
  expect([...simulator.log().tags]).toEqual([0x41424344, 0x45464748, 0]);
  expect([...simulator.log().statuses]).toEqual([0, 0, 0]);
});

test("as a process of its own: personalities and TLS from the command line, messages by the control port", async () => {
  const [tlsKey, tlsCert] = ["key.pem", "good.pem"].map((name) => fileURLToPath(new URL(name, CERTIFICATES)));
  const simulator = await startSimulator({
    name: "tls",
    tlsKey: tlsKey!,
    tlsCert: tlsCert!,
    personalities: ["no-version", "long-id"],
  });
  onTestFinished(() => simulator.stop());
  const socket = connect({ port: simulator.smppPort, host: "127.0.0.1", rejectUnauthorized: false });
  onTestFinished(() => void socket.destroy());
  let received = Buffer.alloc(0);
  socket.on("data", (bytes: Buffer) => {
    received = Buffer.concat([received, bytes]);
  });
  await expect(simulator.deliver({ from: FROM, text: "Ja" })).rejects.toThrow("409");
  socket.write(encode("bind_transceiver", { sequence_number: 1, system_id: "test", password: "secret" }));
  await until("the bind", () => pdusOf(received).length === 1);
  expect(pdusOf(received)[0]!.body.toString("latin1")).toBe("tls\0");
  socket.write(encode("submit_sm", { sequence_number: 2, destination_addr: FROM, short_message: "tekst" }));
  await until("the answer", () => pdusOf(received).length === 2);
  expect(pdusOf(received)[1]!.body.length).toBe(65);
  expect(await simulator.deliver({ from: FROM, text: "Ja" })).toBe(1);
  await until("the message", () => pdusOf(received).length === 3);
  await expect(simulator.set({ personalities: ["of nobody" as "nack"] })).rejects.toThrow("422");
  await expect(simulator.deliver({ from: "iemand", text: "Ja" })).rejects.toThrow("422");
  await expect(startSimulator({ personalities: ["of nobody" as "nack"] })).rejects.toThrow("did not start");
});
