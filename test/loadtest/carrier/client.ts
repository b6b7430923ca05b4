/**
 * Clients of the carrier simulator for its tests: one on the package `smpp`, and one that writes bytes as it is told.
 */
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { type PackagePdu, type PackageSession, smpp } from "../../../bench/submit/smpp-package.js";

export type BindCommand = "bind_transceiver" | "bind_transmitter" | "bind_receiver";

/** A session of the package, with promises. */
export class Client {
  /** deliver_sm in order of arrival. */
  readonly deliveries: PackagePdu[] = [];
  answerDeliveries = true;
  closed = false;
  #arrived: () => void = () => {};

  private constructor(readonly session: PackageSession) {
    session.on("error", () => {});
    session.on("close", () => {
      this.closed = true;
      this.#arrived();
    });
    session.on("deliver_sm", (pdu: PackagePdu) => {
      this.deliveries.push(pdu);
      if (this.answerDeliveries) session.send(pdu.response());
      this.#arrived();
    });
  }

  static async connect(port: number): Promise<Client> {
    const session = smpp.connect({ host: "127.0.0.1", port });
    const client = new Client(session);
    await once(session, "connect");
    return client;
  }

  static async bound(port: number, systemId = "test", command: BindCommand = "bind_transceiver"): Promise<Client> {
    const client = await Client.connect(port);
    const { command_status } = await client.bind(systemId, "secret", command);
    if (command_status !== 0) throw new Error(`the bind was answered ${command_status}`);
    return client;
  }

  bind(system_id: string, password: string, command: BindCommand = "bind_transceiver"): Promise<PackagePdu> {
    return new Promise((resolve) => this.session[command]({ system_id, password }, resolve));
  }

  submit(number: number | string, text = "tekst", fields: Record<string, unknown> = {}): Promise<PackagePdu> {
    const all = { source_addr: "Burgernet", destination_addr: String(number), short_message: text, ...fields };
    return new Promise((resolve) => this.session.submit_sm(all, resolve));
  }

  send(command: "enquire_link" | "unbind" | "query_sm"): Promise<PackagePdu> {
    return new Promise((resolve) => this.session[command]({}, resolve));
  }

  /** Resolves when so many deliver_sm have come. */
  async delivered(count: number): Promise<PackagePdu[]> {
    await this.#until(() => this.deliveries.length >= count);
    return this.deliveries;
  }

  disconnected(): Promise<void> {
    return this.#until(() => this.closed);
  }

  close(): void {
    this.session.destroy();
  }

  async #until(condition: () => boolean): Promise<void> {
    while (!condition()) {
      await new Promise<void>((resolve) => {
        this.#arrived = resolve;
      });
    }
  }
}

/** A socket that collects what comes back. */
export class RawClient {
  received = Buffer.alloc(0);
  closed = false;
  #counted = 0;
  #countedTo = 0;

  private constructor(readonly socket: Socket) {
    socket.on("data", (chunk) => {
      this.received = Buffer.concat([this.received, chunk]);
    });
    socket.on("error", () => {});
    socket.on("close", () => {
      this.closed = true;
    });
  }

  static async connect(port: number): Promise<RawClient> {
    const socket = connect({ port, host: "127.0.0.1", noDelay: true });
    await once(socket, "connect");
    return new RawClient(socket);
  }

  /** The whole PDUs that came, as [command_id, command_status, sequence_number]. */
  get pdus(): number[][] {
    const pdus: number[][] = [];
    for (let at = 0; this.received.length - at >= 16; at += this.received.readUInt32BE(at)) {
      if (this.received.length - at < this.received.readUInt32BE(at)) break;
      pdus.push([4, 8, 12].map((offset) => this.received.readUInt32BE(at + offset)));
    }
    return pdus;
  }

  /** Resolves when so many PDUs have come, or the connection is closed. */
  async answered(count: number): Promise<number[][]> {
    while (this.#count() < count && !this.closed) await once(this.socket, this.socket.destroyed ? "close" : "data");
    return this.pdus;
  }

  /** Whole PDUs so far; walks on from where it was. */
  #count(): number {
    const bytes = this.received;
    while (
      bytes.length - this.#countedTo >= 16 &&
      bytes.length - this.#countedTo >= bytes.readUInt32BE(this.#countedTo)
    ) {
      this.#countedTo += bytes.readUInt32BE(this.#countedTo);
      this.#counted++;
    }
    return this.#counted;
  }

  async disconnected(): Promise<void> {
    if (!this.closed) await once(this.socket, "close");
  }

  close(): void {
    this.socket.destroy();
  }
}

/** A PDU as the package encodes it. */
export function encode(command: string, fields: Record<string, unknown>): Buffer {
  return new smpp.PDU(command, fields).toBuffer();
}
