/**
 * Redis as the peer of moving positions: a server of its own on a loopback port, without persistence, and a client that knows
 * as much of RESP 2 as it takes (https://redis.io/docs/latest/develop/reference/protocol-spec/): commands are arrays of bulk
 * strings, many may be under way, and replies come in their order.
 */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { setTimeout } from "node:timers/promises";
import { freePort } from "../../loadtest/free-port.js";

const TRIES = 100;

export class Redis {
  readonly #server: ChildProcess;
  readonly #port: number;

  private constructor(server: ChildProcess, port: number) {
    this.#server = server;
    this.#port = port;
  }

  /** Undefined where `redis-server` is not installed. */
  static async start(): Promise<Redis | undefined> {
    if (spawnSync("redis-server", ["--version"]).status !== 0) return undefined;
    const port = await freePort();
    const settings = ["--port", String(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"];
    return new Redis(spawn("redis-server", settings, { stdio: "ignore" }), port);
  }

  async client(): Promise<RedisClient> {
    for (let attempt = 1; ; attempt += 1) {
      const socket = connect(this.#port, "127.0.0.1").setNoDelay();
      const connected = await once(socket, "connect").then(
        () => true,
        () => false,
      );
      if (connected) return new RedisClient(socket);
      if (attempt === TRIES) throw new Error("redis-server does not answer");
      await setTimeout(50);
    }
  }

  async stop(): Promise<void> {
    const ended = once(this.#server, "exit");
    this.#server.kill();
    await ended;
  }
}

/** A reply: an integer, or how many elements an array has. */
type Waiting = (reply: number) => void;

class RedisClient {
  readonly #waiting: Waiting[] = [];
  #received: Buffer = Buffer.alloc(0);
  readonly #socket: Socket;

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.on("data", (bytes) => this.#take(bytes));
  }

  send(words: readonly (string | number)[]): Promise<number> {
    const parts = words.map(String).map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`);
    this.#socket.write(`*${words.length}\r\n${parts.join("")}`);
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  close(): void {
    this.#socket.destroy();
  }

  #take(bytes: Buffer): void {
    this.#received = this.#received.length === 0 ? bytes : Buffer.concat([this.#received, bytes]);
    let at = 0;
    for (let end = this.#endOf(at); end >= 0; end = this.#endOf(at)) {
      const reply = this.#received.toString("latin1", at, at + 16);
      if (reply.startsWith("-")) throw new Error(`redis: ${this.#received.toString("latin1", at, end)}`);
      this.#waiting.shift()?.(Number.parseInt(reply.slice(1), 10));
      at = end;
    }
    this.#received = this.#received.subarray(at);
  }

  /** Where the reply that begins here ends; -1 while it is not all there. */
  #endOf(from: number): number {
    const line = this.#received.indexOf("\r\n", from);
    if (line < 0) return -1;
    const type = String.fromCharCode(this.#received[from]!);
    const size = Number.parseInt(this.#received.toString("latin1", from + 1, line), 10);
    let at = line + 2;
    if (type === "$") return at + size + 2 <= this.#received.length ? at + size + 2 : -1;
    for (let element = 0; type === "*" && element < size; element += 1) {
      at = this.#endOf(at);
      if (at < 0) return -1;
    }
    return at;
  }
}
