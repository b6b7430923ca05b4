/** What an action is asked before it is sent: when it is to start, and a change of its draft. */
import { z } from "zod";
import { API } from "../limits.js";
import { DateTimeInput } from "./date-time.js";

export const startsAt = DateTimeInput.optional().meta({
  description: `Once it is dispatched it waits until then, at most ${API.startDaysMax} days; at once when absent`,
});

/**
 * A merge patch (RFC 7396) of something with these members. What comes of it is validated as a whole, so that nothing is said twice of
 * what each may be.
 */
export function patchOf(shape: Readonly<Record<string, unknown>>) {
  const members = Object.keys(shape).map((name) => [name, z.unknown().optional()] as const);
  return z.strictObject(Object.fromEntries(members)).meta({
    description:
      "What is to be other than it is (RFC 7396): members as when the action was created; null takes one away, so that its default " +
      "counts. An area of another type takes the place of the one before as a whole",
  });
}
