/**
 * What a service says, on a descriptor whose other end may be full, stalled or closed. A log is there for the engine and never
 * the other way round: what can't be written at once waits in a bounded room, what finds none is dropped and counted, and how
 * much that was is said as soon as something can be written again.
 *
 * Promises that no write waits, throws or ends the process, whatever is behind the descriptor. A pipe that nobody reads would
 * otherwise hold the main thread, or a thread of libuv, which `process.exit` then waits for: only SIGKILL ended that.
 * Assumes that a regular file takes what it gets, or fails: the system knows no other way to write to one.
 */
import { constants, fstatSync, openSync, writeSync } from "node:fs";
import { isatty } from "node:tty";
import { OUTPUT } from "../../schemas/limits.js";

/** What is said of lines that were dropped, as a line of its own; undefined where nothing is to be said. */
export type SayDropped = (lines: number) => string | undefined;

export class Output {
  /** Lines that nobody will see. */
  dropped = 0;
  readonly #file: number;
  /** Whole lines that wait, but of the first one a part may have gone already. */
  readonly #waiting: Buffer[] = [];
  #waitingBytes = 0;
  /** Of `dropped`, those of which nothing was said yet. */
  #unsaid = 0;
  #timer: NodeJS.Timeout | undefined;
  readonly #sayDropped: SayDropped;

  constructor(descriptor: 1 | 2, sayDropped: SayDropped = () => undefined) {
    this.#sayDropped = sayDropped;
    this.#file = withoutWaiting(descriptor);
  }

  /** One line or several, with the end of the last one. As pino calls it. */
  write(text: string): void {
    this.#put(Buffer.from(text));
    this.#drain();
  }

  #put(line: Buffer): void {
    if (this.#waitingBytes + line.length > OUTPUT.waitingBytes) this.#drop(1);
    else {
      this.#waiting.push(line);
      this.#waitingBytes += line.length;
    }
  }

  #drain(): void {
    this.#writeWaiting();
    if (this.#unsaid > 0 && this.#waiting.length === 0) this.#tell();
    if (this.#waiting.length > 0 || this.#unsaid > 0) {
      this.#timer ??= setInterval(() => this.#drain(), OUTPUT.retryMs).unref();
    } else {
      clearInterval(this.#timer);
      this.#timer = undefined;
    }
  }

  #tell(): void {
    const said = this.#sayDropped(this.#unsaid);
    const unsaid = this.#unsaid;
    this.#unsaid = 0;
    if (said === undefined) return;
    this.#put(Buffer.from(said));
    const lost = this.dropped;
    this.#writeWaiting();
    // What says so was dropped itself: it is no line of the log, and what it would have said still is to be.
    if (this.dropped > lost) {
      this.dropped = lost;
      this.#unsaid = unsaid;
    }
  }

  #writeWaiting(): void {
    for (let line = this.#waiting[0]; line !== undefined; line = this.#waiting[0]) {
      const written = this.#tryWrite(line);
      if (written === "later") return;
      if (written === "never") {
        // Each line is tried: there may be room on the disk again.
        this.#drop(1);
        this.#take(line.length);
      } else if (written === line.length) this.#take(line.length);
      else {
        this.#waiting[0] = line.subarray(written);
        this.#waitingBytes -= written;
      }
    }
  }

  #take(bytes: number): void {
    this.#waiting.shift();
    this.#waitingBytes -= bytes;
  }

  #tryWrite(line: Buffer): number | "later" | "never" {
    try {
      return writeSync(this.#file, line);
    } catch (error) {
      return (error as NodeJS.ErrnoException).code === "EAGAIN" ? "later" : "never";
    }
  }

  #drop(lines: number): void {
    this.dropped += lines;
    this.#unsaid += lines;
  }
}

/** A descriptor for the same place on which a write that can't be done now says so. */
function withoutWaiting(descriptor: 1 | 2): number {
  const stat = fstatSync(descriptor);
  if (isatty(descriptor)) return reopened(descriptor);
  // Node makes a pipe or a socket one that does not wait when it makes its own stream of it, and never closes that.
  if (stat.isFIFO() || stat.isSocket()) void (descriptor === 1 ? process.stdout : process.stderr);
  return descriptor;
}

/** A terminal is shared with whoever started us, who counts on writes that wait: it is opened anew, for us alone. */
function reopened(descriptor: number): number {
  try {
    return openSync(`/proc/self/fd/${descriptor}`, constants.O_WRONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
  } catch {
    // Another user's, or no /proc here: it is written to as everybody writes to a terminal.
    return descriptor;
  }
}
