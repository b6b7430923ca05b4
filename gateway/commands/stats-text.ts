/** The numbers of a registry as a table that a person reads. */

import type { RegistryStats } from "../../engine/registry/columns/stats.js";

const LABEL = 24;
const CELL = 12;
/** The municipalities with the most participants; all of them are in the JSON. */
const MUNICIPALITIES = 10;

export function statsText(stats: RegistryStats): string {
  const { participants } = stats;
  const municipalities = Object.entries(stats.municipalities).sort(([, a], [, b]) => b - a);
  const domains = Object.keys(Object.values(stats.channels)[0] ?? {});
  return [
    `${"registry".padEnd(LABEL)}  ${stats.generated ? `generated (seed ${stats.seed}); never sent beyond loopback` : "of real participants"}`,
    line("participants", [participants]),
    line("locations", [stats.locations]),
    line("with the app", [stats.app]),
    line("without number", [stats.withoutNumber]),
    line("with mail", [stats.withMail]),
    line("phone positions", [stats.phones]),
    line("terms", [stats.terms]),
    "",
    `${"welcome".padEnd(LABEL)}${domains.map((domain) => domain.padStart(CELL)).join("")}`,
    ...Object.entries(stats.channels).map(([channel, counts]) => line(channel, Object.values(counts))),
    "",
    ...table("status", { ...stats.statuses, "paused, to end": stats.pausedUntil }),
    ...table("type", stats.types),
    ...table("needs", stats.needs),
    ...table("switched off", stats.switchedOff),
    ...table("language", stats.languages),
    ...table("location", stats.kinds),
    ...table("time zone", stats.timeZones),
    `${municipalities.length} municipalities, those with the most participants:`,
    ...municipalities.slice(0, MUNICIPALITIES).map(([code, count]) => line(code, [count])),
    "",
  ].join("\n");
}

function table(name: string, counts: Record<string, number>): string[] {
  const present = Object.entries(counts).filter(([, count]) => count > 0);
  if (present.length === 0) return [];
  return [name, ...present.map(([word, count]) => line(`  ${word}`, [count])), ""];
}

function line(label: string, counts: readonly number[]): string {
  return label.padEnd(LABEL) + counts.map((count) => count.toLocaleString("en").padStart(CELL)).join("");
}
