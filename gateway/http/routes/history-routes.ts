/** The route with which charts of the carriers are drawn. */
import type { History } from "../../../engine/history/history.js";
import { showHistory } from "../../../engine/history/shown.js";
import { CarrierHistory, HistoryQuery } from "../../../schemas/history/history.js";
import { respond } from "../request/response.js";
import { type Route, route } from "../request/route.js";

export function historyRoutes(history: History): Route[] {
  return [
    route({
      method: "GET",
      path: "/v1/history",
      summary: "How carriers did over an hour, a day or a month: rates, latency percentiles, queues, errors by cause",
      auth: "key",
      scopes: ["watch"],
      query: HistoryQuery,
      response: { status: 200, description: "Until now", schema: CarrierHistory },
      handle: async ({ query }) => respond(await showHistory(history, query, Date.now())),
    }),
  ];
}
