/** The route by which the trail of who did what is read. */
import type { Trail } from "../../../engine/audit/trail.js";
import { AuditPage, AuditQuery } from "../../../schemas/api/audit.js";
import { respond } from "../request/response.js";
import { type Route, route } from "../request/route.js";

export function auditRoutes(trail: Pick<Trail, "page">): Route[] {
  return [
    route({
      method: "GET",
      path: "/v1/audit-records",
      summary: "Who did what, when, and to what, newest first, in pages; nothing personal",
      auth: "key",
      scopes: ["audit"],
      query: AuditQuery,
      response: { status: 200, description: "A page", schema: AuditPage },
      handle: ({ query }) => respond(trail.page(query)),
    }),
  ];
}
