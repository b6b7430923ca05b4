/** The routes of what citizens wrote back. */
import type { ActionService } from "../../../../engine/actions/service.js";
import { maskedReply } from "../../../../engine/pages/mask.js";
import { type Reply, ReplyPage, ReplyQuery } from "../../../../schemas/api/action/reply.js";
import type { Result } from "../../../../schemas/errors.js";
import { REPLIES } from "../../../../schemas/limits.js";
import { type HttpResponse, respond } from "../../request/response.js";
import { type Route, route } from "../../request/route.js";

/** A reply with what belongs to it and stands elsewhere: photos, answers. */
export type CompleteReply = (actionId: string, reply: Reply) => Reply;

export function replyRoutes(service: ActionService, complete: CompleteReply = (_, reply) => reply): Route[] {
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
      handle: ({ id, query, caller }) => {
        const page = service.replies(id, query.after ?? 0, query.limit ?? REPLIES.pageSize, caller);
        return shown(page, query.masked, (reply) => complete(id, reply));
      },
    }),
    route({
      method: "GET",
      path: "/v1/unassigned-replies",
      summary: "The last messages that belong to no action, in pages; who wrote is not kept",
      auth: "key",
      scopes: ["replies"],
      query: ReplyQuery,
      response,
      handle: ({ query, caller }) => {
        const page = service.unassignedReplies(query.after ?? 0, query.limit ?? REPLIES.pageSize, caller);
        return shown(page, query.masked, (reply) => reply);
      },
    }),
  ];
}

function shown(
  page: Result<ReplyPage>,
  isMasked: "true" | "false" | undefined,
  complete: (reply: Reply) => Reply,
): Result<HttpResponse> {
  if (!page.ok) return page;
  const replies = page.value.replies.map(complete);
  const seen = isMasked === "true" ? replies.map(maskedReply) : replies;
  return respond({ ...page.value, replies: seen });
}
