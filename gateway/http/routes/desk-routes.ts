/** The routes by which an answering desk says how it does, so that what asks people is slowed to what it can deal with. */
import type { Pacing } from "../../../engine/pacing/pacing.js";
import { Desk, DeskReport } from "../../../schemas/desk/desk.js";
import { fail } from "../../../schemas/errors.js";
import { StreamQuery } from "../../../schemas/replies/stream.js";
import { respond } from "../request/response.js";
import { type Route, route } from "../request/route.js";

export const REPLY_STREAM_PATH = "/v1/desk/replies";

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
    route({
      method: "GET",
      path: REPLY_STREAM_PATH,
      summary: "Follow the replies to all running actions by WebSocket; see /asyncapi.json",
      ...auth,
      query: StreamQuery,
      response: { status: 101, description: "Switching to WebSocket" },
      problems: ["UPGRADE_REQUIRED", "BUSY"],
      // A WebSocket request never gets here: the server upgrades it (upgrade.ts).
      handle: () => fail("UPGRADE_REQUIRED", "Connect with WebSocket; the messages are described in /asyncapi.json"),
    }),
  ];
}
