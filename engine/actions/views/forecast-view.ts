/** What was expected of a wave when it opened, and how wrong that was once the last recipient has an outcome. */
import type { Wave } from "../../../schemas/api/api.js";
import { dateTime } from "../../../schemas/api/date-time.js";
import { RECIPIENT_STATES } from "../../../schemas/words.js";
import type { StoredWave } from "../../dispatch/ledger/wave-record.js";
import { COST_STEPS } from "../../rights/spending.js";

/** In these the carrier took the message, or may have. */
const TAKEN = ["acknowledged", "delivered", "unknown"];

/** `summary`: null of a wave of which nothing is known yet. */
export function showForecast(
  { startedAtMs, count, forecast }: Pick<StoredWave, "startedAtMs" | "count" | "forecast">,
  summary: { readonly counts: ArrayLike<number>; readonly acknowledgedAtMs: number | null } | null,
): Pick<Wave, "forecast" | "forecastError"> {
  if (forecast === undefined) return { forecast: null, forecastError: null };
  const { durationMs, cost } = forecast;
  const expected = {
    recipients: count,
    finishedAt: dateTime(durationMs === null ? null : startedAtMs + durationMs),
    cost,
  };
  const endedMs = summary?.acknowledgedAtMs ?? null;
  if (summary === null || endedMs === null) return { forecast: expected, forecastError: null };
  const taken = RECIPIENT_STATES.reduce((sum, state, at) => sum + (TAKEN.includes(state) ? summary.counts[at]! : 0), 0);
  return {
    forecast: expected,
    forecastError: {
      durationMs: durationMs === null ? null : Math.round(endedMs - startedAtMs - durationMs),
      recipients: taken - count,
      // Each message at the price that was expected of it.
      cost:
        cost === null || count === 0 ? null : Math.round(cost.amount * (taken / count - 1) * COST_STEPS) / COST_STEPS,
    },
  };
}
