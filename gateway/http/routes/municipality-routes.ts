/**
 * The routes with which a municipality keeps the file of its participants, and whoever watches over the country that of all.
 * What is another municipality's is answered as what is nobody's.
 */

import { CHARSETS, type Charset, charsetNamed } from "../../../engine/files/file-text.js";
import { municipalityCode } from "../../../engine/geo/municipality-code.js";
import type { Imports } from "../../../engine/municipality/import/imports.js";
import { type ImportJob, percentOf } from "../../../engine/municipality/import/job.js";
import type { MunicipalityParticipants } from "../../../engine/municipality/participants.js";
import type { Scope } from "../../../engine/municipality/ports.js";
import type { MunicipalityStatistics } from "../../../engine/municipality/statistics.js";
import {
  Growth,
  GrowthQuery,
  ImportList,
  ImportQuery,
  ImportView,
  MergeRequest,
  ParticipantCorrection,
  ParticipantNumber,
  SearchRequest,
  SearchResult,
  Statistics,
} from "../../../schemas/api/municipality.js";
import { ParticipantView } from "../../../schemas/api/participant.js";
import { assert, fail, NUMBER_CODES, ok, type Result } from "../../../schemas/errors.js";
import type { BodyReceiver, Refuse } from "../request/body.js";
import { type HttpResponse, respond, respondEmpty, respondLocated, respondWith } from "../request/response.js";
import { type Route, route, type Who } from "../request/route.js";

export interface MunicipalityParts {
  readonly registered: MunicipalityParticipants;
  readonly imports: Imports;
  readonly statistics: MunicipalityStatistics;
}

const auth = { auth: "key", scopes: ["registry"] } as const;
/** What takes somebody away for good. */
const erasing = { auth: "key", scopes: ["erase"] } as const;
const one = { params: { participant: ParticipantNumber } };
const seen = { status: 200, description: "The participant, with the locations here", schema: ParticipantView };
const kept = ["INVALID_FIELD", "STORE_WRITE_FAILED", "BUSY"] as const;
const placed = [
  ...kept,
  ...NUMBER_CODES,
  "NUMBER_TAKEN",
  "MAIL_TAKEN",
  "TOO_MANY_LOCATIONS",
  "POSITION_AT_SEA",
  "POSTCODE_UNKNOWN",
  "POSTCODES_MISSING",
  "REGISTRY_FULL",
  "WRONG_STATE",
] as const;

export function municipalityRoutes({ registered, imports, statistics }: MunicipalityParts): Route[] {
  return [
    ...lookingRoutes(registered),
    ...changingRoutes(registered),
    ...importRoutes(imports),
    route({
      method: "GET",
      path: "/v1/statistics",
      summary: "The participants of the municipality in numbers",
      ...auth,
      response: { status: 200, description: "Counted some seconds ago at most", schema: Statistics },
      problems: ["STORE_CORRUPT", "WORKER_DIED"],
      handle: async ({ caller }) => respondWith(await statistics.statistics(scopeOf(caller))),
    }),
    route({
      method: "GET",
      path: "/v1/growth",
      summary: "How many joined and left, day by day (UTC)",
      ...auth,
      query: GrowthQuery,
      response: { status: 200, description: "Every day from the first to the last", schema: Growth },
      problems: ["STORE_CORRUPT", "WORKER_DIED"],
      handle: ({ query, caller }) => respondWith(statistics.growth(scopeOf(caller), query.from, query.to)),
    }),
  ];
}

function lookingRoutes(registered: MunicipalityParticipants): Route[] {
  return [
    route({
      method: "POST",
      path: "/v1/participants/search",
      summary: "Participants here by exact phone number or mail address",
      ...auth,
      body: SearchRequest,
      response: { status: 200, description: "Who has it; usually one or nobody", schema: SearchResult },
      problems: NUMBER_CODES,
      handle: ({ body, caller }) => {
        const found = registered.search(scopeOf(caller), body);
        return found.ok ? respond({ participants: found.value }) : found;
      },
    }),
    route({
      method: "GET",
      path: "/v1/participants/{participant}",
      summary: "One participant",
      ...auth,
      ...one,
      response: seen,
      handle: ({ params, caller }) => respondWith(registered.get(scopeOf(caller), params.participant)),
    }),
  ];
}

function changingRoutes(registered: MunicipalityParticipants): Route[] {
  return [
    route({
      method: "POST",
      path: "/v1/participants",
      grows: true,
      summary: "Add somebody, who is active at once",
      ...auth,
      body: ParticipantCorrection,
      response: { ...seen, status: 201, located: true },
      problems: placed,
      handle: async ({ body, caller }) => {
        const added = await registered.add(scopeOf(caller), body);
        return added.ok ? respondLocated(added.value, `/v1/participants/${added.value.participant}`) : added;
      },
    }),
    route({
      method: "PATCH",
      path: "/v1/participants/{participant}",
      grows: true,
      summary: "Correct a participant; what is left out stays, and so does what the person switched off or paused",
      ...auth,
      ...one,
      body: ParticipantCorrection,
      response: seen,
      problems: placed,
      handle: async ({ params, body, caller }) =>
        respondWith(await registered.change(scopeOf(caller), params.participant, body)),
    }),
    route({
      method: "DELETE",
      path: "/v1/participants/{participant}",
      summary: "Erase a participant for good",
      ...erasing,
      ...one,
      response: { status: 204, description: "Nothing that is stored can be read as this person any more" },
      problems: kept,
      handle: async ({ params, caller }) => respondEmpty(await registered.erase(scopeOf(caller), params.participant)),
    }),
    route({
      method: "POST",
      path: "/v1/participants/{participant}/merge",
      grows: true,
      summary: "Make one of a participant and a double, which is erased; the wishes of the first are kept",
      ...erasing,
      ...one,
      body: MergeRequest,
      response: seen,
      problems: placed,
      handle: async ({ params, body, caller }) =>
        respondWith(await registered.merge(scopeOf(caller), params.participant, body.participant)),
    }),
  ];
}

function importRoutes(imports: Imports): Route[] {
  return [
    route({
      method: "POST",
      path: "/v1/imports",
      grows: true,
      summary: "Participants from a CSV file: who is new joins, who is known is corrected, nobody is removed",
      ...auth,
      query: ImportQuery,
      response: {
        status: 202,
        description: "The file was read; Location is where it is followed",
        schema: ImportView,
        located: true,
      },
      problems: ["IMPORT_REFUSED", "BUSY", "UNSUPPORTED_MEDIA_TYPE"],
      receive: {
        contentTypes: ["text/csv"],
        readsCharset: true,
        start: ({ query, bodyBytes, charset: named, caller }, refuse) => {
          const scope = scopeOf(caller);
          const charset = charsetOf(named);
          if (!charset.ok) return charset;
          const totalBytes = bodyBytes === undefined ? {} : { totalBytes: bodyBytes };
          return receiver(
            imports,
            { scope, mode: query.mode, dryRun: query.dryRun === "true", ...totalBytes, ...charset.value },
            refuse,
          );
        },
      },
    }),
    route({
      method: "GET",
      path: "/v1/imports",
      summary: "Imports since the service started, the latest first; also one that is being received",
      ...auth,
      response: { status: 200, description: "The last ones", schema: ImportList },
      handle: ({ caller }) => respond({ imports: imports.list(scopeOf(caller)).map(viewOf) }),
    }),
    route({
      method: "GET",
      path: "/v1/imports/{id}",
      summary: "How far an import is, and what it changed or would change; nothing personal",
      ...auth,
      response: { status: 200, description: "The import as it is now", schema: ImportView },
      handle: ({ id, caller }) => {
        const job = imports.get(scopeOf(caller), id);
        return job.ok ? respond(viewOf(job.value)) : job;
      },
    }),
  ];
}

/** As the client names it. */
function charsetOf(name: string | undefined): Result<{ charset?: Charset }> {
  const charset = name === undefined ? undefined : charsetNamed(name);
  if (name !== undefined && charset === undefined) {
    return fail("UNSUPPORTED_MEDIA_TYPE", `Send text in one of: ${CHARSETS.join(", ")}`, "Content-Type");
  }
  return ok(charset === undefined ? {} : { charset });
}

function receiver(imports: Imports, request: Parameters<Imports["begin"]>[0], refuse: Refuse): Result<BodyReceiver> {
  const begun = imports.begin(request, refuse);
  if (!begun.ok) return begun;
  const intake = begun.value;
  return ok({
    chunk: (bytes, resume) => intake.chunk(bytes, resume),
    end: async () => accepted(await intake.end()),
    abort: () => intake.abort(),
  });
}

function accepted(job: Result<ImportJob>): Result<HttpResponse> {
  return job.ok ? respondLocated(viewOf(job.value), `/v1/imports/${job.value.id}`, 202) : job;
}

/** The caller's municipality; undefined for who sees all. */
function scopeOf({ municipalities }: Who): Scope {
  assert(
    municipalities === undefined || municipalities.length === 1,
    "a key for people is of one municipality, or of all",
  );
  return municipalities?.[0];
}

function viewOf(job: ImportJob): ImportView {
  const { id, mode, dryRun, state, rows, bytes, overtaken, problem, report } = job;
  const at = (ms: number) => new Date(ms).toISOString();
  return {
    ...{ id, mode, dryRun, state, rows, bytes, overtaken },
    municipality: municipalityCode(job.scope ?? 0),
    startedAt: at(job.startedMs),
    finishedAt: job.finishedMs === undefined ? null : at(job.finishedMs),
    percent: percentOf(job) ?? null,
    problem: problem ?? null,
    report: report === undefined ? null : { ...report, refusals: [...report.refusals] },
  };
}
