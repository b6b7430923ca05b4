/** The routes of those who run the service: carriers, stray receipts, health, metrics and the live feed. */
import type { Operating } from "../../../engine/actions/operating.js";
import type { ActionService } from "../../../engine/actions/service.js";
import {
  CarrierChange,
  CarrierList,
  CarrierName,
  ChangedCarrier,
  Health,
  Readiness,
  StrayQuery,
  StrayReceiptList,
} from "../../../schemas/api/operations.js";
import { fail, ok } from "../../../schemas/errors.js";
import { RECEIPTS } from "../../../schemas/limits.js";
import type { Metrics } from "../metrics.js";
import { respond } from "../request/response.js";
import { type Route, route } from "../request/route.js";

export const MONITOR_PATH = "/v1/monitor";
export const METRICS_PATH = "/metrics";

/** `warnings`: what is wrong and does not keep the service from its work. */
export function operationRoutes(
  service: ActionService,
  metrics: Metrics,
  warnings: () => readonly string[] = () => [],
): Route[] {
  return [...watchingRoutes(service, metrics), ...healthRoutes(service, warnings)];
}

function watchingRoutes(service: ActionService, metrics: Metrics): Route[] {
  return [
    route({
      method: "GET",
      path: "/v1/carriers",
      summary: "The carriers: binds, window, counters, latency",
      auth: "key",
      scopes: ["watch"],
      response: { status: 200, description: "All configured carriers", schema: CarrierList },
      handle: () => respond({ carriers: service.carriers() }),
    }),
    route({
      method: "GET",
      path: "/v1/stray-receipts",
      summary: "Delivery receipts that belonged to no one, newest first; they name no person",
      auth: "key",
      scopes: ["watch"],
      query: StrayQuery,
      response: { status: 200, description: "The latest ones", schema: StrayReceiptList },
      handle: ({ query }) => {
        const receipts = service.strayReceipts(query.limit ?? RECEIPTS.straysShown);
        return receipts.ok ? respond({ receipts: receipts.value }) : receipts;
      },
    }),
    route({
      method: "GET",
      path: MONITOR_PATH,
      summary: "Live monitoring by WebSocket; see /asyncapi.json",
      auth: "key",
      scopes: ["watch"],
      response: { status: 101, description: "Switching to WebSocket" },
      problems: ["UPGRADE_REQUIRED", "BUSY"],
      // A WebSocket request never gets here: the server upgrades it (upgrade.ts).
      handle: () => fail("UPGRADE_REQUIRED", "Connect with WebSocket; the messages are described in /asyncapi.json"),
    }),
    route({
      method: "GET",
      path: METRICS_PATH,
      summary: "Counters and durations for Prometheus; no personal data",
      auth: "key",
      scopes: ["watch", "metrics"],
      response: { status: 200, description: "Prometheus text format" },
      handle: async () => ok({ status: 200, body: await metrics.text(), contentType: metrics.contentType }),
    }),
  ];
}

/** What operators do with carriers. */
export function carrierRoutes(operating: Operating): Route[] {
  return [
    route({
      method: "PATCH",
      path: "/v1/carriers/{carrier}",
      summary: "Pause, drain or weigh a carrier, or use it as its file says; it holds over restarts",
      auth: "key",
      scopes: ["operate"],
      params: { carrier: CarrierName },
      body: CarrierChange,
      response: { status: 200, description: "The carrier as it is used now; on the disk", schema: ChangedCarrier },
      problems: ["STORE_WRITE_FAILED"],
      handle: async ({ params, body, caller }) => {
        const changed = await operating.change(params.carrier, body, caller.by);
        return changed.ok ? respond(changed.value) : changed;
      },
    }),
  ];
}

function healthRoutes(service: ActionService, warnings: () => readonly string[]): Route[] {
  return [
    route({
      method: "GET",
      path: "/healthz",
      summary: "The process is alive",
      auth: "open",
      response: { status: 200, description: "It is", schema: Health },
      handle: () => respond({ status: "ok" }),
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
        return ready ? respond({ ready, warnings: [...warnings()] }) : fail("NOT_READY", reasons.join("; "));
      },
    }),
  ];
}
