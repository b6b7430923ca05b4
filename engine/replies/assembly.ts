/**
 * Puts the parts of long messages together. Pure: numbers and text in, what is known of the message out; it holds at most
 * REPLIES.assemblies messages and REPLIES.assemblyCharacters of text, the oldest go, and each for REPLIES.assemblyMs.
 *
 * Promises to throw for no numbers and no text, and that a part which comes again, as carriers do when an answer got lost,
 * changes nothing. Which carrier brought a part does not matter: a number uses a reference once for all of them.
 */
import { REPLIES } from "../../schemas/limits.js";
import { closed, join } from "./seams.js";

/** Stands where a part is missing. */
export const MISSING = "[…]";

/** A message of several parts; `record` is whatever its owner keeps it by. */
export class LongMessage<R> {
  record: R | undefined;
  characters = 0;
  readonly #parts: (string | undefined)[];
  #missing: number;

  constructor(
    parts: number,
    readonly beganAtMs: number,
  ) {
    this.#parts = new Array(parts).fill(undefined);
    this.#missing = parts;
  }

  get missing(): number {
    return this.#missing;
  }

  /** The parts in their order; each run of missing ones as MISSING. */
  get text(): string {
    let text = "";
    let run = "";
    let wasMissing = false;
    for (const part of this.#parts) {
      if (part !== undefined) run = join(run, part);
      else if (!wasMissing) {
        text += closed(run) + MISSING;
        run = "";
      }
      wasMissing = part === undefined;
    }
    return text + closed(run);
  }

  /** Part `index` from 0. "other": another text stands there, so this is a part of another message. */
  put(index: number, text: string): "new" | "known" | "other" {
    const before = this.#parts[index];
    if (before !== undefined) return before === text ? "known" : "other";
    this.#parts[index] = text;
    this.#missing--;
    this.characters += text.length;
    return "new";
  }
}

export class Assembly<R> {
  /** By sender, reference and number of parts; the oldest first. */
  readonly #messages = new Map<string, LongMessage<R>>();
  #characters = 0;

  get size(): number {
    return this.#messages.size;
  }

  get characters(): number {
    return this.#characters;
  }

  /**
   * Takes part `part` (from 1) of `parts`. The message that it belongs to; "known" if it was there already; "whole" if it is
   * no part of anything, because the numbers make no sense or the sender is unknown (0).
   */
  take(
    number: number,
    reference: number,
    part: number,
    parts: number,
    text: string,
    steadyMs: number,
  ): LongMessage<R> | "known" | "whole" {
    const makesSense = Number.isInteger(part) && Number.isInteger(parts) && parts > 1 && parts < 256;
    if (!makesSense || part < 1 || part > parts || !(number > 0)) return "whole";
    this.#forgetBefore(steadyMs - REPLIES.assemblyMs);
    const key = `${number}/${reference}/${parts}`;
    let message = this.#messages.get(key);
    let put = message?.put(part - 1, text) ?? "other";
    if (put === "known") return "known";
    if (message === undefined || put === "other") {
      if (message) this.#forget(key, message);
      message = new LongMessage<R>(parts, steadyMs);
      put = message.put(part - 1, text);
      this.#messages.set(key, message);
    }
    this.#characters += text.length;
    this.#makeRoom();
    return message;
  }

  /** The first of the map is the oldest, so this ends at the first that is young enough. */
  #forgetBefore(beforeMs: number): void {
    for (const [key, message] of this.#messages) {
      if (message.beganAtMs >= beforeMs) return;
      this.#forget(key, message);
    }
  }

  #makeRoom(): void {
    for (const [key, message] of this.#messages) {
      const fits = this.#characters <= REPLIES.assemblyCharacters && this.#messages.size <= REPLIES.assemblies;
      if (fits) return;
      this.#forget(key, message);
    }
  }

  #forget(key: string, message: LongMessage<R>): void {
    this.#messages.delete(key);
    this.#characters -= message.characters;
  }
}
