/**
 * Reach over the API: participants against population, for operators, control rooms and each municipality, as JSON, CSV
 * (RFC 4180, with a header) or GeoJSON (RFC 7946). All three come in pages; a Link header leads to the next one.
 */

import { municipalityNumber } from "../../../engine/geo/municipality-code.js";
import type { Reach } from "../../../engine/reach/reach.js";
import type { Page } from "../../../engine/reach/task.js";
import { type ReachFormat, ReachQuery, ReachReport } from "../../../schemas/api/reach.js";
import { fail, ok, type Result } from "../../../schemas/errors.js";
import { REACH } from "../../../schemas/limits.js";
import type { HttpResponse } from "../request/response.js";
import { type Route, route, type Who } from "../request/route.js";

const CONTENT_TYPES: Readonly<Record<ReachFormat, string>> = {
  json: "application/json",
  csv: "text/csv; charset=utf-8; header=present",
  geojson: "application/geo+json",
};
const PATH = "/v1/reach";

export function reachRoutes(reach: Pick<Reach, "page">): Route[] {
  return [
    route({
      method: "GET",
      path: PATH,
      summary: "Participants against population by municipality, postcode or cell, and where they are missing",
      auth: "key",
      scopes: ["reach"],
      query: ReachQuery,
      response: {
        status: 200,
        description: "A page of areas, in the order of their codes",
        schema: ReachReport,
        otherTypes: ["text/csv", "application/geo+json"],
      },
      problems: ["POSTCODES_MISSING", "BUSY", "WORKER_DIED"],
      handle: async ({ query, caller, signal }) => {
        const municipality = seenBy(caller, query.municipality);
        if (!municipality.ok) return municipality;
        const page = await reach.page(
          {
            level: query.level,
            municipality: municipality.value,
            cellMeters: query.cellMeters,
            radiusMeters: query.radiusMeters ?? 1_000,
            people: query.k ?? 5,
            chance: query.chance ?? 0.95,
            behindPercent: query.behindPercent ?? REACH.behindPercent,
            onlyBehind: query.onlyBehind,
            after: query.after,
            limit: query.limit ?? REACH.areasPerPage,
          },
          query.format,
          signal,
        );
        return page.ok ? ok(replyOf(page.value, query)) : page;
      },
    }),
  ];
}

/** The municipality to show; undefined for all of them. */
function seenBy({ municipalities }: Who, asked: string | undefined): Result<number | undefined> {
  const wanted = asked === undefined ? undefined : municipalityNumber(asked);
  if (municipalities === undefined || (wanted !== undefined && municipalities.includes(wanted))) return ok(wanted);
  const [only, ...more] = municipalities;
  if (wanted === undefined && more.length === 0) return ok(only);
  const what = wanted === undefined ? "Say which of its municipalities" : "This key shows its own municipalities alone";
  return fail(wanted === undefined ? "INVALID_FIELD" : "FORBIDDEN", what, "municipality");
}

function replyOf({ bytes, next }: Page, query: ReachQuery): HttpResponse {
  const headers = next === null ? {} : { Link: `<${nextPage(query, next)}>; rel="next"` };
  return { status: 200, body: bytes, contentType: CONTENT_TYPES[query.format], headers };
}

function nextPage(query: ReachQuery, after: number): string {
  const fields = new URLSearchParams();
  for (const [name, value] of Object.entries({ ...query, after })) {
    if (value !== undefined) fields.set(name, String(value));
  }
  return `${PATH}?${fields}`;
}
