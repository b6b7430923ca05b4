/**
 * The body of an import as it arrives: read a few milliseconds at a time, and the sender waits while there is more to read.
 * A body that ends early is as if it had never come.
 */
import { setImmediate } from "node:timers";
import { ok, type Result } from "../../../schemas/errors.js";
import { MUNICIPALITY } from "../../../schemas/limits.js";
import type { ImportJob } from "./job.js";
import type { Reading } from "./reading.js";

/** The file is whole and read, it can't be taken (Reading.problem), or it ended early. */
export type IntakeEnd = "whole" | "refused" | "early";

export class Intake {
  /** What came and is not read yet; a sender that waits when it is told adds one chunk at most. */
  readonly #waiting: Buffer[] = [];
  #resume: (() => void) | undefined;
  /** Until when may be read in this turn of the event loop, in which a socket may hand on thirty chunks; 0 before the first of it. */
  #untilMs = 0;
  #ended = false;
  #done: ((result: Result<ImportJob>) => void) | undefined;
  #over = false;
  readonly #reading: Reading;
  readonly #onEnd: (end: IntakeEnd) => void;

  /** `onEnd` is called once. */
  constructor(
    readonly job: ImportJob,
    reading: Reading,
    onEnd: (end: IntakeEnd) => void,
  ) {
    this.#reading = reading;
    this.#onEnd = onEnd;
  }

  /** Takes the bytes, which are copied where they must outlive the call. False: wait for `resume`. */
  chunk(bytes: Uint8Array, resume: () => void): boolean {
    if (this.#over) return true;
    this.job.bytes += bytes.byteLength;
    const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const idle = this.#waiting.length === 0;
    const left = idle ? this.#read(view) : view;
    if (left.length === 0) return true;
    this.#waiting.push(Buffer.from(left));
    this.#resume = resume;
    if (idle) setImmediate(() => this.#turn());
    return false;
  }

  /** The body is whole: settles with the import once all of it is read, or with why it can't be taken. */
  end(): Promise<Result<ImportJob>> {
    this.#ended = true;
    if (!this.#over && this.#waiting.length === 0) this.#finish("whole");
    if (this.#over) return Promise.resolve(this.#result());
    return new Promise((resolve) => {
      this.#done = resolve;
    });
  }

  /** The sender has gone. */
  abort(): void {
    this.#finish("early");
  }

  /** Reads for one slice of time; what is left of the bytes. */
  #read(bytes: Buffer): Buffer {
    if (this.#untilMs === 0) {
      this.#untilMs = performance.now() + MUNICIPALITY.sliceMs;
      setImmediate(() => {
        this.#untilMs = 0;
      });
    }
    const untilMs = this.#untilMs;
    let at = 0;
    while (at < bytes.length && performance.now() < untilMs) {
      this.#reading.push(bytes.subarray(at, at + MUNICIPALITY.sliceBytes));
      at += MUNICIPALITY.sliceBytes;
    }
    this.job.rows = this.#reading.rows;
    if (this.#reading.problem !== undefined) this.#finish("refused");
    return this.#over ? NOTHING : bytes.subarray(at);
  }

  #turn(): void {
    const bytes = this.#waiting[0];
    if (bytes === undefined) return;
    const left = this.#read(bytes);
    if (left.length > 0) this.#waiting[0] = left;
    else this.#waiting.shift();
    if (this.#waiting.length > 0) {
      setImmediate(() => this.#turn());
      return;
    }
    if (this.#ended) this.#finish("whole");
    const resume = this.#resume;
    this.#resume = undefined;
    resume?.();
  }

  #finish(end: IntakeEnd): void {
    if (this.#over) return;
    this.#over = true;
    this.#waiting.length = 0;
    if (end === "whole") this.#reading.end();
    this.job.rows = this.#reading.rows;
    this.#onEnd(end === "whole" && this.#reading.problem !== undefined ? "refused" : end);
    this.#done?.(this.#result());
  }

  #result(): Result<ImportJob> {
    const { problem } = this.job;
    return problem === undefined ? ok(this.job) : { ok: false, problem };
  }
}

const NOTHING = Buffer.alloc(0);
