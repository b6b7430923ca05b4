/** A client in a thread of its own (client.ts) that sends to a service in this one, and how late the main thread is by it. */
import { randomBytes, randomUUID } from "node:crypto";
import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { onTestFinished } from "vitest";
import { measuredWith } from "../../main-thread.js";
import type { InProcess } from "../in-process.js";
import type { Answered, Asked } from "./client.js";

export interface Sent {
  readonly method: string;
  readonly path: string;
  readonly token: string;
  readonly body?: string | Uint8Array;
  /** JSON when absent. */
  readonly type?: string;
}

/** The bytes of a request. */
function written({ method, path, token, body, type = "application/json" }: Sent): Uint8Array {
  const content = Buffer.from(body ?? "");
  const lines = [
    `${method} ${path} HTTP/1.1`,
    "Host: a",
    ...(token === "" ? [] : [`Authorization: Bearer ${token}`]),
    ...(method === "POST" ? [`Idempotency-Key: ${randomUUID()}`] : []),
    ...(body === undefined ? [] : [`Content-Type: ${type}`, `Content-Length: ${content.length}`]),
  ];
  return Buffer.concat([Buffer.from(`${lines.join("\r\n")}\r\n\r\n`), content]);
}

/** A subscriber of the monitor, and what it sends. */
export function subscriber(token: string, frames: Uint8Array = new Uint8Array(0)): Uint8Array {
  const lines = [
    "GET /v1/monitor HTTP/1.1",
    "Host: a",
    `Authorization: Bearer ${token}`,
    "Connection: Upgrade",
    "Upgrade: websocket",
    "Sec-WebSocket-Version: 13",
    `Sec-WebSocket-Key: ${randomBytes(16).toString("base64")}`,
  ];
  return Buffer.concat([Buffer.from(`${lines.join("\r\n")}\r\n\r\n`), frames]);
}

/** What is sent, each on a connection of its own, and how the client goes on with it (client.ts). */
export type Sending = readonly (Sent | Uint8Array)[];
export interface Going {
  /** It takes seconds each time. */
  readonly isLong?: boolean;
  readonly keepMs?: number;
  readonly after?: { readonly sent: Sent; readonly again: string };
}

export class Hostile {
  readonly #client = new Worker(new URL("./client.js", import.meta.url));
  readonly #whole: InProcess;

  constructor(whole: InProcess) {
    this.#whole = whole;
    onTestFinished(() => void this.#client.terminate());
  }

  /** Tells how late the main thread was, of several times; gives the statuses of the last. */
  async late(name: string, make: () => Sending, going: Going = {}): Promise<{ statuses: number[] }> {
    const bytes = () => make().map((each) => ("method" in each ? written(each) : each));
    return { statuses: statusesOf(await measuredWith(name, bytes, (made) => this.#send(made, going), going.isLong)) };
  }

  /** Connections that stay; the statuses of their answers. */
  async hold(bytes: readonly Uint8Array[]): Promise<number[]> {
    return statusesOf(await this.#send(bytes, { keepMs: Number.POSITIVE_INFINITY }));
  }

  async #send(bytes: readonly Uint8Array[], { keepMs, after }: Going): Promise<Answered> {
    const answered = once(this.#client, "message");
    const last = after && { bytes: written(after.sent), again: after.again };
    this.#client.postMessage({ port: this.#whole.service.port, bytes, keepMs, after: last } satisfies Asked);
    return (await answered)[0] as Answered;
  }
}

function statusesOf({ heads }: Answered): number[] {
  return heads.map((head) => Number(head.split(" ")[1]));
}
