/** What the service answers on its port: the API with all its routes, the monitor's feed and /metrics. A part of service.ts. */
import { join } from "node:path";
import type { Logger } from "pino";
import type { Actions } from "../../../engine/actions/actions.js";
import type { Claims } from "../../../engine/actions/guard/claims.js";
import type { GuardedActions } from "../../../engine/actions/guard/guarded.js";
import type { Kinds } from "../../../engine/actions/kinds/kinds.js";
import type { Operating } from "../../../engine/actions/operating.js";
import type { Running } from "../../../engine/actions/running.js";
import type { Trail } from "../../../engine/audit/trail.js";
import type { History } from "../../../engine/history/history.js";
import type { Pacing } from "../../../engine/pacing/pacing.js";
import type { TestGroups } from "../../../engine/registry/test-groups.js";
import type { ReplyChanges } from "../../../engine/replies/changes.js";
import type { Marks } from "../../../engine/replies/marks.js";
import type { ReplyStore } from "../../../engine/replies/reply-store.js";
import type { Results } from "../../../engine/results/results.js";
import type { Keys } from "../../../engine/rights/keys.js";
import type { Store } from "../../../engine/store/store.js";
import { Tips } from "../../../engine/tips/tips.js";
import type { Webhooks } from "../../../engine/webhooks/webhooks.js";
import { ok, type Result } from "../../../schemas/errors.js";
import { consoleRoutes } from "../../console/serve.js";
import { sessionRoutes } from "../../console/session-routes.js";
import type { ConsoleSessions } from "../../console/sessions.js";
import { LOCAL_SOCKET } from "../../http/doors.js";
import type { Metrics } from "../../http/metrics.js";
import type { TrustedProxies } from "../../http/request/client-address.js";
import type { Route } from "../../http/request/route.js";
import { kindRoutes } from "../../http/routes/actions/kind-routes.js";
import { testGroupRoutes } from "../../http/routes/actions/test-group-routes.js";
import { auditRoutes } from "../../http/routes/audit-routes.js";
import { audited } from "../../http/routes/audited.js";
import { deskRoutes, REPLY_STREAM_PATH } from "../../http/routes/desk-routes.js";
import { historyRoutes } from "../../http/routes/history-routes.js";
import { keyRoutes } from "../../http/routes/key-routes.js";
import { mapRoutes } from "../../http/routes/map-routes.js";
import { carrierRoutes } from "../../http/routes/operation-routes.js";
import { callRoutes } from "../../http/routes/pages/call-routes.js";
import { mediaRoutes } from "../../http/routes/pages/media-routes.js";
import { pageRoutes } from "../../http/routes/pages/page-routes.js";
import { completed, type PageParts } from "../../http/routes/pages/parts.js";
import { tipRoutes } from "../../http/routes/pages/tip-routes.js";
import { positionRoutes } from "../../http/routes/position-routes.js";
import { reachRoutes } from "../../http/routes/reach-routes.js";
import { resultRoutes } from "../../http/routes/result-routes.js";
import { webhookRoutes } from "../../http/routes/webhook-routes.js";
import { startServer } from "../../http/server.js";
import { asyncApiDocument } from "../../monitor/asyncapi.js";
import { MonitorFeed } from "../../monitor/feed.js";
import { ReplyFeed } from "../../monitor/reply-feed.js";
import type { RunningCarriers } from "../../smpp/carrier/running-carriers.js";
import type { Closing } from "../closing.js";
import { alarmsOfDesk } from "../desk-alarms.js";
import { alarmsOfKeys } from "../key-alarms.js";
import type { RunningMunicipality } from "../municipality.js";
import type { Registered } from "../registering.js";
import { alarmsOf, type RunningSelfService } from "../self-service.js";
import type { Pages } from "./pages.js";
import { alarmsOfWebhooks } from "./webhooks.js";

export interface ApiParts extends Pick<Registered, "positions" | "reach" | "map">, Pages {
  readonly store: Store;
  readonly keys: Keys;
  readonly trail: Trail;
  readonly consoleSessions: ConsoleSessions;
  readonly actions: Actions;
  readonly guarded: GuardedActions;
  readonly claims: Claims;
  readonly kinds: Kinds;
  readonly testGroups: TestGroups;
  readonly carriers: RunningCarriers;
  readonly operating: Operating;
  readonly history: History;
  readonly webhooks: Webhooks;
  readonly results: Results;
  readonly pacing: Pacing;
  readonly replies: ReplyStore;
  readonly marks: Marks;
  readonly replyChanges: ReplyChanges;
  readonly running: Running;
  readonly self: RunningSelfService;
  readonly municipality: RunningMunicipality;
  readonly metrics: Metrics;
  readonly trustedProxies: TrustedProxies;
}

export interface ApiOptions {
  readonly publicUrl?: string | undefined;
  readonly dataFolder: string;
  readonly host: string;
  readonly port: number;
  readonly metricsPort?: number | undefined;
  readonly log: Logger;
}

/** Its port. ADDRESS_UNAVAILABLE or CONFIGURATION_INVALID. */
export async function startApi(parts: ApiParts, options: ApiOptions, closing: Closing): Promise<Result<number>> {
  const { store, keys, trail, actions, guarded, carriers, self, municipality, metrics, trustedProxies } = parts;
  const { host, port, metricsPort, log } = options;
  const pages = pageParts(parts, options.publicUrl);
  const server = await startServer({
    service: guarded,
    completeReply: (actionId, reply) => completed(pages, actionId, reply),
    tips: pages.tips,
    keys,
    monitor: monitorFeed(parts),
    asyncApi: asyncApiDocument,
    feeds: { [REPLY_STREAM_PATH]: replyFeed(parts, pages) },
    sessions: self.sessions,
    console: parts.consoleSessions,
    routes: audited([...routesOf(parts, pages), ...self.routes, ...municipality.routes], trail),
    localPath: join(options.dataFolder, LOCAL_SOCKET),
    full: () => store.space.problem,
    ...{ metrics, trustedProxies, host, port, metricsPort, log },
  });
  if (!server.ok) return server;
  closing.add(() => server.value.close());
  // Before the server closes: what still comes in while it does is refused.
  closing.add(() => {
    actions.beginClosing();
    carriers.beginClosing();
  });
  return ok(server.value.port);
}

function routesOf(parts: ApiParts, pages: PageParts): Route[] {
  return [
    ...positionRoutes(parts.positions),
    ...reachRoutes(parts.reach),
    ...mapRoutes(parts.map),
    ...keyRoutes(parts.keys),
    ...sessionRoutes(parts.consoleSessions, parts.trail),
    ...consoleRoutes(),
    ...auditRoutes(parts.trail),
    ...kindRoutes(parts.kinds),
    ...testGroupRoutes(parts.testGroups),
    ...webhookRoutes(parts.webhooks),
    ...resultRoutes(parts.results),
    ...carrierRoutes(parts.operating),
    ...historyRoutes(parts.history),
    ...deskRoutes(parts.pacing),
    ...mediaRoutes(pages),
    ...callRoutes(pages),
    ...tipRoutes(pages.tips, pages.action),
    ...pageRoutes(pages),
  ];
}

/** What screens watch. */
function monitorFeed({ actions, operating, self, keys, claims, webhooks, pacing }: ApiParts): MonitorFeed {
  return new MonitorFeed({
    snapshot: () => ({
      actions: actions.watched(),
      carriers: actions.carriers(),
      alarms: [
        ...operating.alarms(),
        ...alarmsOf(self.service.converted),
        ...alarmsOfKeys(keys, claims, Date.now()),
        ...alarmsOfWebhooks(webhooks),
        ...alarmsOfDesk(pacing),
      ],
    }),
  });
}

/** What the desk sees of all running actions. */
function replyFeed({ replies, replyChanges, running, guarded }: ApiParts, pages: PageParts): ReplyFeed {
  return new ReplyFeed({
    changes: replyChanges,
    look: () => running.look(Date.now()),
    running: () => running.ids(Date.now()),
    reaches: (actionId, by) => guarded.get(actionId, by).ok,
    one: (actionId, place, by) => {
      const reply = replies.one(actionId, place, by.scopes.has("evidence"));
      return reply.ok ? ok(completed(pages, actionId, reply.value)) : reply;
    },
    lastBefore: (actionId, place, by) => {
      const reply = replies.lastBefore(actionId, place, by.scopes.has("evidence"));
      return reply && completed(pages, actionId, reply);
    },
  });
}

function tipsOf({ store, replies, marks, trail, webhooks, results, media }: ApiParts): Tips {
  return new Tips({
    ...{ store, replies, marks, trail, webhooks, now: Date.now },
    changed: (actionId) => results.changed(actionId),
    mediaOf: (actionId, place) =>
      media.records.of(actionId, place).flatMap(({ id, state }) => (state === "ready" ? [id] : [])),
  });
}

function pageParts(parts: ApiParts, publicUrl: string | undefined): PageParts {
  const { media, pageReplies, links, uploads, actions, guarded, self } = parts;
  return {
    ...{ media, links, uploads, publicUrl, replies: pageReplies, tips: tipsOf(parts) },
    action: (id, by) => guarded.get(id, by),
    anyAction: (id) => actions.get(id),
    sendSms: (number, text, expiresInMs) => self.sendSms(number, text, expiresInMs),
  };
}
