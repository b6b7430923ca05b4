/**
 * Whether the other side of a connection is still there: what comes in shows it, and where nothing comes, it is asked
 * (enquire_link) and has a deadline. A half-open TCP connection is found within both times together.
 */
export class Liveness {
  #heardMs = 0;
  /** When it was asked, 0 if there is no question outstanding. */
  #askedMs = 0;

  heard(nowMs: number): void {
    this.#heardMs = nowMs;
    this.#askedMs = 0;
  }

  /**
   * `silenceMs` after anything was heard it is time to ask, and `deadlineMs` after that too late for an answer. After "ask" the caller
   * sends the question, and where that can't be written the deadline holds all the same; after "dead" it ends the connection.
   */
  check(nowMs: number, silenceMs: number, deadlineMs: number): "fine" | "ask" | "dead" {
    if (this.#askedMs > 0) return nowMs - this.#askedMs >= deadlineMs ? "dead" : "fine";
    if (nowMs - this.#heardMs < silenceMs) return "fine";
    this.#askedMs = nowMs;
    return "ask";
  }
}
