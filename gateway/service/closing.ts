/**
 * What a start took and has to let go: each part says how when it was taken, and all of it goes in reverse order, whether the
 * service is to stop or could not be started to the end.
 */
type Step = () => unknown;

export class Closing {
  readonly #steps: Step[] = [];
  #closed: Promise<void> | undefined;

  /** `step` is called when everything that was added later has been let go, and is waited for. */
  add(step: Step): void {
    this.#steps.push(step);
  }

  /** Settles when all is let go; the same for whoever asks again. */
  close(): Promise<void> {
    this.#closed ??= this.#run();
    return this.#closed;
  }

  async #run(): Promise<void> {
    for (let step = this.#steps.pop(); step !== undefined; step = this.#steps.pop()) await step();
  }
}
