/** What an action is asked before it is sent: when it is to start, and a change of its draft. */
import { z } from "zod";
import { API } from "../../limits.js";
import { MODES } from "../../words.js";
import { DateTimeInput } from "../date-time.js";
import { TestGroupName } from "./test-group.js";

export const startsAt = DateTimeInput.optional().meta({
  description: `Once it is dispatched it waits until then, at most ${API.startDaysMax} days; at once when absent`,
});

/** What it is for, and whom it is held to; of a preview too. */
export const inMode = {
  mode: z.enum(MODES).default("actual").meta({
    description:
      "Whether it is real, in the words of CAP. Every message of an exercise or a test begins with that word in its language, and it never becomes real",
  }),
  testGroup: TestGroupName.optional().meta({
    description: "Whom an exercise or a test is held to; required of both, and of nothing else",
  }),
};

/** As it is shown. */
export const shownMode = {
  mode: z.enum(MODES).meta({ description: "Anything but actual is an exercise or a test" }),
  testGroup: TestGroupName.nullable(),
};

interface InMode {
  readonly mode: string;
  readonly testGroup?: string | undefined;
  readonly urgency?: string | undefined;
}

/** Whom an exercise or a test goes to is said; and it is never extreme, which passes hours, caps and everybody else. */
export function fitsItsMode({ mode, testGroup, urgency }: InMode, context: z.core.$RefinementCtx): void {
  const isActual = mode === "actual";
  if (isActual !== (testGroup === undefined)) {
    const message = "An exercise or a test needs a test group, and a real action has none";
    context.addIssue({ code: "custom", message, path: ["testGroup"] });
  }
  if (!isActual && urgency === "extreme") {
    const message = "An exercise or a test is never of extreme urgency";
    context.addIssue({ code: "custom", message, path: ["urgency"] });
  }
}

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
