/**
 * Clients whose address nobody can tell, because a proxy before the service names none. They are no one client: bounds that fall
 * on a client would shut all of them out for one. So they are counted apart, and it is said, in the log, in /metrics and in
 * /readyz, until somebody sets the proxy right.
 */
import { API } from "../../schemas/limits.js";

const WHAT =
  "a proxy before the service names no client: see that it sets X-Forwarded-For, and that SEINPOST_TRUSTED_PROXY names it";

export class UnnamedClients {
  /** Requests of such clients since the process started. */
  #count = 0;
  #lastMs = Number.NEGATIVE_INFINITY;
  #saidMs = Number.NEGATIVE_INFINITY;
  readonly #warn: (fields: object, message: string) => void;
  readonly #steadyMs: () => number;

  constructor(warn: (fields: object, message: string) => void, steadyMs: () => number = () => performance.now()) {
    this.#warn = warn;
    this.#steadyMs = steadyMs;
  }

  /** One more request. */
  note(): void {
    this.#count++;
    this.#lastMs = this.#steadyMs();
    if (this.#lastMs - this.#saidMs < API.unnamedSaidMs) return;
    this.#saidMs = this.#lastMs;
    this.#warn({ requests: this.#count }, WHAT);
  }

  /** What is to be said where somebody asks how the service is. */
  get warnings(): string[] {
    return this.#steadyMs() - this.#lastMs < API.unnamedSaidMs ? [WHAT] : [];
  }
}
