/**
 * The body of an import as it arrives: read bit by bit (slices.ts), and the sender waits while there is more to read.
 * A body that ends early is as if it had never come.
 */
import { ok, type Result } from "../../../schemas/errors.js";
import { MUNICIPALITY } from "../../../schemas/limits.js";
import { whenTime } from "../../clock/slices.js";
import type { ImportJob } from "./job.js";
import type { Reading } from "./reading.js";

/** The file is whole and read, it can't be taken (Reading.problem), or it ended early. */
export type IntakeEnd = "whole" | "refused" | "early";

export class Intake {
  /** What came and is not read yet; a sender that waits when it is told adds one chunk at most. */
  readonly #waiting: Buffer[] = [];
  #resume: (() => void) | undefined;
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
    if (this.#waiting.push(Buffer.from(bytes)) === 1) whenTime((untilMs) => this.#turn(untilMs));
    this.#resume = resume;
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

  /** Reads until then; what is left of the bytes. */
  #read(bytes: Buffer, untilMs: number): Buffer {
    let at = 0;
    do {
      this.#reading.push(bytes.subarray(at, at + MUNICIPALITY.sliceBytes));
      at += MUNICIPALITY.sliceBytes;
    } while (at < bytes.length && performance.now() < untilMs);
    this.job.rows = this.#reading.rows;
    if (this.#reading.problem !== undefined) this.#finish("refused");
    return this.#over ? NOTHING : bytes.subarray(at);
  }

  /** True while there is more to read. */
  #turn(untilMs: number): boolean {
    const bytes = this.#waiting[0];
    if (bytes === undefined) return false;
    const left = this.#read(bytes, untilMs);
    if (left.length > 0) this.#waiting[0] = left;
    else this.#waiting.shift();
    if (this.#waiting.length > 0) return true;
    if (this.#ended) this.#finish("whole");
    const resume = this.#resume;
    this.#resume = undefined;
    resume?.();
    return false;
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
