/** What needs attention, in words by which a person can act: what the service says, and what follows from how actions and carriers stand. */
import { computed } from "@preact/signals";
import type { JSX } from "preact";
import type { MonitorAlarm } from "../../../../schemas/monitor.js";
import { alarms, watchedActions, watchedCarriers } from "../kit/monitor.js";
import { Status } from "../kit/ui/status.js";
import { adviceOn } from "./advice.js";
import { words } from "./words.js";

/** In which nothing goes out, or somebody waits for a decision. */
const BAD: ReadonlySet<string> = new Set(["CARRIERS_ALL_OFF", "ACTION_FAILED", "NO_ROUTE"]);

const told = computed<readonly MonitorAlarm[]>(() => {
  const actions = [...watchedActions.value.values()];
  const held = actions.filter(({ status }) => status === "held");
  const failed = actions.filter(({ status }) => status === "failed");
  const waiting = actions.filter(({ status, reason }) => status === "sending" && reason?.code === "NO_ROUTE");
  const down = [...watchedCarriers.value.values()].filter(({ binds }) => binds.bound === 0);
  const rejecting = [...watchedCarriers.value.values()].filter(
    ({ lastError }) => lastError?.code === "CARRIER_REJECTING",
  );
  return [
    ...alarms.value,
    ...waiting.map(({ text, reason }) => ({ code: "NO_ROUTE", detail: `${text} · ${reason?.detail ?? ""}` })),
    ...held.map(({ text, reason }) => ({ code: "ACTION_HELD", detail: `${text} · ${reason?.detail ?? ""}` })),
    ...failed.map(({ text, reason }) => ({ code: "ACTION_FAILED", detail: `${text} · ${reason?.detail ?? ""}` })),
    ...down.map(({ name, lastError }) => ({ code: "CARRIER_DOWN", detail: `${name} · ${lastError?.detail ?? ""}` })),
    ...rejecting.map(({ name, lastError }) => ({
      code: "CARRIER_REJECTING",
      detail: `${name} · ${lastError?.detail ?? ""}`,
    })),
  ];
});
/** The same as before is the same, whatever came in between: nothing is drawn, and nothing read out, ten times a second. */
const shown = computed(() => JSON.stringify(told.value));

export function Alarms(): JSX.Element {
  const all = JSON.parse(shown.value) as readonly MonitorAlarm[];
  return (
    <section aria-labelledby="alarms" class="stack">
      <h2 id="alarms">{words().alarms}</h2>
      {all.length === 0 && <p class="quiet">{words().allWell}</p>}
      {all.map(({ code, detail }) => (
        <Status key={code + detail} tone={BAD.has(code) ? "bad" : "warn"}>
          {adviceOn(code) ?? detail}
          {adviceOn(code) && (
            <div class="quiet" lang="en">
              {detail}
            </div>
          )}
        </Status>
      ))}
    </section>
  );
}
