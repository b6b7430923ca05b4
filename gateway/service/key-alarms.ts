/** What whoever watches is told of keys: which end soon, so that nobody finds out by a refusal, and whose budget was not enough. */
import type { Claims } from "../../engine/actions/guard/claims.js";
import type { Keys } from "../../engine/rights/keys.js";
import { RIGHTS } from "../../schemas/limits.js";
import type { MonitorAlarm } from "../../schemas/monitor.js";

const DAY_MS = 86_400_000;

export function alarmsOfKeys(
  keys: Pick<Keys, "endingSoon">,
  claims: Pick<Claims, "lastRefusal" | "refused">,
  nowMs: number,
): MonitorAlarm[] {
  const alarms: MonitorAlarm[] = [];
  const ending = keys.endingSoon;
  if (ending.length > 0) {
    const names = ending.slice(0, RIGHTS.endsSoonNamed).map(({ name }) => name);
    const more = ending.length - names.length;
    const which = `${names.join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
    alarms.push({ code: "KEYS_END", detail: `keys that end within ${RIGHTS.endsSoonMs / DAY_MS} days: ${which}` });
  }
  const last = claims.lastRefusal;
  if (last !== undefined && nowMs - last.atMs < RIGHTS.refusedToldMs) {
    const times = `${claims.refused.budget} times since the service started`;
    alarms.push({
      code: "BUDGET_EXCEEDED",
      detail: `refused within the hour for the budget of ${last.name}; ${times}`,
    });
  }
  return alarms;
}
