/** The routes of what citizens wrote back. */
import type { ActionService } from "../../../../engine/actions/service.js";
import { ReplyPage, ReplyQuery } from "../../../../schemas/api/action/reply.js";
import { REPLIES } from "../../../../schemas/limits.js";
import { respondWith } from "../../request/response.js";
import { type Route, route } from "../../request/route.js";

export function replyRoutes(service: ActionService): Route[] {
  const response = { status: 200, description: "A page, in the order of arrival", schema: ReplyPage };
  return [
    route({
      method: "GET",
      path: "/v1/actions/{id}/replies",
      summary: "What those who were asked wrote back, in pages; who wrote is not kept",
      auth: "key",
      scopes: ["replies"],
      query: ReplyQuery,
      response,
      handle: ({ id, query, caller }) =>
        respondWith(service.replies(id, query.after ?? 0, query.limit ?? REPLIES.pageSize, caller)),
    }),
    route({
      method: "GET",
      path: "/v1/unassigned-replies",
      summary: "The last messages that belong to no action, in pages; who wrote is not kept",
      auth: "key",
      scopes: ["replies"],
      query: ReplyQuery,
      response,
      handle: ({ query, caller }) =>
        respondWith(service.unassignedReplies(query.after ?? 0, query.limit ?? REPLIES.pageSize, caller)),
    }),
  ];
}
