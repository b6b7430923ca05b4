/**
 * PDUs that end at each of their bytes, over a real socket: each gets its one answer or outcome, what stands whole in it
 * counts, and the bind goes on as if nothing was.
 */
import type { Socket } from "node:net";
import smpp, { type PDU } from "smpp";
import { afterEach, expect, test } from "vitest";
import { plainServer, Rig } from "../harness.js";

const DELIVER_SM_RESP = 0x8000_0005;
const DATA_SM_RESP = 0x8000_0103;
const ESME_RX_P_APPN = 0x65;

let ends: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const end of ends) await end();
  ends = [];
});

/** A carrier that lets bind, and leaves the rest to `on`; keeps the statuses of the responses that it gets, by sequence number. */
async function start(on: (pdu: PDU, socket: Socket) => void) {
  const sockets: Socket[] = [];
  const answers = new Map<number, { command: number; status: number }>();
  const server = await plainServer((socket) => {
    sockets.push(socket);
    let rest = Buffer.alloc(0);
    socket.on("data", (data) => {
      rest = Buffer.concat([rest, data]);
      while (rest.length >= 16 && rest.length >= rest.readUInt32BE(0)) {
        const pdu = new smpp.PDU(Buffer.from(rest.subarray(0, rest.readUInt32BE(0))));
        rest = rest.subarray(rest.readUInt32BE(0));
        const { command_id: command, command_status: status } = pdu;
        if (pdu.isResponse()) answers.set(pdu.sequence_number, { command, status });
        else if (pdu.command === "submit_sm") on(pdu, socket);
        else socket.write(pdu.response().toBuffer());
      }
    });
  });
  const rig = new Rig(server.port);
  ends.push(async () => {
    await rig.carrier.close();
    expect(rig.fatal).toEqual([]);
    await server.stop();
  });
  await rig.until("a bind", () => rig.gauge("bound") === 1);
  return { rig, answers, socket: sockets[0]! };
}

/** The first `length` bytes, as a PDU of that length. */
function cutOff(pdu: Buffer, length: number, sequence: number): Buffer {
  const bytes = Buffer.from(pdu.subarray(0, length));
  bytes.writeUInt32BE(length, 0);
  bytes.writeUInt32BE(sequence, 12);
  return bytes;
}

const TLV = Buffer.from([0x04, 0x24, 0, 2, 0x6a, 0x61, 0x14, 0, 0, 1, 7]);

test("submit_sm_resp: the id is what there is of it, and TLVs behind it don't matter", async () => {
  const id = "9223372036854775807";
  const head = Buffer.from("00000000800000040000000000000000", "hex");
  const whole = Buffer.concat([head, Buffer.from(`${id}\0`), TLV]);
  let length = 16;
  const { rig } = await start((pdu, socket) => socket.write(cutOff(whole, length++, pdu.sequence_number)));
  const lengths = whole.length - 16 + 1;
  rig.open(0, 1);
  rig.grant(0, 0, lengths);
  await rig.until("all outcomes", () => rig.of("outcome").length === lengths);
  expect(rig.events.map((event) => event.id)).toEqual(Array.from({ length: lengths }, (_, at) => id.slice(0, at)));
  expect([rig.gauge("acknowledged"), rig.gauge("disconnects"), rig.gauge("protocolErrors")]).toEqual([lengths, 0, 0]);
});

const NUMBER = { source_addr: "31612345678" };
const TEXT = Buffer.from("id:7 sub:001 stat:DELIVRD err:000");

test.each([
  [
    "receipt by deliver_sm",
    "deliver_sm",
    { ...NUMBER, esm_class: 4, short_message: TEXT, receipted_message_id: "7", message_state: 2 },
  ],
  ["receipt by data_sm", "data_sm", { ...NUMBER, esm_class: 4, receipted_message_id: "7", message_state: 2 }],
  ["message by deliver_sm", "deliver_sm", { ...NUMBER, short_message: Buffer.from("ja"), sar_msg_ref_num: 7 }],
  ["message by data_sm", "data_sm", { ...NUMBER, message_payload: Buffer.from("ja"), sar_msg_ref_num: 7 }],
])("%s: taken where its fields are whole, refused for good where they are not", async (_, command, fields) => {
  const whole = new smpp.PDU(command, { ...fields, data_coding: 0 }).toBuffer();
  const { rig, answers, socket } = await start(() => {});
  const lengths = whole.length - 16 + 1;
  for (let length = 16; length <= whole.length; length++) socket.write(cutOff(whole, length, length));
  await rig.until("an answer to each", () => answers.size === lengths);
  const response = command === "data_sm" ? DATA_SM_RESP : DELIVER_SM_RESP;
  const taken = [...answers.values()].filter(({ status }) => status === 0).length;
  expect([...answers.values()].every((answer) => answer.command === response)).toBe(true);
  expect([...answers.values()].every(({ status }) => status === 0 || status === ESME_RX_P_APPN)).toBe(true);
  expect(taken).toBe(rig.events.length);
  expect(taken).toBe(rig.gauge("receipts") + rig.gauge("incoming"));
  expect(answers.get(16)!.status).toBe(ESME_RX_P_APPN);
  expect(answers.get(whole.length)!.status).toBe(0);
  expect(rig.events.every(({ number }) => number === 31_612_345_678)).toBe(true);
  expect([rig.gauge("bound"), rig.gauge("disconnects")]).toEqual([1, 0]);
});

test("a status that no specification has is no refusal of our own", async () => {
  const { rig } = await start((pdu, socket) => {
    const answer = cutOff(pdu.response({}).toBuffer(), 17, pdu.sequence_number);
    answer.writeUInt32BE(0x2000_0001, 8);
    socket.write(answer);
  });
  rig.open(0, 1);
  rig.grant(0, 0, 1);
  await rig.until("an outcome", () => rig.of("outcome").length === 1);
  expect(rig.events[0]!.three).toBe(smpp.errors.ESME_RUNKNOWNERR);
});
