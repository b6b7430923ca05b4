/**
 * A connection as the gateway sees it, in place of a socket; the other end is in the hands of the test. Keeps what was
 * written until it is taken, and delivers into the reader's own buffer, as a socket does that was given one.
 */
export class Wire {
  /** False once either side has ended it. */
  open = true;
  /** The reader has told it to stop. */
  paused = false;
  #written: Buffer[] = [];
  #taken: (() => void)[] = [];
  readonly #listeners = new Map<string, ((...values: unknown[]) => void)[]>();
  readonly #later: (run: () => void) => unknown;

  constructor(
    readonly onread: { buffer: Buffer; callback(length: number): boolean },
    later: (run: () => void) => unknown,
  ) {
    this.#later = later;
    later(() => this.open && this.#emit("connect"));
  }

  on(event: string, listener: (...values: unknown[]) => void): this {
    this.#listeners.set(event, [...(this.#listeners.get(event) ?? []), listener]);
    return this;
  }

  write(bytes: Uint8Array, taken?: () => void): boolean {
    this.#written.push(Buffer.from(bytes));
    if (taken) this.#taken.push(taken);
    return true;
  }

  resume(): this {
    this.paused = false;
    return this;
  }

  pause(): this {
    this.paused = true;
    return this;
  }

  destroy(): this {
    if (!this.open) return this;
    this.open = false;
    this.#later(() => this.#emit("close"));
    return this;
  }

  destroySoon(): void {
    this.destroy();
  }

  end(): this {
    return this.destroy();
  }

  /** The far end closes it. */
  hangUp(): void {
    this.#later(() => this.#emit("end"));
    this.destroy();
  }

  /** The far end takes all that was written. */
  take(): Buffer {
    const bytes = Buffer.concat(this.#written);
    this.#written = [];
    const taken = this.#taken;
    this.#taken = [];
    for (const call of taken) call();
    return bytes;
  }

  /** The far end sends as much as one read takes; returns how much that was, 0 while the reader is stopped. */
  deliver(bytes: Uint8Array): number {
    if (this.paused || !this.open) return 0;
    const { buffer, callback } = this.onread;
    const length = Math.min(bytes.length, buffer.length);
    buffer.set(bytes.subarray(0, length));
    if (callback(length) === false) this.paused = true;
    return length;
  }

  #emit(event: string): void {
    for (const listener of this.#listeners.get(event) ?? []) listener();
  }
}
