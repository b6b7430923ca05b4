/**
 * So many at most are at work at a time, in the order in which they came; the rest wait until one has ended, well or not.
 *
 * Whatever comes while a commit is under way goes into the next one, together: when a hundred actions came at the beginning of a
 * second, which is when keys may ask again, commits took 25 to 50 ms each, and an alarm waited for one and went in another. How
 * many wait is bounded by the requests that are open.
 */
export class FewAtATime {
  #left: number;
  readonly #waiting: (() => void)[] = [];

  constructor(most: number) {
    this.#left = most;
  }

  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#left > 0) this.#left--;
    else await new Promise<void>((begin) => void this.#waiting.push(begin));
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next) next();
      else this.#left++;
    }
  }
}
