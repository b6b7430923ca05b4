/** What the monitor says while the answering desk is too full for what is to be sent. */
import type { Pacing } from "../../engine/pacing/pacing.js";
import type { MonitorAlarm } from "../../schemas/monitor.js";

export function alarmsOfDesk(pacing: Pick<Pacing, "show">): MonitorAlarm[] {
  const left = pacing.show().paced.reduce((sum, one) => sum + one.left, 0);
  if (left === 0) return [];
  return [
    { code: "DESK_FULL", detail: `the answering desk has as much as it can deal with; ${left} people are asked later` },
  ];
}
