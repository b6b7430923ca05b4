/** The key of what somebody means to do, kept with it: a reload, or giving up and trying again, asks under the same one (intent.ts). */
import { type Kept, kept } from "./kept.js";

interface Keyed {
  readonly key: string;
  readonly of: string;
}
const NONE: Keyed = { key: "", of: "" };

export class IntentKey {
  readonly #kept: Kept<Keyed>;

  /** By its name it is found again after a reload. */
  constructor(name: string) {
    this.#kept = kept(`key-${name}`, NONE);
  }

  /** For the same request the same key, until it was done. */
  of(request: unknown): string {
    const text = JSON.stringify(request);
    const known = this.#kept.value.value;
    if (known.of === text) return known.key;
    const key = crypto.randomUUID();
    this.#kept.value.value = { key, of: text };
    return key;
  }

  /** It was done: the same once more is another intent. */
  clear(): void {
    this.#kept.clear();
  }
}
