/** What operators start, stop and follow: the actions, over what sends. A part of service.ts. */
import type { Logger } from "pino";
import { ActionStore } from "../../../engine/actions/action-store.js";
import { Actions } from "../../../engine/actions/actions.js";
import { Claims } from "../../../engine/actions/guard/claims.js";
import { GuardedActions } from "../../../engine/actions/guard/guarded.js";
import { Lifecycle, type LifecycleHooks } from "../../../engine/actions/lifecycle.js";
import { requestCheck } from "../../../engine/actions/preview/area-check.js";
import { Forecast } from "../../../engine/actions/preview/forecast.js";
import { Previews } from "../../../engine/actions/preview/preview.js";
import { ACTION_CHANNEL } from "../../../engine/actions/record.js";
import { Schedule } from "../../../engine/actions/schedule.js";
import { Holding } from "../../../engine/actions/waves/holding.js";
import { Resending } from "../../../engine/actions/waves/resend.js";
import { MACHINE_CLOCK } from "../../../engine/clock/clock.js";
import type { Store } from "../../../engine/store/store.js";
import type { Metrics } from "../../http/metrics.js";
import type { Closing } from "../closing.js";
import type { Registered } from "../registering.js";
import type { Dispatch, DispatchEvents } from "./dispatch.js";
import type { Rights } from "./rights.js";

export interface Acting {
  readonly actions: Actions;
  /** As who holds a key sees them. */
  readonly guarded: GuardedActions;
  readonly claims: Claims;
  readonly records: ActionStore;
  readonly lifecycle: Lifecycle;
  readonly holding: Holding;
  readonly schedule: Schedule;
  readonly forecast: Forecast;
}

export function startActions(
  store: Store,
  { selector, live, places, checkArea }: Registered,
  { waves, archive, dispatcher, memory, replies }: Dispatch,
  { keys, trail }: Rights,
  metrics: Metrics,
  log: Logger,
  closing: Closing,
): Acting {
  const records = new ActionStore(store);
  const hooks = hooksOf(metrics, log);
  const lifecycle = new Lifecycle(records, waves, archive, dispatcher, selector, live.generation, hooks);
  closing.add(() => lifecycle.close());
  const forecast = new Forecast(memory);
  const check = requestCheck(checkArea, places);
  const holding = new Holding(lifecycle);
  const schedule = new Schedule(lifecycle, MACHINE_CLOCK, (aheadMs) => void holding.clockAhead(aheadMs));
  const resending = new Resending(archive, dispatcher);
  const actions = new Actions(
    store,
    lifecycle,
    holding,
    resending,
    dispatcher,
    new Previews(check, selector, dispatcher, forecast, MACHINE_CLOCK.now),
    replies,
    check,
    trail,
    MACHINE_CLOCK,
  );
  const claims = new Claims({
    selector,
    spending: keys.spending,
    checkRequest: check,
    municipalityAt: places.boundaries && ((lng, lat) => places.municipalityAt(lng, lat)),
    ports: () => dispatcher.carriers.of(ACTION_CHANNEL).map(({ port }) => port),
    now: Date.now,
  });
  const guarded = new GuardedActions(actions, claims, keys);
  return { actions, guarded, claims, records, lifecycle, holding, schedule, forecast };
}

/** What the ledger and the archive tell the actions, which are made after them. */
export function eventsFor(acting: () => Acting, log: Logger): DispatchEvents {
  return {
    onSent: (wave) => acting().lifecycle.onSent(wave),
    onArchived: (actionId) => acting().lifecycle.onArchived(actionId),
    onClockAhead: (aheadMs) => {
      log.error({ aheadMs: Math.round(aheadMs) }, "the clock got ahead at once: what is under way is held");
      void acting().holding.clockAhead(aheadMs);
    },
  };
}

function hooksOf(metrics: Metrics, log: Logger): LifecycleHooks {
  return {
    now: Date.now,
    onSelected: (ms) => metrics.observeSelection(ms / 1_000),
    onProblem: (actionId, problem, isPassing) => {
      if (isPassing) log.warn({ actionId, ...problem }, "an action waits, and is tried again until it expires");
      else log.error({ actionId, ...problem }, "an action failed");
    },
    onMistake: (actionId, err) => log.error({ actionId, err }, "a step of an action met a broken assumption"),
  };
}
