/**
 * Whether the other side of a connection is still there: what comes in shows it, and where nothing comes, it is asked
 * (enquire_link) and has a deadline. A half-open TCP connection is found within both times together.
 */
export class Liveness {
  #heardMs = 0;
  /** When it was asked, 0 if there is no question outstanding. */
  #askedMs = 0;

  constructor(
    private readonly silenceMs: number,
    private readonly deadlineMs: number,
  ) {}

  heard(nowMs: number): void {
    this.#heardMs = nowMs;
    this.#askedMs = 0;
  }

  /** After "ask" the caller sends the question; after "dead" it ends the connection. */
  check(nowMs: number): "fine" | "ask" | "dead" {
    if (this.#askedMs > 0) return nowMs - this.#askedMs >= this.deadlineMs ? "dead" : "fine";
    if (nowMs - this.#heardMs < this.silenceMs) return "fine";
    this.#askedMs = nowMs;
    return "ask";
  }
}
