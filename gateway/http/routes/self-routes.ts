/**
 * Self-service as routes. What opens a session is open to everybody, and bounded for it; everything else is for a session,
 * and about the participant whose session it is. Contacts stand in bodies alone, never in a path or a query.
 *
 * What sends a code takes no Idempotency-Key: that would have to be kept on the disk beside a request of which nothing is
 * stored before its code comes back. Sent again, a request sends another code, as often as the bounds let it.
 */
import type { ParticipantService } from "../../../engine/self/participant-service.js";
import { OwnAsked } from "../../../schemas/api/asking/own-asked.js";
import { ParticipantChange, ParticipantView } from "../../../schemas/api/participant.js";
import {
  CodeAnswer,
  ContactInput,
  JoinRequest,
  PositionInput,
  SelfExport,
  SelfSession,
} from "../../../schemas/api/self.js";
import type { ErrorCode, Result } from "../../../schemas/errors.js";
import { type HttpResponse, respondEmpty, respondWith } from "../request/response.js";
import { type Route, route } from "../request/route.js";
import { identityRoutes } from "./identity-routes.js";
import { CODE_PROBLEMS, codeSent, inSession, STORE_PROBLEMS } from "./in-session.js";

const PROFILE_PROBLEMS = [
  "NUMBER_NOT_MOBILE",
  "NUMBER_OF_ORGANISATION",
  "POSTCODE_UNKNOWN",
  "POSTCODES_MISSING",
  "POSITION_AT_SEA",
] as const satisfies readonly ErrorCode[];

const participant = { status: 200, description: "The participant as it is now", schema: ParticipantView };

export function selfRoutes(service: ParticipantService): Route[] {
  return [
    ...entryRoutes(service),
    ...participantRoutes(service),
    ...positionRoutes(service),
    ...identityRoutes(service),
  ];
}

function entryRoutes(service: ParticipantService): Route[] {
  return [
    route({
      method: "POST",
      path: "/v1/self/join",
      grows: true,
      summary: "Join: a code goes to the number or mail address, and nothing is stored before it comes back",
      auth: "public",
      body: JoinRequest,
      response: codeSent,
      problems: [...CODE_PROBLEMS, ...PROFILE_PROBLEMS],
      handle: ({ body, caller }) => respondWith(service.join(body, caller.address), 202),
    }),
    route({
      method: "POST",
      path: "/v1/self/codes",
      summary: "Ask for a code to enter by; the answer is the same whether or not somebody takes part",
      auth: "public",
      body: ContactInput,
      response: codeSent,
      problems: CODE_PROBLEMS,
      handle: ({ body, caller }) => respondWith(service.requestCode(body, caller.address), 202),
    }),
    route({
      method: "POST",
      path: "/v1/self/sessions",
      grows: true,
      summary: "Enter by a code; who asked for it to join takes part from here on",
      auth: "public",
      body: CodeAnswer,
      response: { status: 201, description: "A session", schema: SelfSession },
      problems: ["CODE_WRONG", "CONTACT_WAITS", "TOO_MANY_REQUESTS", "REGISTRY_FULL", ...STORE_PROBLEMS],
      handle: async ({ body, caller }) => respondWith(await service.enter(body, caller.address), 201),
    }),
  ];
}

function participantRoutes(service: ParticipantService): Route[] {
  return [
    route({
      method: "GET",
      path: "/v1/self",
      summary: "All that is stored of the participant",
      auth: "self",
      response: participant,
      handle: inSession(service, (session) => respondWith(service.view(session))),
    }),
    route({
      method: "GET",
      path: "/v1/self/asked",
      summary: "Which kinds of action would reach the participant now, where and over which channel, and why not",
      auth: "self",
      response: { status: 200, description: "By kind, place and channel", schema: OwnAsked },
      handle: inSession(service, (session) => respondWith(service.asked(session))),
    }),
    route({
      method: "PATCH",
      path: "/v1/self",
      grows: true,
      summary: "Change it; what is left out stays",
      auth: "self",
      body: ParticipantChange,
      response: participant,
      problems: ["TOO_MANY_REQUESTS", ...PROFILE_PROBLEMS, ...STORE_PROBLEMS],
      handle: inSession(service, async (session, { body }) => respondWith(await service.change(session, body))),
    }),
    route({
      method: "GET",
      path: "/v1/self/export",
      summary: "All that is stored of the participant, as a file",
      auth: "self",
      response: { status: 200, description: "The file", schema: SelfExport },
      handle: inSession(service, async (session) => download(await service.export(session))),
    }),
  ];
}

function positionRoutes(service: ParticipantService): Route[] {
  return [
    route({
      method: "PUT",
      path: "/v1/self/position",
      grows: true,
      summary: "Where the phone is, of who wants to be reached there",
      auth: "self",
      body: PositionInput,
      response: { status: 204, description: "It is known" },
      problems: ["WRONG_STATE", ...STORE_PROBLEMS],
      handle: inSession(service, async (session, { body }) => respondEmpty(await service.move(session, body.position))),
    }),
    route({
      method: "DELETE",
      path: "/v1/self/position",
      summary: "Forget where the phone is",
      auth: "self",
      response: { status: 204, description: "It is forgotten" },
      problems: STORE_PROBLEMS,
      handle: inSession(service, async (session) => respondEmpty(await service.dropPosition(session))),
    }),
  ];
}

function download(result: Result<SelfExport>): Result<HttpResponse> {
  if (!result.ok) return result;
  const headers = { "Content-Disposition": 'attachment; filename="burgernet.json"' };
  return { ok: true, value: { status: 200, body: result.value, headers } };
}
