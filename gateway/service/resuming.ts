/** Goes on with what the last run left: who was asked lately, the waves that live, the actions that are under way. A part of service.ts. */
import type { Logger } from "pino";
import type { ActionStore } from "../../engine/actions/action-store.js";
import type { Lifecycle } from "../../engine/actions/lifecycle.js";
import type { Survey } from "../../engine/actions/survey.js";
import type { Dispatcher } from "../../engine/dispatch/ledger/dispatcher.js";
import { recover } from "../../engine/dispatch/ledger/recovery.js";
import type { WaveStore } from "../../engine/dispatch/ledger/wave-store.js";
import type { ReplyHandler } from "../../engine/replies/reply-handler.js";
import type { Result } from "../../schemas/errors.js";

interface Parts {
  readonly waves: WaveStore;
  readonly dispatcher: Dispatcher;
  readonly records: ActionStore;
  readonly replyHandler: ReplyHandler;
  readonly lifecycle: Lifecycle;
}

/** `registry`: the generation that is loaded. */
export async function resume(parts: Parts, survey: Survey, registry: number, log: Logger): Promise<Result<void>> {
  const { waves, dispatcher, records, replyHandler, lifecycle } = parts;
  const recalled = replyHandler.recall(survey.recent);
  if (!recalled.ok) return recalled;
  for (const problem of recalled.value) log.error(problem, "replies to a wave belong to no action");
  const standingOf = ({ actionId }: { actionId: string }) => records.standingOf(actionId);
  const recovered = await recover({ waves, dispatcher, registry, standingOf }, survey.living);
  if (!recovered.ok) return recovered;
  const { waves: taken, uncertain, unreadable } = recovered.value;
  if (taken > 0) log.info({ waves: taken, uncertain }, "resumed what the last run left");
  for (const { waveId, actionId, problem } of unreadable) {
    log.error({ waveId, actionId, ...problem }, "a wave can't be read, and nothing of it is sent");
  }
  const resumed = lifecycle.resume(survey.actions, unreadable);
  // Not before: a clock that got ahead meanwhile holds what is under way, and is noticed by the first turn.
  if (resumed.ok) dispatcher.start();
  log.debug({ decoded: dispatcher.store.decoded }, "records that were decoded to start");
  return resumed;
}
