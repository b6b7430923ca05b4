/** From the engine's counts to what subscribers see: rates and time left are added here. */

import type { Carrier } from "../../schemas/api/operations.js";
import { type MonitorAction, type MonitorCarrier, UNWATCHED } from "../../schemas/monitor.js";
import type { Rates } from "./rates.js";
import type { ActionState } from "./source.js";

export function observeAction(action: ActionState, rates: Rates, nowMs: number): MonitorAction {
  const { counts } = action;
  const answered = counts.acknowledged + counts.delivered + counts.failed;
  const perSecond = rates.perSecond(`action ${action.id} ${action.wave}`, answered, nowMs);
  const open = counts.pending + counts.intended + counts.unknown;
  const secondsLeft = open === 0 ? 0 : perSecond ? Math.ceil(open / perSecond) : null;
  return { ...action, answeredPerSecond: perSecond, secondsLeft };
}

export function observeCarrier(carrier: Carrier, rates: Rates, nowMs: number): MonitorCarrier {
  const watched = Object.entries(carrier).filter(([field]) => !(field in UNWATCHED));
  const rate = (word: string, count: number) => rates.perSecond(`carrier ${carrier.name} ${word}`, count, nowMs);
  return {
    ...(Object.fromEntries(watched) as Omit<Carrier, keyof typeof UNWATCHED>),
    submittedPerSecond: rate("submitted", carrier.submitted),
    acknowledgedPerSecond: rate("acknowledged", carrier.acknowledged),
    receiptsPerSecond: rate("receipts", carrier.receipts),
  };
}
