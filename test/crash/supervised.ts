/**
 * The service under a supervisor, as systemd would run it: whenever it ends it is started again, after the rest that systemd allows by
 * default; so often and no oftener between two calls of `forgive`. Whoever asks it something asks again until there is an answer.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { closeSync, openSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { onTestFinished } from "vitest";
import { announcedPort } from "../../loadtest/announced-port.js";

const MAIN = new URL("../../gateway/main.js", import.meta.url).pathname;
const REST_MS = 100;
const STARTS_MOST = 100;
/** A process that lives and says nothing for so long hangs. */
const SILENT_MS = 60_000;
const SAID_MOST = 20_000;

export interface End {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** What it said on stderr; undefined where that went to a file. */
  readonly said: string | undefined;
  /** Whether it was killed from here. */
  readonly isOurs: boolean;
}

export interface Supervision {
  readonly before: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly key: string;
  /** Where this start's log goes; undefined: to us. */
  readonly logFile: () => string | undefined;
  /** Called when it has ended, before it is started again. */
  readonly onEnd: () => void;
}

export interface Answer<T> {
  readonly status: number;
  readonly body: T;
}

/** The same people are asked again and again. */
const UNBOUNDED = { SEINPOST_ASKED_PER_HOUR: "0", SEINPOST_ASKED_PER_DAY: "0" };

export class Supervised {
  readonly ends: End[] = [];
  #child: ChildProcess | undefined;
  /** Of the process that runs; undefined until it listens. */
  #port: number | undefined;
  #isOurs = false;
  #isOver = false;
  #starts = 0;
  #ended: Promise<unknown> = Promise.resolve();
  readonly #options: Supervision;

  constructor(options: Supervision) {
    this.#options = options;
    onTestFinished(() => this.#over());
    this.#start();
  }

  forgive(): void {
    this.#starts = 0;
  }

  /** SIGKILL, after which it is started again like after any other end. Settles when it is gone. */
  async kill(): Promise<void> {
    this.#isOurs = true;
    this.#child?.kill("SIGKILL");
    await this.#ended;
  }

  /** For good. */
  async stop(): Promise<End> {
    this.#isOver = true;
    this.#child?.kill("SIGTERM");
    await this.#ended;
    return this.ends.at(-1)!;
  }

  /** Undefined while nobody answers. */
  async ask<T>(method: "GET" | "POST", path: string, body?: object, key?: string): Promise<Answer<T> | undefined> {
    const port = this.#port;
    if (port === undefined) return undefined;
    const headers = {
      authorization: `Bearer ${this.#options.key}`,
      ...(method === "POST" && { "content-type": "application/json", "idempotency-key": key ?? randomUUID() }),
    };
    const signal = AbortSignal.timeout(SILENT_MS);
    try {
      const url = `http://127.0.0.1:${port}${path}`;
      const response = await fetch(url, { method, headers, signal, ...(body && { body: JSON.stringify(body) }) });
      return { status: response.status, body: (await response.json()) as T };
    } catch (error) {
      if (signal.aborted) throw new Error(`no answer to ${path} from a process that lives`, { cause: error });
      return undefined;
    }
  }

  /** Asks until `done` says so of an answer; rejects when nobody has answered at all, or too many starts were needed. */
  async until<T>(ask: () => Promise<T | undefined>, done: (answer: T) => boolean, what: string): Promise<T> {
    let silentSince = performance.now();
    for (;;) {
      const ends = this.ends.length;
      const answer = await ask();
      if (answer !== undefined && done(answer)) return answer;
      if (answer !== undefined || ends !== this.ends.length) silentSince = performance.now();
      if (performance.now() - silentSince > SILENT_MS) throw new Error(`it neither answers nor ends: ${what}`);
      if (this.#starts > STARTS_MOST) throw new Error(`started ${this.#starts} times: ${what}`);
      await sleep(20);
    }
  }

  #start(): void {
    if (this.#isOver || this.#starts++ > STARTS_MOST) return;
    this.#isOurs = false;
    const { before, env, key, logFile } = this.#options;
    const [command, ...args] = [...before, process.execPath, MAIN, "start"];
    const file = logFile();
    const log = file === undefined ? "pipe" : openSync(file, "a");
    const child = spawn(command!, args, {
      stdio: ["ignore", "pipe", log],
      env: { ...process.env, ...UNBOUNDED, ...env, SEINPOST_PORT: "0", SEINPOST_API_KEY: key },
    });
    void announcedPort(child).then((port) => {
      if (this.#child === child) this.#port = port;
    });
    if (typeof log === "number") closeSync(log);
    let said = "";
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      said = (said + text).slice(-SAID_MOST);
    });
    this.#child = child;
    this.#ended = once(child, "close").then(([code, signal]) => {
      this.#port = undefined;
      this.ends.push({ code, signal, said: file === undefined ? said : undefined, isOurs: this.#isOurs });
      if (this.#isOver) return;
      this.#options.onEnd();
      setTimeout(() => this.#start(), REST_MS);
    });
  }

  #over(): void {
    this.#isOver = true;
    this.#child?.kill("SIGKILL");
  }
}
