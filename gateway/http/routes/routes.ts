/**
 * The API as a table, from one array for each of its users. Each entry says what comes in, what goes out and who handles
 * it; server.ts routes and validates by it, openapi.ts describes it.
 */
import type { ActionService } from "../../../engine/actions/service.js";
import type { Metrics } from "../metrics.js";
import { documentRoute } from "../request/document.js";
import { openApiDocument } from "../request/openapi.js";
import type { Route } from "../request/route.js";
import { actionRoutes } from "./actions/action-routes.js";
import type { UpdatingTips } from "./actions/follow-up-routes.js";
import { type CompleteReply, replyRoutes } from "./actions/reply-routes.js";
import { operationRoutes } from "./operation-routes.js";

export interface RouteParts {
  readonly service: ActionService;
  /** What the feeds send, as AsyncAPI. */
  readonly asyncApi: () => object;
  readonly metrics: Metrics;
  /** Those of the parts that a service may have beside actions: positions, self-service, municipalities, reach. */
  readonly routes?: readonly Route[];
  /** What belongs to a reply and stands elsewhere; nothing when absent. */
  readonly completeReply?: CompleteReply;
  /** Replies of which an update may come; where absent, none does. */
  readonly tips?: UpdatingTips;
  /** What is wrong and does not keep the service from its work. */
  readonly warnings?: () => readonly string[];
}

export function routeTable({
  service,
  asyncApi,
  metrics,
  routes = [],
  warnings,
  completeReply,
  tips,
}: RouteParts): readonly Route[] {
  const table: Route[] = [
    ...actionRoutes(service, tips),
    ...replyRoutes(service, completeReply),
    ...operationRoutes(service, metrics, warnings),
    ...routes,
    documentRoute("/openapi.json", "This API, as OpenAPI 3.1", () => openApiDocument(table)),
    documentRoute("/asyncapi.json", "The WebSockets' messages, as AsyncAPI 3", asyncApi),
  ];
  return table;
}
