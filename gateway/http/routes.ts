/**
 * The API as a table. Each entry says what comes in, what goes out and who handles it; server.ts routes and validates by
 * it, openapi.ts describes it.
 */
import type { ActionService, Answer } from "../../engine/actions/service.js";
import {
  Action,
  ActionPage,
  ActionRequest,
  CarrierList,
  EndRequest,
  Health,
  ListQuery,
  Preview,
  PreviewRequest,
  Readiness,
  ReplyPage,
  ReplyQuery,
  StrayQuery,
  StrayReceiptList,
} from "../../schemas/api.js";
import { fail, ok, type Result } from "../../schemas/errors.js";
import { API, RECEIPTS, REPLIES } from "../../schemas/limits.js";
import type { LiveFeed } from "./live.js";
import type { Metrics } from "./metrics.js";
import { openApiDocument } from "./openapi.js";
import { type Reply, type Route, route } from "./route.js";

export const MONITOR_PATH = "/v1/monitor";

export interface RouteParts {
  readonly service: ActionService;
  readonly monitor: LiveFeed;
  readonly metrics: Metrics;
}

export function routeTable({ service, monitor, metrics }: RouteParts): readonly Route[] {
  const table: Route[] = [
    ...actionRoutes(service),
    ...replyRoutes(service),
    ...operationRoutes(service, monitor, metrics),
  ];
  let documented = {};
  table.push(
    route({
      method: "GET",
      path: "/openapi.json",
      summary: "This API, as OpenAPI 3.1",
      auth: "open",
      response: { status: 200, description: "The document" },
      handle: () => reply(documented),
    }),
  );
  documented = openApiDocument(table);
  return table;
}

function actionRoutes(service: ActionService): Route[] {
  const action = { status: 200, description: "The action as it is now", schema: Action };
  return [
    route({
      method: "POST",
      path: "/v1/previews",
      summary: "Who would be asked, and when it would be done; nothing is stored",
      auth: "key",
      body: PreviewRequest,
      response: { status: 200, description: "Counts and forecast", schema: Preview },
      problems: ["INVALID_AREA", "BUSY", "WORKER_DIED", "NO_CARRIER"],
      handle: async ({ body }) => replyResult(await service.preview(body)),
    }),
    route({
      method: "POST",
      path: "/v1/actions",
      summary: 'Create an action; with "dispatch": true, select and send at once',
      auth: "key",
      sends: true,
      body: ActionRequest,
      response: { status: 201, description: "The action; Location is where it is", schema: Action },
      problems: ["INVALID_AREA", "BUSY", "WORKER_DIED", "NO_CARRIER", "GENERATED_REGISTRY", "STORE_WRITE_FAILED"],
      handle: async ({ body, caller }) => created(await service.create(body, caller)),
    }),
    route({
      method: "GET",
      path: "/v1/actions",
      summary: "All actions, newest first, in pages",
      auth: "key",
      query: ListQuery,
      response: { status: 200, description: "A page", schema: ActionPage },
      handle: ({ query }) => replyResult(service.list(query.after, query.limit ?? API.pageSize)),
    }),
    route({
      method: "GET",
      path: "/v1/actions/{id}",
      summary: "One action with its counts",
      auth: "key",
      response: action,
      handle: ({ id }) => replyResult(service.get(id)),
    }),
    route({
      method: "POST",
      path: "/v1/actions/{id}/dispatch",
      summary: "Select the recipients of a draft and send",
      auth: "key",
      sends: true,
      response: action,
      problems: ["WRONG_STATE", "BUSY", "WORKER_DIED", "NO_CARRIER", "GENERATED_REGISTRY", "STORE_WRITE_FAILED"],
      handle: async ({ id, caller }) => answered(await service.dispatch(id, caller)),
    }),
    route({
      method: "POST",
      path: "/v1/actions/{id}/stop",
      summary: "Stop sending: at most what is in flight still goes out",
      auth: "key",
      sends: true,
      response: action,
      problems: ["WRONG_STATE", "STORE_WRITE_FAILED"],
      handle: async ({ id, caller }) => answered(await service.stop(id, caller)),
    }),
    route({
      method: "POST",
      path: "/v1/actions/{id}/end",
      summary: "End the action: thank exactly those who were reached, and say how it ended",
      auth: "key",
      sends: true,
      body: EndRequest,
      response: action,
      problems: ["WRONG_STATE", "BUSY", "NO_CARRIER", "STORE_WRITE_FAILED"],
      handle: async ({ id, body, caller }) => answered(await service.end(id, body, caller)),
    }),
  ];
}

function replyRoutes(service: ActionService): Route[] {
  const response = { status: 200, description: "A page, in the order of arrival", schema: ReplyPage };
  return [
    route({
      method: "GET",
      path: "/v1/actions/{id}/replies",
      summary: "What those who were asked wrote back, in pages; who wrote is not kept",
      auth: "key",
      query: ReplyQuery,
      response,
      handle: ({ id, query }) => replyResult(service.replies(id, query.after ?? 0, query.limit ?? REPLIES.pageSize)),
    }),
    route({
      method: "GET",
      path: "/v1/unassigned-replies",
      summary: "The last messages that belong to no action, in pages; who wrote is not kept",
      auth: "key",
      query: ReplyQuery,
      response,
      handle: ({ query }) => replyResult(service.unassignedReplies(query.after ?? 0, query.limit ?? REPLIES.pageSize)),
    }),
  ];
}

function operationRoutes(service: ActionService, monitor: LiveFeed, metrics: Metrics): Route[] {
  return [
    route({
      method: "GET",
      path: "/v1/carriers",
      summary: "The carriers: binds, window, counters, latency",
      auth: "key",
      response: { status: 200, description: "All configured carriers", schema: CarrierList },
      handle: () => reply({ carriers: service.carriers() }),
    }),
    route({
      method: "GET",
      path: "/v1/stray-receipts",
      summary: "Delivery receipts that belonged to no one, newest first; they name no person",
      auth: "key",
      query: StrayQuery,
      response: { status: 200, description: "The latest ones", schema: StrayReceiptList },
      handle: ({ query }) => {
        const receipts = service.strayReceipts(query.limit ?? RECEIPTS.straysShown);
        return receipts.ok ? reply({ receipts: receipts.value }) : receipts;
      },
    }),
    route({
      method: "GET",
      path: MONITOR_PATH,
      summary: "Live monitoring by WebSocket; see /asyncapi.json",
      auth: "key",
      response: { status: 101, description: "Switching to WebSocket" },
      problems: ["UPGRADE_REQUIRED", "BUSY"],
      // A WebSocket request never gets here: the server upgrades it (upgrade.ts).
      handle: () => fail("UPGRADE_REQUIRED", "Connect with WebSocket; the messages are described in /asyncapi.json"),
    }),
    route({
      method: "GET",
      path: "/healthz",
      summary: "The process is alive",
      auth: "open",
      response: { status: 200, description: "It is", schema: Health },
      handle: () => reply({ status: "ok" }),
    }),
    route({
      method: "GET",
      path: "/readyz",
      summary: "The service can take an action",
      auth: "open",
      response: { status: 200, description: "It can", schema: Readiness },
      problems: ["NOT_READY"],
      handle: () => {
        const { ready, reasons } = service.readiness();
        return ready ? reply({ ready }) : fail("NOT_READY", reasons.join("; "));
      },
    }),
    route({
      method: "GET",
      path: "/metrics",
      summary: "Counters and durations for Prometheus; no personal data. From another machine with an API key",
      auth: "local",
      response: { status: 200, description: "Prometheus text format" },
      handle: async () => ok({ status: 200, body: await metrics.text(), contentType: metrics.contentType }),
    }),
    route({
      method: "GET",
      path: "/asyncapi.json",
      summary: "The WebSocket's messages, as AsyncAPI 3",
      auth: "open",
      response: { status: 200, description: "The document" },
      handle: () => reply(monitor.document),
    }),
  ];
}

function reply(body: unknown): Result<Reply> {
  return ok({ status: 200, body });
}

function replyResult(result: Result<unknown>): Result<Reply> {
  return result.ok ? reply(result.value) : result;
}

/** An answer that was given before is given again, and says so. */
function answered(result: Result<Answer>): Result<Reply> {
  if (!result.ok) return result;
  const { action, replayed } = result.value;
  return ok({ status: 200, body: action, ...(replayed && { headers: { "Idempotency-Replayed": "true" } }) });
}

function created(result: Result<Answer>): Result<Reply> {
  const answer = answered(result);
  if (!answer.ok || !result.ok) return answer;
  const location = { Location: `/v1/actions/${result.value.action.id}` };
  return ok({ ...answer.value, status: 201, headers: { ...answer.value.headers, ...location } });
}
