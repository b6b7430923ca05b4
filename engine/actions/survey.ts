/** One look at all that was ever stored of actions and waves, for a start: what of it has to be taken up. */
import { ok, type Result } from "../../schemas/errors.js";
import { WaveStore } from "../dispatch/ledger/wave-store.js";
import { surveyWaves, type WaveSurvey } from "../dispatch/ledger/wave-survey.js";
import { repliesSinceMs } from "../replies/reply-handler.js";
import type { Store } from "../store/store.js";
import { ActionStore } from "./action-store.js";

export interface Survey extends WaveSurvey {
  /** Ids, newest first. */
  readonly actions: readonly string[];
}

/** To be called before anything is written. STORE_UNUSABLE, naming the record, where a later program wrote one. */
export function surveyStore(store: Store, nowMs: number): Result<Survey> {
  const waves = surveyWaves(new WaveStore(store), repliesSinceMs(nowMs));
  if (!waves.ok) return waves;
  const actions = new ActionStore(store).toTakeUp();
  return actions.ok ? ok({ ...waves.value, actions: actions.value }) : actions;
}
