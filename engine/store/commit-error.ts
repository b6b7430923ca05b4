/** Why a commit failed, as far as lmdb tells. */
import { setTimeout } from "node:timers/promises";

/** What lmdb rejects a batch with; the reason comes by a promise of its own, which nobody may leave unhandled. */
export interface CommitError extends Error {
  readonly commitError?: Promise<never>;
}
const CAUSE_MS = 100;

/** The reason, if lmdb gives one: for some it never settles the promise. */
export async function causeOf(error: CommitError): Promise<string> {
  if (error.commitError === undefined) return error.message;
  const cause = error.commitError.catch((reason: Error) => reason.message);
  return Promise.race([cause, setTimeout(CAUSE_MS, error.message, { ref: false })]);
}
