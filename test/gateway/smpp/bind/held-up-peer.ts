/** A carrier in a thread of its own, which can be told to answer while this thread is held up (held-up-peer-worker.ts). */
import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { SMPP } from "../../../../schemas/limits.js";

export const SEEN = 0;
export const ANSWERED = 1;

export interface HeldUpData {
  /** SEEN: how many PDUs are withheld an answer; ANSWERED: 1 once they have it. */
  readonly shared: SharedArrayBuffer;
  /** Commands that are withheld an answer, the first of each alone. */
  readonly withheld: readonly string[];
}

export class HeldUpPeer {
  readonly #words: Int32Array;
  readonly #worker: Worker;

  private constructor(
    worker: Worker,
    words: Int32Array,
    readonly port: number,
  ) {
    this.#worker = worker;
    this.#words = words;
  }

  static async start(...withheld: string[]): Promise<HeldUpPeer> {
    const shared = new SharedArrayBuffer(8);
    const workerData: HeldUpData = { shared, withheld };
    const worker = new Worker(new URL("./held-up-peer-worker.js", import.meta.url), { workerData });
    const [port] = (await once(worker, "message")) as [number];
    return new HeldUpPeer(worker, new Int32Array(shared), port);
  }

  async stop(): Promise<void> {
    this.#worker.postMessage("stop");
    await once(this.#worker, "exit");
  }

  /** Until it withholds so many answers. */
  async until(count: number): Promise<void> {
    await until(() => Atomics.load(this.#words, SEEN) === count);
  }

  /** This thread is held up until the answers are in the kernel and its timers are due. */
  holdUp(): Promise<void> {
    return holdUp(() => {
      this.#worker.postMessage("answer");
      Atomics.wait(this.#words, ANSWERED, 0);
    });
  }
}

/** This thread waits for something, and then until its timers are due, where timers come before sockets in its loop. */
export async function holdUp(wait = (): void => {}): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
  wait();
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2 * SMPP.calmTickMs);
}

/** Until something holds; the test's own time limit is what ends it otherwise. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 1));
}
