/**
 * Links by which somebody on the telephone with the desk sends one photo or film for an action. Each counts once, for
 * PAGES.uploadMs, and is in memory alone: neither the number that it went to nor the link is ever stored, and after a restart the desk
 * asks again.
 */
import { randomBytes } from "node:crypto";
import { fail, ok, type Result } from "../../schemas/errors.js";
import { PAGES } from "../../schemas/limits.js";
import { linkName } from "./link-name.js";

interface Open {
  readonly actionId: string;
  readonly untilMs: number;
}

export class UploadLinks {
  readonly #open = new Map<string, Open>();
  readonly #steadyMs: () => number;

  constructor(steadyMs: () => number) {
    this.#steadyMs = steadyMs;
  }

  /** BUSY. */
  make(actionId: string): Result<string> {
    this.#sweep();
    if (this.#open.size >= PAGES.uploads) return fail("BUSY", "Too many people were asked for a photo");
    const name = linkName(randomBytes(PAGES.linkBytes));
    this.#open.set(name, { actionId, untilMs: this.#steadyMs() + PAGES.uploadMs });
    return ok(name);
  }

  /** The action that a file is for; it counts no more, unless it is given back. NOT_FOUND. */
  use(name: string): Result<{ readonly actionId: string; readonly giveBack: () => void }> {
    this.#sweep();
    const open = this.#open.get(name);
    if (open === undefined) return fail("NOT_FOUND", "This link counts no more", "upload");
    this.#open.delete(name);
    let isOut = true;
    const giveBack = (): void => {
      // Once: whoever has it by then may be sending.
      if (isOut) this.#open.set(name, open);
      isOut = false;
    };
    return ok({ actionId: open.actionId, giveBack });
  }

  #sweep(): void {
    const nowMs = this.#steadyMs();
    for (const [name, { untilMs }] of this.#open) if (untilMs <= nowMs) this.#open.delete(name);
  }
}
