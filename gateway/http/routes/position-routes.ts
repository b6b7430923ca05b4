/** The routes of the app's own service, which tells where phones are: in one request, or as a stream. */
import type { PositionService } from "../../../engine/positions/service.js";
import { PositionReport, PositionUpdates } from "../../../schemas/api/position.js";
import { ok } from "../../../schemas/errors.js";
import { PositionBatch } from "../positions/position-batch.js";
import { PositionStream } from "../positions/position-stream.js";
import { type Route, route } from "../request/route.js";

export function positionRoutes(service: PositionService): Route[] {
  const response = { status: 200, description: "What was taken is on the disk", schema: PositionReport };
  const shared = { method: "POST", auth: "key", scopes: ["positions"], grows: true, response } as const;
  return [
    route({
      ...shared,
      path: "/v1/positions",
      summary: "Where phones are; what is wrong with one position is said of that one",
      body: PositionUpdates,
      receive: {
        contentTypes: ["application/json"],
        start: ({ caller }, refuse) => ok(new PositionBatch(service, caller.keyId, refuse)),
      },
      problems: ["BAD_JSON", "BODY_TOO_LARGE", "BODY_TOO_SLOW", "INVALID_FIELD", "BUSY", "STORE_WRITE_FAILED"],
    }),
    route({
      ...shared,
      path: "/v1/positions/stream",
      summary: "Where phones are, a JSON object as in the list of /v1/positions on each line, of any length",
      receive: {
        contentTypes: ["application/x-ndjson"],
        start: () => ok(new PositionStream(service)),
      },
      problems: ["STORE_WRITE_FAILED"],
    }),
  ];
}
