/** The room of those who run the service: what needs attention, the carriers as they are now and as they were, and the actions that are held. */
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { clockTime } from "../kit/i18n/figures.js";
import { staleSince, watchMonitor } from "../kit/monitor.js";
import { Status } from "../kit/ui/status.js";
import { Alarms } from "./alarms.js";
import { Carriers } from "./carriers.js";
import { Charts } from "./charts.js";
import { watchDetails } from "./details.js";
import { Held } from "./held.js";
import { Limits } from "./limits.js";
import { words } from "./words.js";

export function Room(): JSX.Element {
  useEffect(watchMonitor, []);
  useEffect(watchDetails, []);
  return (
    <div class="stack">
      <h1>{words().title}</h1>
      <Stale />
      <Alarms />
      <Held />
      <Carriers />
      <Charts />
      <Limits />
    </div>
  );
}

/** A component of its own, so that what ten times a second brings draws nothing but what it is about. */
function Stale(): JSX.Element | null {
  const since = staleSince.value;
  return since === undefined ? null : <Status tone="warn">{words().stale(clockTime(since))}</Status>;
}
