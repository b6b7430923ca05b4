/** The routes by which a file of participants comes in, and is followed. */

import { CHARSETS, type Charset, charsetNamed } from "../../../engine/files/file-text.js";
import { municipalityCode } from "../../../engine/geo/municipality-code.js";
import type { Imports } from "../../../engine/municipality/import/imports.js";
import { type ImportJob, percentOf } from "../../../engine/municipality/import/job.js";
import { dateTime } from "../../../schemas/api/date-time.js";
import { ImportList, ImportQuery, ImportView } from "../../../schemas/api/municipality.js";
import { fail, ok, type Result } from "../../../schemas/errors.js";
import type { BodyReceiver, Refuse } from "../request/body/body.js";
import { type HttpResponse, respond, respondLocated } from "../request/response.js";
import { type Route, route } from "../request/route.js";
import { scopeOf } from "./municipality/municipality-scope.js";

const auth = { auth: "key", scopes: ["registry"] } as const;

export function importRoutes(imports: Imports): Route[] {
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
    makes: intake.job.id,
    chunk: (bytes, resume) => intake.chunk(bytes, resume),
    end: async () => accepted(await intake.end()),
    abort: () => intake.abort(),
  });
}

function accepted(job: Result<ImportJob>): Result<HttpResponse> {
  return job.ok ? respondLocated(viewOf(job.value), `/v1/imports/${job.value.id}`, 202) : job;
}

function viewOf(job: ImportJob): ImportView {
  const { id, mode, dryRun, state, rows, bytes, overtaken, problem, report } = job;
  return {
    ...{ id, mode, dryRun, state, rows, bytes, overtaken },
    municipality: municipalityCode(job.scope ?? 0),
    startedAt: dateTime(job.startedMs),
    finishedAt: dateTime(job.finishedMs ?? null),
    percent: percentOf(job) ?? null,
    problem: problem ?? null,
    report: report === undefined ? null : { ...report, refusals: [...report.refusals] },
  };
}
