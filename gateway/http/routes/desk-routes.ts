/** The routes by which an answering desk says how it does, so that what asks people is slowed to what it can deal with. */
import type { Pacing } from "../../../engine/pacing/pacing.js";
import { Desk, DeskReport } from "../../../schemas/desk/desk.js";
import { respond } from "../request/response.js";
import { type Route, route } from "../request/route.js";

const auth = { auth: "key", scopes: ["replies"] } as const;

export function deskRoutes(pacing: Pick<Pacing, "report" | "show">): Route[] {
  return [
    route({
      method: "PUT",
      path: "/v1/desk",
      summary:
        "Say how many reactions the desk deals with, and who waits; what asks people is slowed to that, danger to life apart",
      ...auth,
      body: DeskReport,
      response: { status: 200, description: "What follows from it", schema: Desk },
      handle: ({ body }) => {
        pacing.report(body);
        return respond(pacing.show());
      },
    }),
    route({
      method: "GET",
      path: "/v1/desk",
      summary: "How the desk does, and what is slowed for it",
      ...auth,
      response: { status: 200, description: "As it is now", schema: Desk },
      handle: () => respond(pacing.show()),
    }),
  ];
}
