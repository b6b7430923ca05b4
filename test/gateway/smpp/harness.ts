/**
 * A real carrier thread against a real server, for the tests of the session: numbers and rosters in shared memory, events
 * decoded into objects, and a server made with the package `smpp` or a plain socket.
 */
import { createServer as createTcpServer, type Socket, type Server as TcpServer } from "node:net";
import smpp, { type PDU, type Server, type Session } from "smpp";
import { type Carrier, startCarrier } from "../../../gateway/smpp/carrier/carrier.js";
import { readCarriers } from "../../../gateway/smpp/settings/configuration.js";
import type { CarrierConfiguration } from "../../../schemas/carrier.js";
import type { Problem } from "../../../schemas/errors.js";
import { EVENT, GAUGE } from "../../../schemas/link.js";
import type { TextNumbers } from "../../../schemas/text-numbers.js";

export interface Seen {
  readonly kind: "outcome" | "unknown" | "released" | "receipt" | "message";
  readonly segment: number;
  /** Words 1 to 3 of the event. */
  readonly one: number;
  readonly two: number;
  readonly three: number;
  readonly id: string;
  readonly number: number;
  /** Of a message. */
  readonly text: string;
}

const KINDS = { 1: "outcome", 2: "unknown", 3: "released", 4: "receipt", 5: "message" } as const;
const WAIT_MS = 20_000;
const FIRST_NUMBER = 31_600_000_000;

export function numberOf(position: number): string {
  return String(FIRST_NUMBER + position);
}

/** A carrier with `participants` numbers, all of them on every roster, in order. */
export class Rig {
  readonly carrier: Carrier;
  /** The settings that it has now. */
  configuration: CarrierConfiguration;
  readonly events: Seen[] = [];
  readonly fatal: string[] = [];
  readonly roster: SharedArrayBuffer;
  readonly numbers: Float64Array;
  /** Whether events are released as soon as they are read. */
  releasing = true;

  constructor(
    port: number,
    settings: Partial<CarrierConfiguration> = {},
    participants = 10_000,
    loopbackOnly = true,
    isNew = false,
  ) {
    const numbers = new SharedArrayBuffer(participants * 8);
    this.roster = new SharedArrayBuffer(participants * 4);
    this.numbers = new Float64Array(numbers);
    const roster = new Uint32Array(this.roster);
    for (let at = 0; at < participants; at++) {
      this.numbers[at] = FIRST_NUMBER + at;
      roster[at] = at;
    }
    const hooks = { onFatal: ({ detail: reason }: Problem) => this.fatal.push(reason) };
    this.configuration = configuration(port, settings);
    // As a carrier that is not new, unless that is what a test is about.
    const known = () => ({
      perSecond: 0,
      outstanding: isNew ? 0 : this.configuration.window * this.configuration.binds,
    });
    this.carrier = startCarrier(this.configuration, { numbers, loopbackOnly, known }, hooks);
    this.carrier.onWake(() => this.read());
  }

  open(slot: number, rank: number, text = "Burgernet", expiresAtMs = Date.now() + 3_600_000): void {
    this.openTexts(slot, rank, [text], undefined, expiresAtMs);
  }

  openTexts(
    slot: number,
    rank: number,
    texts: readonly (string | null)[],
    textNumbers: TextNumbers,
    expiresAtMs = Date.now() + 3_600_000,
  ): void {
    const wave = { slot, rank, roster: this.roster, texts, textNumbers, expiresAtMs };
    this.carrier.openWave({ ...wave, urgent: true, reference: slot, toSwitchedOff: false });
  }

  grant(slot: number, first: number, count: number): void {
    const at = this.carrier.grants.reserve(4);
    this.carrier.grants.words.set([slot, first, count, 0], at);
    this.carrier.grants.publish();
    this.carrier.wake();
  }

  read(): void {
    const { events } = this.carrier;
    events.acceptWake();
    for (let at = events.next(); at >= 0; at = events.next()) this.events.push(decode(events.words, at));
    if (this.releasing) this.release();
  }

  release(): void {
    this.carrier.events.release(this.carrier.events.position());
    this.carrier.wake();
  }

  of(kind: Seen["kind"]): Seen[] {
    return this.events.filter((event) => event.kind === kind);
  }

  gauge(name: keyof typeof GAUGE): number {
    return this.carrier.gauges[GAUGE[name]]!;
  }

  /** Waits for what must come; a test that waits in vain fails with what it saw. */
  async until(what: string, condition: () => boolean): Promise<void> {
    const end = performance.now() + WAIT_MS;
    while (!condition()) {
      if (performance.now() > end) {
        const gauges = Object.keys(GAUGE).map((name) => `${name} ${this.gauge(name as keyof typeof GAUGE)}`);
        throw new Error(
          `waited in vain for ${what}; ${this.events.length} events; ${gauges.join(", ")}; ${this.fatal}`,
        );
      }
      await new Promise((resolve) => setTimeout(resolve, 5));
      this.read();
    }
  }
}

/** Read as from a file, so that what a test does not set is what a user gets. */
export function configuration(port: number, settings: Partial<CarrierConfiguration>): CarrierConfiguration {
  const entry = {
    name: "test",
    host: "127.0.0.1",
    port,
    systemId: "seinpost",
    password: "secret",
    sender: "Burgernet",
  };
  const read = readCarriers(JSON.stringify({ carriers: [entry] }), {});
  if (!read.ok) throw new Error(read.problem.detail);
  const quick = { window: 64, bindTimeoutMs: 2_000, responseTimeoutMs: 2_000, enquireLinkMs: 5_000 };
  return { ...read.value[0]!, ...quick, enquireLinkTimeoutMs: 1_000, ...settings };
}

function decode(words: Uint32Array, at: number): Seen {
  const bytes = Buffer.from(words.buffer, words.byteOffset, words.byteLength);
  const kind = words[at]! & 0xff;
  const payload = words[at]! >>> 16;
  const start = (at + 4) * 4;
  const hasNumber = kind === EVENT.receipt || kind === EVENT.message;
  const number = hasNumber ? new Float64Array(Uint8Array.from(bytes.subarray(start, start + 8)).buffer)[0]! : 0;
  return {
    kind: KINDS[kind as keyof typeof KINDS],
    segment: (words[at]! >>> 8) & 0xff,
    one: words[at + 1]!,
    two: words[at + 2]!,
    three: words[at + 3]!,
    id: kind === EVENT.message ? "" : bytes.toString("latin1", start + (hasNumber ? 8 : 0), start + payload),
    number,
    text: kind === EVENT.message ? bytes.toString("utf16le", start + 8, start + payload) : "",
  };
}

/** A server of the package `smpp` on a free port, which answers as it is told and keeps what it got. */
export class Smsc {
  readonly sessions: Session[] = [];
  readonly submits: PDU[] = [];
  /** For each submit_sm, the number of the connection that it came over. */
  readonly over: number[] = [];
  readonly binds: PDU[] = [];
  readonly #server: Server;

  private constructor(
    server: Server,
    readonly port: number,
  ) {
    this.#server = server;
  }

  /** `answer` gives the response's fields for each submit_sm, or null for none; `bindStatus` null: no answer to the bind. */
  static async start(
    answer: (pdu: PDU, session: Session) => Record<string, unknown> | null,
    bindStatus: (pdu: PDU, session: Session) => number | null = () => 0,
  ): Promise<Smsc> {
    const server = smpp.createServer((session) => {
      smsc.sessions.push(session);
      session.on("error", () => session.destroy());
      for (const bind of ["bind_transceiver", "bind_transmitter", "bind_receiver"]) {
        session.on(bind, (pdu: PDU) => {
          smsc.binds.push(pdu);
          const status = bindStatus(pdu, session);
          if (status !== null) session.send(pdu.response({ command_status: status, system_id: "smsc" }));
        });
      }
      session.on("submit_sm", (pdu: PDU) => {
        smsc.submits.push(pdu);
        smsc.over.push(smsc.sessions.indexOf(session));
        const fields = answer(pdu, session);
        if (fields !== null) session.send(pdu.response(fields));
      });
      session.on("enquire_link", (pdu: PDU) => session.send(pdu.response()));
      session.on("unbind", (pdu: PDU) => session.send(pdu.response()));
    });
    const port = await listen(server);
    const smsc = new Smsc(server, port);
    return smsc;
  }

  destinations(): string[] {
    return this.submits.map((pdu) => String(pdu.destination_addr));
  }

  async stop(): Promise<void> {
    for (const session of this.sessions) session.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

export function listen(server: TcpServer): Promise<number> {
  return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      resolve(address !== null && typeof address === "object" ? address.port : 0);
    });
  });
}

/** A server that hands the test its plain sockets. */
export async function plainServer(
  onSocket: (socket: Socket) => void,
): Promise<{ port: number; stop(): Promise<void> }> {
  const sockets: Socket[] = [];
  const server = createTcpServer((socket) => {
    sockets.push(socket);
    socket.on("error", () => socket.destroy());
    onSocket(socket);
  });
  const port = await listen(server);
  const stop = async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  };
  return { port, stop };
}
