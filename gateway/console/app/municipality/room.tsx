/** The room of municipalities: who takes part, where people are missing, how that grows, and their own file of participants. */
import type { JSX } from "preact";
import { mayAny } from "../kit/session.js";
import { Tabs } from "../kit/ui/tabs.js";
import { GrowthTab } from "./growth.js";
import { ImportTab } from "./import.js";
import { ReachTab } from "./reach.js";
import { StatisticsTab } from "./statistics.js";
import { words } from "./words.js";

export function Room(): JSX.Element {
  const registry = mayAny("registry");
  const tabs = [
    ...(registry ? [{ name: "statistics", label: words().statistics, show: () => <StatisticsTab /> }] : []),
    ...(mayAny("reach") ? [{ name: "reach", label: words().reach, show: () => <ReachTab /> }] : []),
    ...(registry ? [{ name: "growth", label: words().growth, show: () => <GrowthTab /> }] : []),
    ...(registry ? [{ name: "file", label: words().file, show: () => <ImportTab /> }] : []),
  ];
  return (
    <div class="stack">
      <h1>{words().title}</h1>
      <Tabs label={words().tabs} tabs={tabs} />
    </div>
  );
}
