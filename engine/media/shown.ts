/**
 * Pictures as they are looked at: the latest of them are held in memory, MEDIA.shownBytes together, for one that goes out with an
 * action is asked for by very many at a time. Who asks for one that is being made ready waits for the same.
 */
import { ok, type Result } from "../../schemas/errors.js";
import { MEDIA } from "../../schemas/limits.js";

export class Shown {
  /** By name; the one that was asked for last is the last. */
  readonly #held = new Map<string, Buffer>();
  readonly #opening = new Map<string, Promise<Result<Buffer>>>();
  #bytes = 0;

  /** `make` is called where it is not held. */
  async get(name: string, make: () => Promise<Result<Buffer>>): Promise<Result<Buffer>> {
    const held = this.#held.get(name);
    if (held) {
      this.#held.delete(name);
      this.#held.set(name, held);
      return ok(held);
    }
    const known = this.#opening.get(name);
    if (known) return known;
    const opening = make();
    this.#opening.set(name, opening);
    const opened = await opening;
    // Forgotten meanwhile: it is not what is shown any more.
    const isWanted = this.#opening.get(name) === opening && this.#opening.delete(name);
    if (opened.ok && isWanted) this.#hold(name, opened.value);
    return opened;
  }

  /** All whose names begin so: they are gone. */
  forget(start: string): void {
    for (const name of this.#opening.keys()) if (name.startsWith(start)) this.#opening.delete(name);
    for (const [name, { byteLength }] of this.#held) {
      if (!name.startsWith(start)) continue;
      this.#held.delete(name);
      this.#bytes -= byteLength;
    }
  }

  #hold(name: string, bytes: Buffer): void {
    if (bytes.byteLength > MEDIA.shownBytes / 2) return;
    this.#held.set(name, bytes);
    this.#bytes += bytes.byteLength;
    for (const [oldest, { byteLength }] of this.#held) {
      if (this.#bytes <= MEDIA.shownBytes) return;
      this.#held.delete(oldest);
      this.#bytes -= byteLength;
    }
  }
}
