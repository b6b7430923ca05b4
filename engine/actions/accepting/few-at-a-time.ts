/**
 * So many at most are at work at a time, in the order in which they came; the rest wait until one has ended, well or not. What goes
 * ahead of them begins at once, and until it has ended none of them does.
 *
 * Whatever comes while a commit is under way goes into the next one, together: when a hundred actions came at the beginning of a
 * second, which is when keys may ask again, commits took 25 to 50 ms each. How many wait is bounded by the requests that are open.
 */
export class FewAtATime {
  #left: number;
  /** Work that goes before all of it, and is not done. */
  #ahead = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(most: number) {
    this.#left = most;
  }

  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#left > 0 && this.#ahead === 0) this.#left--;
    else await new Promise<void>((begin) => void this.#waiting.push(begin));
    try {
      return await work();
    } finally {
      this.#left++;
      this.#begin();
    }
  }

  /** At once, however many are at work; none of them begins before it has ended. */
  async ahead<T>(work: () => Promise<T>): Promise<T> {
    this.#ahead++;
    try {
      return await work();
    } finally {
      this.#ahead--;
      this.#begin();
    }
  }

  #begin(): void {
    while (this.#left > 0 && this.#ahead === 0) {
      const next = this.#waiting.shift();
      if (!next) break;
      this.#left--;
      next();
    }
  }
}
