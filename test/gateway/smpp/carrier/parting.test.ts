/** Both ways to part: the carrier's, with and without a word, and ours. */
import type { Socket } from "node:net";
import { describe, expect, test } from "vitest";
import { Connection, readBuffer } from "../../../../gateway/smpp/bind/transport/connection.js";
import { configuration, plainServer } from "../harness.js";
import { endAfterEach, header, polite, reading, receiptPdu, rigFor } from "../peer.js";

endAfterEach();

describe("parting", () => {
  test("the carrier unbinds and goes on sending: each is answered, its unbind last, and we bind again", async () => {
    const seen: string[] = [];
    const server = await reading((pdu, socket, connection) => {
      seen.push(`${connection}:${pdu.command}`);
      if (polite(pdu, socket) || pdu.command !== "submit_sm") return;
      const answer = pdu.response({ message_id: "m" }).toBuffer();
      const receipts = Array.from({ length: 20 }, (_, at) => receiptPdu(`r${at}`, 50 + at));
      if (connection > 0) socket.write(answer);
      else socket.write(Buffer.concat([header(6, 0, 40), ...receipts, header(0x15, 0, 41), answer]));
    });
    const rig = rigFor(server, { window: 1 });
    rig.open(0, 1);
    rig.grant(0, 0, 2);
    await rig.until("two outcomes", () => rig.of("outcome").length === 2);
    expect(rig.of("receipt").length).toBe(20);
    const first = seen.filter((one) => one.startsWith("0:"));
    expect(first.filter((one) => one.endsWith("deliver_sm_resp")).length).toBe(20);
    expect(first).toContain("0:enquire_link_resp");
    expect(first.at(-1)).toBe("0:unbind_resp");
  });

  test("the carrier unbinds and ends its side at once: it still gets its unbind_resp", async () => {
    const seen: string[] = [];
    const server = await reading((pdu, socket, connection) => {
      seen.push(`${connection}:${pdu.command}`);
      if (connection > 0 || pdu.command !== "bind_transceiver") polite(pdu, socket);
      else socket.end(Buffer.concat([pdu.response().toBuffer(), header(6, 0, 40)]));
    });
    const rig = rigFor(server);
    await rig.until("a second bind", () => rig.gauge("bound") === 1 && seen.includes("1:bind_transceiver"));
    expect(seen).toContain("0:unbind_resp");
  });

  test("an unbind with the sequence number 0, which no request may have, is one all the same", async () => {
    const seen: string[] = [];
    const server = await reading((pdu, socket, connection) => {
      seen.push(`${connection}:${pdu.command}`);
      if (polite(pdu, socket) && pdu.command === "bind_transceiver" && connection === 0) socket.write(header(6, 0, 0));
    });
    const rig = rigFor(server, { enquireLinkTimeoutMs: 600_000 });
    await rig.until("a second bind", () => rig.gauge("bound") === 1 && seen.includes("1:bind_transceiver"));
    expect(seen).toContain("0:unbind_resp");
  });

  test("the carrier ends its side without a word: what is in flight is unknown, and we bind again", async () => {
    const server = await reading((pdu, socket, connection) => {
      if (polite(pdu, socket) || pdu.command !== "submit_sm") return;
      if (connection > 0) socket.write(pdu.response({ message_id: "m" }).toBuffer());
      else socket.end();
    });
    const rig = rigFor(server, { window: 2, responseTimeoutMs: 600_000, enquireLinkMs: 600_000 });
    rig.open(0, 1);
    rig.grant(0, 0, 10);
    await rig.until("ten events", () => rig.events.length === 10);
    expect(rig.of("unknown").map(({ three }) => three)).toEqual([1, 1]);
    expect(rig.gauge("disconnects")).toBe(1);
  });

  test("a receiver that is unbound binds again, and its transmitter never stops", async () => {
    let unbound = false;
    const server = await reading((pdu, socket) => {
      if (pdu.command === "submit_sm") socket.write(pdu.response({ message_id: "m" }).toBuffer());
      else polite(pdu, socket);
      if (pdu.command !== "bind_receiver" || unbound) return;
      unbound = true;
      socket.write(header(6, 0, 40));
    });
    const rig = rigFor(server, { bind: "separate", receivers: 1 });
    rig.open(0, 1);
    rig.grant(0, 0, 250);
    await rig.until("all outcomes", () => rig.of("outcome").length === 250);
    await rig.until("the receiver again", () => rig.gauge("disconnects") === 1 && rig.gauge("receiving") === 1);
    await rig.until("no problem", () => rig.carrier.lastProblem() === null);
    expect(rig.of("unknown").length + rig.of("released").length).toBe(0);
  });

  test("we unbind, and the carrier never answers, or its receipts wait for a ledger that takes nothing: it ends", async () => {
    const server = await reading((pdu, socket) => {
      if (pdu.command !== "bind_transceiver") return;
      socket.write(Buffer.concat([pdu.response().toBuffer(), receiptPdu("r", 50)]));
    });
    const rig = rigFor(server, { responseTimeoutMs: 200, enquireLinkTimeoutMs: 200 });
    rig.releasing = false;
    await rig.until("a receipt", () => rig.of("receipt").length === 1);
    await rig.carrier.close();
    expect(rig.fatal).toEqual([]);
  });

  test("what the peer does not read in time is not waited for", async () => {
    let far: Socket | undefined;
    const server = await plainServer((socket) => {
      far = socket.pause();
    });
    const user = { connected: () => {}, ended: () => {}, finished: () => {}, pdu: () => {}, malformed: () => {} };
    const gate = { heard: () => {}, mayTake: () => true, progressed: () => {} };
    const connection = new Connection(configuration(server.port, {}), true, readBuffer(), user, gate);
    while (far === undefined) await new Promise((resolve) => setImmediate(resolve));
    const { outbox } = connection;
    let written = 0;
    for (let idle = 0; idle < 20; idle++) {
      for (; outbox.roomForSubmissions(1_000) === 1_000; written += 1_000) {
        outbox.wrote(outbox.at + 1_000);
        idle = 0;
      }
      outbox.flush();
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    connection.closeSoon(50);
    // Timers of one thread fire in their order, however late.
    await new Promise((resolve) => setTimeout(resolve, 100));
    let read = 0;
    far.on("data", (data) => {
      read += data.length;
    });
    const ended = new Promise((resolve) => far?.once("close", resolve));
    far.resume();
    await ended;
    expect(read).toBeLessThan(written);
    await server.stop();
  });
});
