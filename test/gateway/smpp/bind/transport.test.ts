/** What goes over a bind beside submissions: answers that must not wait, silence that must be found, and both ways to part. */
import type { Socket } from "node:net";
import smpp, { type PDU } from "smpp";
import { describe, expect, test } from "vitest";
import type { Rig } from "../harness.js";
import { endAfterEach, header, polite, reading, receiptPdu, rigFor } from "../peer.js";

endAfterEach();

const LONG = "a".repeat(160);

/** Answers everything from its second connection on; the first is `on`'s. */
function firstThenPolite(on: (pdu: PDU, socket: Socket) => void) {
  return reading((pdu, socket, connection) => {
    if (connection === 0) on(pdu, socket);
    else if (!polite(pdu, socket) && pdu.command === "submit_sm") {
      socket.write(pdu.response({ message_id: "m" }).toBuffer());
    }
  });
}

/** Queues far more than a socket takes from a peer that does not read. */
function queueMuch(rig: Rig, waves = 5): number {
  for (let slot = 0; slot < waves; slot++) {
    rig.open(slot, slot, LONG);
    for (let first = 0; first < 10_000; first += 250) rig.grant(slot, first, 250);
  }
  return waves * 10_000;
}

/** Waits until nothing more goes into the socket, though there is more and the window has room. */
async function untilCongested(rig: Rig): Promise<number> {
  let submitted = 0;
  let still = 0;
  await rig.until("a full socket", () => {
    still = rig.gauge("submitted") === submitted && submitted > 0 ? still + 1 : 0;
    submitted = rig.gauge("submitted");
    return still > 40 && rig.gauge("queued") > 0;
  });
  return submitted;
}

describe("a peer that is there no more", () => {
  /** From here on it is asked often, until it was found. */
  async function found(rig: Rig): Promise<void> {
    const patient = rig.configuration;
    rig.carrier.configure({ ...patient, enquireLinkMs: 100, enquireLinkTimeoutMs: 100 });
    await rig.until("the end of the connection", () => rig.gauge("disconnects") === 1);
    rig.carrier.configure(patient);
  }

  test("is found while submissions are outstanding that have long deadlines of their own", async () => {
    const server = await firstThenPolite((pdu, socket) => {
      if (pdu.command === "bind_transceiver") polite(pdu, socket);
    });
    const rig = rigFor(server, { window: 5, responseTimeoutMs: 600_000, enquireLinkMs: 600_000 });
    rig.open(0, 1);
    rig.grant(0, 0, 10);
    await rig.until("a full window", () => rig.gauge("inFlight") === 5);
    await found(rig);
    await rig.until("ten events", () => rig.events.length === 10);
    expect(rig.of("unknown").map(({ three }) => three)).toEqual([2, 2, 2, 2, 2]);
    expect(rig.of("outcome").length).toBe(5);
  });

  test("is found while so much is unsent that an enquire_link can't be written", async () => {
    const server = await firstThenPolite((pdu, socket) => {
      if (polite(pdu, socket)) socket.pause();
    });
    const rig = rigFor(server, { window: 16_384, responseTimeoutMs: 600_000, enquireLinkMs: 600_000 });
    const all = queueMuch(rig);
    await untilCongested(rig);
    expect(rig.gauge("disconnects")).toBe(0);
    await found(rig);
    await rig.until("an end for all", () => rig.of("unknown").length + rig.of("outcome").length === all);
    expect(rig.of("outcome").length).toBeGreaterThan(0);
  });

  test("is found where it asks without end and reads no answer", async () => {
    const asking = Buffer.alloc(16 * 65_536);
    for (let at = 0; at < asking.length; at += 16) header(0x15, 0, 1 + at / 16).copy(asking, at);
    const server = await firstThenPolite((pdu, socket) => {
      if (!polite(pdu, socket)) return;
      socket.pause();
      for (let times = 0; times < 16; times++) socket.write(asking);
    });
    const rig = rigFor(server, { enquireLinkMs: 200, enquireLinkTimeoutMs: 200 });
    await rig.until("a second bind", () => rig.gauge("disconnects") > 0 && rig.gauge("bound") === 1);
  });
});

describe("answers are not queued behind other work", () => {
  test("a peer that reads slowly gets them before all that was not sent yet", async () => {
    let slow: Socket | undefined;
    const order: string[] = [];
    const server = await reading((pdu, socket) => {
      order.push(pdu.command);
      if (slow === undefined) {
        slow = socket;
        polite(pdu, socket);
        socket.pause();
      } else if (pdu.command === "submit_sm") socket.write(pdu.response({ message_id: "m" }).toBuffer());
      else polite(pdu, socket);
    });
    const settings = { window: 16_384, responseTimeoutMs: 600_000, enquireLinkMs: 600_000 };
    const rig = rigFor(server, settings);
    queueMuch(rig, 3);
    await untilCongested(rig);
    for (let at = 0; at < 100; at++) slow!.write(header(0x15, 0, 1_000 + at));
    for (let at = 0; at < 100; at++) slow!.write(receiptPdu(`r${at}`, 2_000 + at));
    await rig.until("the receipts", () => rig.of("receipt").length === 100);
    const submitted = rig.gauge("submitted");
    slow!.resume();
    await rig.until("all answers", () => order.filter((command) => command === "deliver_sm_resp").length === 100);
    await rig.until("the rest", () => rig.gauge("queued") === 0 && rig.gauge("inFlight") === 0);
    // They came before the receipts, so that they are answered with at most so many submissions before them.
    const last = order.lastIndexOf("enquire_link_resp");
    const before = order.slice(0, last).filter((command) => command === "submit_sm").length;
    expect(before).toBeLessThanOrEqual(submitted);
    expect(order.filter((command) => command === "enquire_link_resp").length).toBe(100);
    expect(order.filter((command) => command === "submit_sm").length).toBeGreaterThan(submitted);
  });

  test("nor behind a full window, nor while the bind pauses because it was throttled", async () => {
    const seen: string[] = [];
    const server = await reading((pdu, socket) => {
      seen.push(pdu.command);
      if (polite(pdu, socket) || pdu.command !== "submit_sm") return;
      const submits = seen.filter((command) => command === "submit_sm").length;
      if (submits === 1) socket.write(pdu.response({ command_status: 0x58 }).toBuffer());
      if (submits === 1 || submits === 4) socket.write(header(0x15, 0, 900));
    });
    const rig = rigFor(server, { window: 3, responseTimeoutMs: 1_000 });
    rig.open(0, 1);
    rig.grant(0, 0, 100);
    await rig.until("two answers", () => seen.filter((command) => command === "enquire_link_resp").length === 2);
    expect(rig.gauge("inFlight")).toBe(3);
    rig.carrier.stopWave(0);
  });
});

describe("odd PDUs of a bound session", () => {
  test("are counted, answered where they ask, and change nothing", async () => {
    const seen: PDU[] = [];
    let peer: Socket | undefined;
    const server = await reading((pdu, socket) => {
      seen.push(pdu);
      peer = socket;
      if (!polite(pdu, socket) && pdu.command === "submit_sm") {
        socket.write(pdu.response({ message_id: "m" }).toBuffer());
      }
    });
    const rig = rigFor(server);
    await rig.until("a bind", () => rig.gauge("bound") === 1);
    const requests = [0x04, 0x09, 0x0b, 0x0102, 0x0111, 0x0021, 0x7fff_ffff];
    const responses = [0x8000_0006, 0x8000_0009, 0x8000_0005, 0x8000_0103, 0xffff_ffff];
    const all = [
      new smpp.PDU("outbind", { sequence_number: 1, system_id: "x", password: "y" }).toBuffer(),
      ...requests.map((command, at) => header(command, 0, 100 + at, command === 0x0b || command === 0x0102 ? 30 : 16)),
      ...responses.map((command, at) => header(command, 0, 200 + at)),
      header(0x8000_0000, 3, 0),
      header(0x8000_0000, 3, 0x7fff_ffff),
      header(0x8000_0004, 0, 300),
      header(0x8000_0015, 0, 301),
      header(0x15, 0, 999),
    ];
    peer!.write(Buffer.concat(all));
    await rig.until("the last answer", () => seen.at(-1)?.command === "enquire_link_resp");
    const nacked = seen.filter(({ command }) => command === "generic_nack").map((pdu) => pdu.sequence_number);
    expect(nacked).toEqual([100, 101, 103, 104, 105, 106].filter((sequence) => !UNANSWERED.includes(sequence)));
    expect(rig.gauge("strayResponses")).toBe(3);
    expect(rig.gauge("protocolErrors")).toBe(nacked.length + responses.length);
    rig.open(0, 1);
    rig.grant(0, 0, 5);
    await rig.until("five outcomes", () => rig.of("outcome").length === 5);
    expect(rig.gauge("disconnects")).toBe(0);
  });

  test.each([0, 15, 67_585, 2 ** 31])(
    "a command_length of %d instead of the bind response: tried again",
    async (length) => {
      const server = await firstThenPolite((pdu, socket) => {
        if (pdu.command === "bind_transceiver") socket.write(header(0x8000_0009, 0, pdu.sequence_number, length));
      });
      const rig = rigFor(server);
      await rig.until("a bind", () => rig.gauge("bound") === 1);
      expect([rig.gauge("protocolErrors"), rig.gauge("disconnects")]).toEqual([1, 0]);
    },
  );
});

/** alert_notification (0x0102) wants no answer; a second outbind (0x0b) neither. */
const UNANSWERED = [102, 103];
