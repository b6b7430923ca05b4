/** Binds of every kind, their fields, and what becomes of a bind that is refused, late, odd or never answered. */
import smpp, { type PDU } from "smpp";
import { describe, expect, test } from "vitest";
import { Handshake } from "../../../../gateway/smpp/bind/bind.js";
import { SMPP } from "../../../../schemas/limits.js";
import { numberOf, plainServer, Rig, Smsc } from "../harness.js";
import { endAfterEach, header, polite, reading, receiptPdu, rigFor, type Settings } from "../peer.js";

endAfterEach();

const SEPARATE: Settings = { bind: "separate", binds: 2, receivers: 1 };
const accept = (pdu: PDU) => ({ message_id: `id-${pdu.destination_addr}` });

async function problemOf(rig: Rig) {
  await rig.until("a problem", () => rig.carrier.lastProblem() !== null);
  return rig.carrier.lastProblem()!;
}

describe("transmitters and receivers apart", () => {
  test("submissions go over transmitters alone, receipts come over the receiver, and each counts as what it is", async () => {
    const smsc = await Smsc.start(accept);
    const rig = rigFor(smsc, { ...SEPARATE, window: 10 });
    await rig.until("three binds", () => rig.gauge("bound") === 2 && rig.gauge("receiving") === 1);
    expect(smsc.binds.map((pdu) => pdu.command).sort()).toEqual([
      "bind_receiver",
      "bind_transmitter",
      "bind_transmitter",
    ]);
    expect([rig.gauge("window"), rig.carrier.lastProblem()]).toEqual([20, null]);
    rig.open(0, 1);
    for (let first = 0; first < 1_000; first += 250) rig.grant(0, first, 250);
    await rig.until("1000 outcomes", () => rig.of("outcome").length === 1_000);
    const receiver = smsc.sessions.findIndex((_, at) => smsc.binds[at]!.command === "bind_receiver");
    expect(new Set(smsc.over)).toEqual(new Set([0, 1, 2].filter((at) => at !== receiver)));
    const answers: PDU[] = [];
    for (const session of smsc.sessions) {
      session.deliver_sm(
        { source_addr: numberOf(1), esm_class: 4, short_message: Buffer.from("id:7 stat:DELIVRD err:000") },
        (pdu) => answers.push(pdu),
      );
    }
    await rig.until("three receipts", () => rig.of("receipt").length === 3 && answers.length === 3);
    expect(answers.every((pdu) => pdu.command_status === 0)).toBe(true);
  });

  test("without a transmitter nothing is sent, whatever the receiver does, and the problem says how many are down", async () => {
    const smsc = await Smsc.start(
      () => null,
      (pdu) => (pdu.command === "bind_receiver" ? 0 : 0x0e),
    );
    const rig = rigFor(smsc, { ...SEPARATE, binds: 1 });
    rig.open(0, 1);
    rig.grant(0, 0, 10);
    await rig.until("a release", () => rig.of("released").length === 1 && rig.gauge("receiving") === 1);
    expect([rig.gauge("bound"), rig.gauge("window"), smsc.submits.length]).toEqual([0, 0, 0]);
    expect(rig.carrier.lastProblem()).toMatchObject({
      code: "CARRIER_REFUSED_BIND",
      field: "bind 1",
      detail: "1 of 2 binds down; bind 1: the password is wrong (command_status 0x0000000e)",
    });
  });

  test("a receiver that is refused is named, and the transmitters send on", async () => {
    const smsc = await Smsc.start(accept, (pdu) => (pdu.command === "bind_receiver" ? 0x05 : 0));
    const rig = rigFor(smsc, { ...SEPARATE, binds: 1 });
    rig.open(0, 1);
    rig.grant(0, 0, 10);
    await rig.until("ten outcomes", () => rig.of("outcome").length === 10);
    const problem = await problemOf(rig);
    expect(problem.field).toBe("receiver 1");
    expect(problem.detail).toContain("1 of 2 binds down; receiver 1: all binds of this system_id are taken");
    expect(rig.gauge("receiving")).toBe(0);
  });

  test("each is unbound on close", async () => {
    const smsc = await Smsc.start(accept);
    const rig = new Rig(smsc.port, SEPARATE);
    await rig.until("three binds", () => rig.gauge("bound") === 2 && rig.gauge("receiving") === 1);
    const unbound: number[] = [];
    smsc.sessions.forEach((session, at) => {
      session.on("unbind", () => unbound.push(at));
    });
    await rig.carrier.close();
    await smsc.stop();
    expect([unbound.sort(), rig.fatal]).toEqual([[0, 1, 2], []]);
  });
});

describe("what a bind carries", () => {
  test("system_type, version, and the address range with its type of number and numbering plan", async () => {
    const smsc = await Smsc.start(accept);
    const range = { ton: 1, npi: 1, range: "^3197" };
    const rig = rigFor(smsc, { ...SEPARATE, binds: 1, systemType: "VMA", interfaceVersion: 0x50, addressRange: range });
    await rig.until("two binds", () => rig.gauge("bound") === 1 && rig.gauge("receiving") === 1);
    for (const pdu of smsc.binds) {
      expect(pdu).toMatchObject({
        system_id: "seinpost",
        password: "secret",
        system_type: "VMA",
        interface_version: 0x50,
        addr_ton: 1,
        addr_npi: 1,
        address_range: "^3197",
      });
    }
  });

  test.each([
    ["a lower version than ours", 0x33, (pdu: PDU) => pdu.response({ sc_interface_version: 0x33 }).toBuffer()],
    ["no body at all", 0, (pdu: PDU) => header(0x8000_0009, 0, pdu.sequence_number)],
    [
      "a system_id without its NUL",
      0,
      (pdu: PDU) => Buffer.concat([header(0x8000_0009, 0, pdu.sequence_number, 18), Buffer.from("ab")]).subarray(0, 18),
    ],
    ["a TLV that runs over its end", 0, (pdu: PDU) => header(0x8000_0009, 0, pdu.sequence_number, 22)],
  ])("is answered with %s: bound", async (_, version, answer) => {
    let answered: Buffer = Buffer.alloc(0);
    const server = await reading((pdu, socket) => {
      if (pdu.command !== "bind_transceiver") return void polite(pdu, socket);
      answered = answer(pdu);
      socket.write(answered);
    });
    const rig = rigFor(server, { interfaceVersion: 0x50 });
    await rig.until("a bind", () => rig.gauge("bound") === 1);
    const handshake = new Handshake("bind", rig.configuration);
    handshake.succeeded(answered, 0, answered.length);
    expect(handshake.peerVersion).toBe(version);
    expect([rig.gauge("protocolErrors"), rig.carrier.lastProblem()]).toEqual([0, null]);
  });
});

describe("a bind that is refused", () => {
  test.each([
    [0x05, "all binds of this system_id are taken"],
    [0x0d, "ask the carrier whether the account is active"],
    [0x0e, "the password is wrong"],
    [0x0f, "does not know this system_id"],
    [0x03, "this kind of bind"],
    [0x0400_0001, "for a reason of its own (command_status 0x04000001)"],
    [0xffff_ffff, "(command_status 0xffffffff)"],
  ])("with %i says what to do", async (status, words) => {
    const smsc = await Smsc.start(accept, () => status);
    const rig = rigFor(smsc);
    const problem = await problemOf(rig);
    expect(problem.code).toBe("CARRIER_REFUSED_BIND");
    expect(problem.detail).toContain(words);
    expect(problem.detail).not.toContain("secret");
    expect(rig.gauge("lastBindStatus") >>> 0).toBe(status >>> 0);
  });

  test.each([
    ["its own sequence number", 0],
    ["the sequence number 0", 1],
  ])("by a generic_nack with %s is refused as well", async (_, zero) => {
    const server = await reading((pdu, socket) => {
      if (pdu.command === "bind_transceiver") socket.write(header(0x8000_0000, 3, zero ? 0 : pdu.sequence_number));
    });
    const rig = rigFor(server);
    expect(await problemOf(rig)).toMatchObject({ code: "CARRIER_REFUSED_BIND" });
  });

  test("is tried again after a pause, and bound when the carrier takes it", async () => {
    const times: number[] = [];
    const smsc = await Smsc.start(accept, () => (times.push(performance.now()) < 2 ? 0x0e : 0));
    const rig = rigFor(smsc);
    await problemOf(rig);
    await rig.until("a bind", () => rig.gauge("bound") === 1 && rig.carrier.lastProblem() === null);
    // The refusal leaves after the first of the two was taken, so that a slow machine only makes it longer.
    expect(times[1]! - times[0]!).toBeGreaterThan(SMPP.refusedFirstMs / 2 - 1);
    expect(rig.gauge("lastBindStatus")).toBe(0);
  });
});

describe("a bind whose answer is odd", () => {
  test("late: the connection that it was for is gone, and the next bind is not confused by it", async () => {
    const late: (() => void)[] = [];
    const server = await reading((pdu, socket, connection) => {
      if (connection === 0) late.push(() => socket.write(pdu.response().toBuffer()));
      else if (!polite(pdu, socket)) socket.write(pdu.response({ message_id: "m" }).toBuffer());
    });
    const rig = rigFor(server, { bindTimeoutMs: 100 });
    expect((await problemOf(rig)).detail).toContain("no bind within the deadline (binding)");
    late[0]!();
    rig.open(0, 1);
    rig.grant(0, 0, 3);
    await rig.until("three outcomes", () => rig.of("outcome").length === 3);
    expect(rig.gauge("protocolErrors")).toBe(0);
  });

  test("an answer with another sequence number is the answer all the same, and counted", async () => {
    const server = await reading((pdu, socket) => {
      if (pdu.command === "bind_transceiver") socket.write(header(0x8000_0009, 0, pdu.sequence_number + 5));
      else if (pdu.command === "submit_sm") socket.write(pdu.response({ message_id: "m" }).toBuffer());
      else polite(pdu, socket);
    });
    const rig = rigFor(server);
    rig.open(0, 1);
    rig.grant(0, 0, 3);
    await rig.until("three outcomes", () => rig.of("outcome").length === 3);
    expect([rig.gauge("protocolErrors"), rig.gauge("disconnects")]).toEqual([1, 0]);
  });

  test("another kind's answer is no answer; twice is one too many", async () => {
    const server = await reading((pdu, socket) => {
      if (pdu.command !== "bind_transceiver") return void polite(pdu, socket);
      const { sequence_number: sequence } = pdu;
      socket.write(header(0x8000_0001, 0, sequence));
      socket.write(header(0x8000_0000, 3, sequence + 5));
      socket.write(header(0x8000_0015, 0, sequence));
      setTimeout(() => socket.write(Buffer.concat([pdu.response().toBuffer(), pdu.response().toBuffer()])), 50);
    });
    const rig = rigFor(server);
    await rig.until("a bind", () => rig.gauge("bound") === 1);
    await rig.until("what is counted", () => rig.gauge("protocolErrors") === 3);
    expect(rig.gauge("disconnects")).toBe(0);
  });

  test("what comes before it is heard: enquire_link, outbind, an answer to nothing, a receipt", async () => {
    const seen: string[] = [];
    const server = await reading((pdu, socket) => {
      seen.push(pdu.command);
      if (pdu.command === "bind_transceiver") {
        socket.write(header(0x15, 0, 501));
        socket.write(new smpp.PDU("outbind", { sequence_number: 502, system_id: "x", password: "y" }).toBuffer());
        socket.write(header(0x8000_0004, 0, 503));
        socket.write(header(0x0fff, 0, 504));
        socket.write(receiptPdu("early", 505));
      } else if (pdu.command === "deliver_sm_resp") {
        socket.write(new smpp.PDU("bind_transceiver_resp", { sequence_number: 1 }).toBuffer());
      } else polite(pdu, socket);
    });
    const rig = rigFor(server);
    await rig.until("a bind", () => rig.gauge("bound") === 1);
    expect(seen.slice(0, 4)).toEqual(["bind_transceiver", "enquire_link_resp", "generic_nack", "deliver_sm_resp"]);
    expect(rig.events).toMatchObject([{ kind: "receipt", id: "early" }]);
    expect([rig.gauge("strayResponses"), rig.gauge("protocolErrors"), rig.gauge("disconnects")]).toEqual([1, 1, 0]);
  });

  test("an unbind instead of an answer is answered, and the bind tried again", async () => {
    const seen: string[] = [];
    const server = await reading((pdu, socket, connection) => {
      seen.push(`${connection}:${pdu.command}`);
      if (connection > 0) polite(pdu, socket);
      else if (pdu.command === "bind_transceiver") socket.write(header(6, 0, 77));
    });
    const rig = rigFor(server);
    await rig.until("a bind", () => rig.gauge("bound") === 1);
    expect(seen.slice(0, 3)).toEqual(["0:bind_transceiver", "0:unbind_resp", "1:bind_transceiver"]);
  });

  test("a server that only connects, and one that closes at once: tried again, and said", async () => {
    let connections = 0;
    const server = await plainServer((socket) => {
      if (connections++ < 3) socket.destroy();
    });
    const rig = rigFor(server, { bindTimeoutMs: 200 });
    await rig.until("a fourth connection", () => connections > 3);
    await rig.until("the deadline", () => /deadline/.test(rig.carrier.lastProblem()?.detail ?? ""));
    expect(rig.carrier.lastProblem()).toMatchObject({ code: "CARRIER_UNREACHABLE", field: "bind 1" });
  });
});
