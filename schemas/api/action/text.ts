/** What a text is that recipients read, and a reason that operators read. */
import { z } from "zod";
import { API } from "../../limits.js";

/** A sign that can be seen: neither space, control character, format character nor half a surrogate pair. */
const VISIBLE = /[^\p{White_Space}\p{C}]/u;
/** What no message carries: control characters other than tab and line ends, and halves of a surrogate pair. */
const UNSENDABLE = /[^\P{Cc}\t\n\r]|\p{Cs}/u;
/** Makes the problem's code INVALID_TEXT, where the rest of the validation says INVALID_FIELD. */
const invalidText = { code: "INVALID_TEXT" } as const;

export const Text = z
  .string()
  // Of one that is longer the rest is not looked into.
  .max(API.textCharacters, { error: `A text has at most ${API.textCharacters} characters`, abort: true })
  .refine((text) => VISIBLE.test(text), { error: "A text must have something to read", params: invalidText })
  .refine((text) => !UNSENDABLE.test(text), { error: "A text can't have control characters", params: invalidText })
  .meta({ description: "What the recipients read", minLength: 1 });

export const Reason = z
  .object({
    code: z.string().meta({ description: "Stable; see the error catalogue" }),
    detail: z.string().meta({ description: "What happened, in a sentence" }),
  })
  .meta({ id: "Reason", description: "Why something is as it is" });
export type Reason = z.infer<typeof Reason>;
