/** A peer made of a plain socket, which answers what a test lets it answer; and the end of what a test has started. */
import type { Socket } from "node:net";
import smpp, { type PDU } from "smpp";
import { afterEach, expect } from "vitest";
import { plainServer, Rig } from "./harness.js";

export type Settings = ConstructorParameters<typeof Rig>[1];

const ends: (() => Promise<void>)[] = [];

/** Closes what `rigFor` has started, after each test of the file that calls it. */
export function endAfterEach(): void {
  afterEach(async () => {
    for (const end of ends.splice(0)) await end();
  });
}

/** A carrier's thread towards the server; both end after the test, and the thread must not have died. */
export function rigFor(server: { port: number; stop(): Promise<void> }, settings: Settings = {}): Rig {
  const rig = new Rig(server.port, settings);
  ends.push(async () => {
    await rig.carrier.close();
    expect(rig.fatal).toEqual([]);
    await server.stop();
  });
  return rig;
}

/** A PDU's header with any length; the bytes that follow are zeros. */
export function header(command: number, status: number, sequence: number, length = 16): Buffer {
  const bytes = Buffer.alloc(Math.max(16, Math.min(length, 64)));
  for (const [at, word] of [length, command, status, sequence].entries()) bytes.writeUInt32BE(word, at * 4);
  return bytes;
}

/** Cuts what a socket delivers into PDUs. */
export function onPdus(socket: Socket, on: (pdu: PDU) => void): void {
  let rest = Buffer.alloc(0);
  socket.on("data", (data) => {
    rest = Buffer.concat([rest, data]);
    while (rest.length >= 16 && rest.length >= rest.readUInt32BE(0)) {
      const length = rest.readUInt32BE(0);
      const pdu = new smpp.PDU(Buffer.from(rest.subarray(0, length)));
      rest = rest.subarray(length);
      on(pdu);
    }
  });
}

/** A plain server that reads PDUs with the package and lets `on` answer each. */
export async function reading(on: (pdu: PDU, socket: Socket, connection: number) => void) {
  let connections = 0;
  return plainServer((socket) => {
    const connection = connections++;
    onPdus(socket, (pdu) => on(pdu, socket, connection));
  });
}

const POLITE = ["bind_transceiver", "bind_transmitter", "bind_receiver", "unbind", "enquire_link"];

/** Answers binds and unbinds; for the rest of a test's server. */
export function polite(pdu: PDU, socket: Socket): boolean {
  if (!POLITE.includes(pdu.command)) return false;
  socket.write(pdu.response().toBuffer());
  return true;
}

/** A delivery receipt as a carrier sends it. */
export function receiptPdu(id: string, sequence: number, to = "31600000001"): Buffer {
  return new smpp.PDU("deliver_sm", {
    sequence_number: sequence,
    source_addr: to,
    esm_class: 4,
    short_message: Buffer.from(`id:${id} sub:001 dlvrd:001 stat:DELIVRD err:000 text:x`),
  }).toBuffer();
}
