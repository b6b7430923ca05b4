/** Whether what the last run left can be believed, said in the log where it can't, and the notes by which the next start knows. A part of service.ts. */
import type { Logger } from "pino";
import { ActionStore } from "../../../engine/actions/action-store.js";
import { judgePast } from "../../../engine/actions/waves/past.js";
import { MACHINE_CLOCK } from "../../../engine/clock/clock.js";
import { TimeNotes } from "../../../engine/clock/time-notes.js";
import { WaveStore } from "../../../engine/dispatch/ledger/wave-store.js";
import type { Store } from "../../../engine/store/store.js";
import { ok, type Result } from "../../../schemas/errors.js";

export interface Past {
  readonly notes: TimeNotes;
  /** What it says is under way may be over since. */
  readonly isDoubted: boolean;
}

/** `registry`: the generation that is loaded. */
export async function openPast(store: Store, registry: number, log: Logger): Promise<Result<Past>> {
  const past = await judgePast(store, new ActionStore(store), new WaveStore(store), registry, Date.now());
  if (!past.ok) return past;
  const { problem, held, present } = past.value;
  if (problem && held > 0) log.error({ held, ...problem }, "actions are held");
  return ok({ notes: new TimeNotes(store, present, MACHINE_CLOCK), isDoubted: problem !== null });
}
