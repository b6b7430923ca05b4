/** The routes by which the desk says what a reply is worth, and has units told of it. */

import type { Principal } from "../../../../engine/rights/principal.js";
import type { Tips } from "../../../../engine/tips/tips.js";
import { MarkRequest, ReplySequence } from "../../../../schemas/api/action/reply.js";
import type { Action } from "../../../../schemas/api/api.js";
import type { Result } from "../../../../schemas/errors.js";
import { respondEmpty } from "../../request/response.js";
import { type Route, route } from "../../request/route.js";

const auth = { auth: "key", scopes: ["replies"] } as const;
const one = { params: { sequence: ReplySequence } };

/** `actionOf`: as whoever holds the key sees it. */
export function tipRoutes(tips: Tips, actionOf: (id: string, by: Principal) => Result<Action>): Route[] {
  return [
    route({
      method: "PUT",
      path: "/v1/actions/{id}/replies/{sequence}/mark",
      grows: true,
      summary: "Say what a reply is worth: useful, it led to success, or noise; null takes it back",
      ...auth,
      ...one,
      body: MarkRequest,
      response: { status: 204, description: "It is marked, and in the results" },
      problems: ["STORE_WRITE_FAILED"],
      handle: async ({ id, params, body, caller }) => {
        const action = actionOf(id, caller);
        return respondEmpty(action.ok ? await tips.mark(id, params.sequence, body.mark, caller.by) : action);
      },
    }),
    route({
      method: "POST",
      path: "/v1/actions/{id}/replies/{sequence}/forward",
      grows: true,
      summary: "Tell units of a reply and its photos, by every webhook of the topic reply; they read it by the API",
      ...auth,
      ...one,
      response: { status: 204, description: "They are told, however long that takes" },
      problems: ["WRONG_STATE", "STORE_WRITE_FAILED"],
      handle: async ({ id, params, caller }) => {
        const action = actionOf(id, caller);
        return respondEmpty(action.ok ? await tips.forward(action.value, params.sequence, caller.by) : action);
      },
    }),
  ];
}
