/** The routes of a control room: actions from preview to end, and what came back. */
import type { ActionService, Answer, Change } from "../../../../engine/actions/service.js";
import {
  type Action,
  ActionPage,
  ActionPatch,
  ActionRequest,
  DispatchRequest,
  EndRequest,
  ListQuery,
  Preview,
  PreviewRequest,
} from "../../../../schemas/api/api.js";
import { ok, type Result } from "../../../../schemas/errors.js";
import { API } from "../../../../schemas/limits.js";
import { patched } from "../../changes/merge-patch.js";
import { readVersion } from "../../changes/version.js";
import { type HttpResponse, respondWith } from "../../request/response.js";
import { type Route, route } from "../../request/route.js";
import { ACTION, answered, OF_TEXT, SPENT } from "./answered.js";
import { followUpRoutes, type UpdatingTips } from "./follow-up-routes.js";

const NEW = { ...ACTION, status: 201, description: "The action; Location is where it is", located: true };

/** What sends needs "dispatch" in each of them, which the engine sees to: a draft can become what is sent. */
const DRAFTING = ["draft", "dispatch"] as const;
/** Of a key with a budget, and of one with an area. */
const CLAIMED = [...SPENT, "AREA_FORBIDDEN"] as const;
/** What an operator has to confirm. */
const UNCONFIRMED = ["CONTACT_UNVERIFIED", "TEXT_REPEATED"] as const;
const READING = ["draft", "dispatch", "replies"] as const;

export function actionRoutes(service: ActionService, tips?: UpdatingTips): Route[] {
  return [
    ...askingRoutes(service),
    ...draftRoutes(service),
    ...commandRoutes(service),
    ...goingOnRoutes(service),
    ...followUpRoutes(service, tips),
  ];
}

/** What an action would be, a new one, and those that there are. */
function askingRoutes(service: ActionService): Route[] {
  return [
    route({
      method: "POST",
      path: "/v1/previews",
      summary: "Who would be asked, and when it would be done; nothing is stored",
      auth: "key",
      scopes: DRAFTING,
      body: PreviewRequest,
      response: { status: 200, description: "Counts and forecast", schema: Preview },
      problems: [
        "INVALID_AREA",
        "MUNICIPALITY_UNKNOWN",
        "BUSY",
        "WORKER_DIED",
        "NO_CARRIER",
        "AREA_FORBIDDEN",
        "PREVIEWS_EXCEEDED",
        "TEST_GROUP_UNKNOWN",
        "KIND_UNKNOWN",
        "MAIL_ONLY",
      ],
      handle: async ({ body, signal, caller }) => respondWith(await service.preview(body, signal, caller)),
    }),
    route({
      method: "POST",
      path: "/v1/actions",
      summary:
        'Create an action; with "dispatch": true, select and send at once, or fail with NOBODY_INSIDE where nobody is found',
      auth: "key",
      scopes: DRAFTING,
      sends: true,
      body: ActionRequest,
      response: NEW,
      problems: [
        "INVALID_AREA",
        "MUNICIPALITY_UNKNOWN",
        "BUSY",
        "WORKER_DIED",
        "DISK_FULL",
        "NO_CARRIER",
        "GENERATED_REGISTRY",
        "STORE_WRITE_FAILED",
        "LIFE_TOO_SHORT",
        "TEST_GROUP_UNKNOWN",
        ...OF_TEXT,
        ...UNCONFIRMED,
        ...CLAIMED,
      ],
      handle: async ({ body, caller }) => created(await service.create(body, caller)),
    }),
    route({
      method: "GET",
      path: "/v1/actions",
      summary: "All actions, newest first, in pages",
      auth: "key",
      scopes: READING,
      query: ListQuery,
      response: { status: 200, description: "A page", schema: ActionPage },
      handle: ({ query, caller }) => respondWith(service.list(query.after, query.limit ?? API.pageSize, caller)),
    }),
    route({
      method: "GET",
      path: "/v1/actions/{id}",
      summary: "One action with its counts",
      auth: "key",
      scopes: READING,
      response: ACTION,
      handle: ({ id, caller }) => shown(service.get(id, caller)),
    }),
  ];
}

/** What becomes of a draft before it is sent. */
function draftRoutes(service: ActionService): Route[] {
  const refused = [
    "INVALID_AREA",
    "MUNICIPALITY_UNKNOWN",
    "BUSY",
    "WORKER_DIED",
    "STORE_WRITE_FAILED",
    "MODE_FIXED",
    "TEST_GROUP_UNKNOWN",
    ...OF_TEXT,
  ] as const;
  return [
    route({
      method: "PATCH",
      path: "/v1/actions/{id}",
      summary: "Change an action that was not sent yet; it is a draft then, also where it was approved or scheduled",
      auth: "key",
      scopes: DRAFTING,
      sends: true,
      matches: true,
      body: ActionPatch,
      response: ACTION,
      problems: ["WRONG_STATE", "AREA_FORBIDDEN", ...refused],
      handle: async ({ id, body, ifMatch, caller }) => {
        const version = readVersion(ifMatch);
        if (!version.ok) return version;
        return answered(await service.edit(id, changing(body), version.value, caller));
      },
    }),
    route({
      method: "POST",
      path: "/v1/actions/{id}/copies",
      summary:
        "A new draft of what any action was asked with, also of one that is over, with what the body says changed. It has a life of " +
        "its own: when the other was to start and to expire is not taken over",
      auth: "key",
      scopes: DRAFTING,
      sends: true,
      body: ActionPatch,
      bodyMayLack: true,
      response: NEW,
      problems: ["AREA_FORBIDDEN", ...refused],
      handle: async ({ id, body, caller }) => created(await service.copy(id, changing(body), caller)),
    }),
    route({
      method: "POST",
      path: "/v1/actions/{id}/approve",
      summary: "Approve a draft as it stands; whoever dispatches a draft approves it in the same act",
      auth: "key",
      scopes: ["dispatch"],
      sends: true,
      response: ACTION,
      problems: ["WRONG_STATE", "STORE_WRITE_FAILED"],
      handle: async ({ id, caller }) => answered(await service.approve(id, caller)),
    }),
  ];
}

/** What is done with an action that there is. */
function commandRoutes(service: ActionService): Route[] {
  return [
    route({
      method: "POST",
      path: "/v1/actions/{id}/dispatch",
      summary:
        "Select the recipients of a draft and send; an action that has failed goes on where it did. One whose selection finds " +
        "nobody has failed, with the reason NOBODY_INSIDE, unless that is allowed",
      auth: "key",
      scopes: ["dispatch"],
      sends: true,
      body: DispatchRequest,
      bodyMayLack: true,
      response: ACTION,
      problems: [
        "WRONG_STATE",
        "LIFE_TOO_SHORT",
        "TEST_GROUP_UNKNOWN",
        "BUSY",
        "DISK_FULL",
        "NO_CARRIER",
        "GENERATED_REGISTRY",
        "STORE_WRITE_FAILED",
        ...UNCONFIRMED,
        ...CLAIMED,
      ],
      handle: async ({ id, body, caller }) => answered(await service.dispatch(id, caller, body)),
    }),
    route({
      method: "POST",
      path: "/v1/actions/{id}/stop",
      summary:
        "Stop sending, the question or the thank-you: at most what is in flight still goes out; a draft is cancelled",
      auth: "key",
      scopes: DRAFTING,
      sends: true,
      response: ACTION,
      problems: ["WRONG_STATE", "STORE_WRITE_FAILED"],
      handle: async ({ id, caller }) => answered(await service.stop(id, caller)),
    }),
    route({
      method: "POST",
      path: "/v1/actions/{id}/end",
      summary: "End the action: thank exactly those who were reached, and say how it ended",
      auth: "key",
      scopes: ["dispatch"],
      sends: true,
      body: EndRequest,
      response: ACTION,
      problems: ["WRONG_STATE", "BUSY", "NO_CARRIER", "STORE_WRITE_FAILED", ...UNCONFIRMED, ...OF_TEXT, ...SPENT],
      handle: async ({ id, body, caller }) => answered(await service.end(id, body, caller)),
    }),
  ];
}

/** An operator's word that something goes on. */
function goingOnRoutes(service: ActionService): Route[] {
  return [
    route({
      method: "POST",
      path: "/v1/actions/{id}/resume",
      summary: "Let an action that is held go on; who may have been sent to before is flagged",
      auth: "key",
      scopes: ["dispatch"],
      sends: true,
      response: ACTION,
      problems: ["WRONG_STATE", "REGISTRY_REPLACED", "STORE_WRITE_FAILED"],
      handle: async ({ id, caller }) => answered(await service.resume(id, caller)),
    }),
    route({
      method: "POST",
      path: "/v1/actions/{id}/resend",
      summary:
        "Send once more to exactly those who are unknown: a connection broke before the carrier answered, or the copies that " +
        "one person may get without anybody's word were used up. Each of them counts as a possible duplicate",
      auth: "key",
      scopes: ["dispatch"],
      sends: true,
      response: ACTION,
      problems: ["WRONG_STATE", "LEDGER_CLOSED", "STORE_WRITE_FAILED", ...SPENT],
      handle: async ({ id, caller }) => answered(await service.resend(id, caller)),
    }),
  ];
}

function shown(result: Result<Action>): Result<HttpResponse> {
  return result.ok ? answered(ok({ action: result.value, replayed: false })) : result;
}

/** When an action is dispatched is no part of what it is. */
function changing(patch: ActionPatch): Change {
  return (request) => patched({ ...request, dispatch: false }, patch, ActionRequest);
}

function created(result: Result<Answer>): Result<HttpResponse> {
  const answer = answered(result);
  if (!answer.ok || !result.ok) return answer;
  const location = { Location: `/v1/actions/${result.value.action.id}` };
  return ok({ ...answer.value, status: 201, headers: { ...answer.value.headers, ...location } });
}
