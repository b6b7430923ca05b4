/** A client in a thread of its own (client.ts) that sends to a service in this one, and how late the main thread is by it. */
import { randomUUID } from "node:crypto";
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
}

/** The bytes of a request. */
function written({ method, path, token, body }: Sent): Uint8Array {
  const content = Buffer.from(body ?? "");
  const lines = [
    `${method} ${path} HTTP/1.1`,
    "Host: a",
    ...(token === "" ? [] : [`Authorization: Bearer ${token}`]),
    ...(method === "POST" ? [`Idempotency-Key: ${randomUUID()}`] : []),
    ...(body === undefined ? [] : ["Content-Type: application/json", `Content-Length: ${content.length}`]),
  ];
  return Buffer.concat([Buffer.from(`${lines.join("\r\n")}\r\n\r\n`), content]);
}

export class Hostile {
  readonly #client = new Worker(new URL("./client.js", import.meta.url));
  readonly #whole: InProcess;

  constructor(whole: InProcess) {
    this.#whole = whole;
    onTestFinished(() => void this.#client.terminate());
  }

  /** Tells how late the main thread was, of several times; gives the statuses of the last. */
  async late(name: string, make: () => readonly Sent[]): Promise<{ statuses: number[] }> {
    const bytes = () => make().map(written);
    const { heads } = await measuredWith(name, bytes, (made) => this.#send(made));
    return { statuses: heads.map((head) => Number(head.split(" ")[1])) };
  }

  async #send(bytes: readonly Uint8Array[]): Promise<Answered> {
    const answered = once(this.#client, "message");
    this.#client.postMessage({ port: this.#whole.service.port, bytes } satisfies Asked);
    return (await answered)[0] as Answered;
  }
}
