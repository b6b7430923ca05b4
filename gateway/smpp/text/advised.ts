/**
 * What a carrier's texts were last found to be. While one action comes to be, its text is asked about some eight times: by its check, its
 * forecast and its wave, of each carrier; and to find out means to write it in every alphabet that may serve.
 */

import type { TextAdvice } from "../../../engine/dispatch/plan/channel-port.js";
import { DISPATCH } from "../../../schemas/limits.js";
import { adviseText, type TextSettings, withoutTlvs } from "./text.js";

/** Those of two actions, in every language. */
const KEPT = 2 * DISPATCH.texts;

export class Advised {
  readonly #known = new Map<string, TextAdvice>();
  readonly #settings: TextSettings;

  constructor(settings: TextSettings, hasTlvs: boolean) {
    this.#settings = hasTlvs ? settings : withoutTlvs(settings);
  }

  of(text: string): TextAdvice {
    const known = this.#known.get(text);
    if (known !== undefined) return known;
    if (this.#known.size >= KEPT) this.#known.delete(this.#known.keys().next().value!);
    const advice = adviseText(text, this.#settings);
    this.#known.set(text, advice);
    return advice;
  }
}
