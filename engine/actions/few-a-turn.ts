/**
 * So many at most begin in one turn of the event loop, in the order in which they came; the rest wait for the next turns.
 *
 * Whatever comes in one turn goes into one commit, and the turn is as long as all of it takes: when a hundred actions came at the
 * beginning of a second, which is when keys may ask again, the turn and the commit took 25 to 50 ms each, and an alarm waited for
 * two of them. An alarm itself is not counted, and waits for none. How many wait is bounded by the requests that are open.
 */
export class FewATurn {
  #left: number;
  #armed = false;
  #waiting: (() => void)[] = [];

  constructor(private readonly most: number) {
    this.#left = most;
  }

  /** Settles when it may begin; undefined: it may at once. */
  take(): Promise<void> | undefined {
    this.#arm();
    if (this.#left === 0) return new Promise((begin) => void this.#waiting.push(begin));
    this.#left--;
    return undefined;
  }

  #arm(): void {
    if (this.#armed) return;
    this.#armed = true;
    setImmediate(() => this.#nextTurn());
  }

  #nextTurn(): void {
    this.#armed = false;
    const begin = this.#waiting.splice(0, this.most);
    this.#left = this.most - begin.length;
    // Also where none waits any more: the next turn may then begin as many as ever.
    if (begin.length > 0) this.#arm();
    for (const each of begin) each();
  }
}
