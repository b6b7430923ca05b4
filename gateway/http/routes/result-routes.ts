/**
 * The routes by which results are read: whole, by who has a key, and as open data, by everybody; as JSON or CSV (RFC 4180, with a header and
 * a row for each total, month, kind and municipality).
 */
import { MACHINE_CLOCK } from "../../../engine/clock/clock.js";
import { municipalityCode } from "../../../engine/geo/municipality-code.js";
import { OpenResults, openPeriod } from "../../../engine/results/open-data.js";
import type { Results } from "../../../engine/results/results.js";
import { dayOf } from "../../../engine/rights/day.js";
import { OUTCOMES } from "../../../schemas/api/action/outcome.js";
import { fail, type Result } from "../../../schemas/errors.js";
import { type Figures, OpenResultsQuery, ResultsQuery, ResultsReport } from "../../../schemas/results/results.js";
import { CHANNELS } from "../../../schemas/words.js";
import { type HttpResponse, respond } from "../request/response.js";
import { type Route, route } from "../request/route.js";

const shown = { schema: ResultsReport, otherTypes: ["text/csv"], status: 200 } as const;

export function resultRoutes(results: Pick<Results, "report">): Route[] {
  const open = new OpenResults(results, MACHINE_CLOCK.steadyMs);
  return [
    route({
      method: "GET",
      path: "/v1/results",
      summary: "What actions came to: reactions, successes, times, messages and money, by month, kind and municipality",
      auth: "key",
      scopes: ["reach"],
      query: ResultsQuery,
      response: { ...shown, description: "Of all actions in the time that was asked for" },
      handle: async ({ query, caller }) => {
        const theirs = caller.municipalities?.map(municipalityCode);
        const asked = query.municipality ?? (theirs?.length === 1 ? theirs[0]! : undefined);
        if (theirs !== undefined && (asked === undefined || !theirs.includes(asked))) {
          return fail("FORBIDDEN", "This key shows its own municipalities alone; say which", "municipality");
        }
        return written(await results.report({ ...query, municipality: asked }), query.format);
      },
    }),
    route({
      method: "GET",
      path: "/v1/open-results",
      summary: "The same as open data: whole months, and nothing that tells of fewer than five",
      auth: "public",
      query: OpenResultsQuery,
      response: { ...shown, description: "null where it would tell of fewer than five" },
      handle: async ({ query }) => {
        const today = dayOf(Date.now());
        const period = openPeriod(query.year ?? Number(today.slice(0, 4)), today);
        if (period === undefined) return fail("NOT_FOUND", "no month of that year is over", "year");
        return written(await open.of(period), query.format);
      },
    }),
  ];
}

function written(report: Result<ResultsReport>, format: "json" | "csv"): Result<HttpResponse> {
  if (!report.ok || format === "json") return report.ok ? respond(report.value) : report;
  const contentType = "text/csv; charset=utf-8; header=present";
  return { ok: true, value: { status: 200, body: csvOf(report.value), contentType } };
}

const HEADER = [
  ...["by", "name", "actions", "asked", "reactions", "withReaction", "withReactionShare", "direct", "directShare"],
  ...["caught", "caughtShare", "secondsIncidentToFirstMessage", "secondsFirstMessageToFirstReaction"],
  ...["secondsFirstMessageToEnd", "cost", "currency"],
  ...CHANNELS.flatMap((channel) => [`messages.${channel}`, `reactions.${channel}`]),
  "reactions.web",
  ...[...OUTCOMES, "none"].map((outcome) => `outcome.${outcome}`),
];

function csvOf({ total, timeCritical, months, kinds, municipalities }: ResultsReport): string {
  const rows = [
    rowOf("total", "", total),
    rowOf("timeCritical", "", timeCritical),
    ...months.map((row) => rowOf("month", row.month, row)),
    ...kinds.map((row) => rowOf("kind", row.kind, row)),
    ...municipalities.map((row) => rowOf("municipality", row.municipality ?? "", row)),
  ];
  return `${[HEADER, ...rows].map((row) => row.map(quoted).join(",")).join("\r\n")}\r\n`;
}

function rowOf(by: string, name: string, row: Figures): (string | number | null | undefined)[] {
  // More than one currency is of a service whose carriers were changed; JSON has them all.
  const [cost] = row.cost ?? [];
  return [
    ...[by, name, row.actions, row.asked, row.reactions, row.withReaction, row.withReactionShare],
    ...[row.direct, row.directShare, row.caught, row.caughtShare, row.incidentToFirstMessage.median],
    ...[row.firstMessageToFirstReaction.median, row.firstMessageToEnd.median, cost?.amount, cost?.currency],
    ...CHANNELS.flatMap((channel) => [row.messages[channel], row.reactionsBy[channel]]),
    row.reactionsBy.web,
    ...[...OUTCOMES, "none" as const].map((outcome) => row.outcomes[outcome]),
  ];
}

function quoted(value: string | number | null | undefined): string {
  const text = String(value ?? "");
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
