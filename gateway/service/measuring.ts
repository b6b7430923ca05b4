/** Where /metrics finds what the parts of the service count. A part of service.ts. */
import type { Actions } from "../../engine/actions/actions.js";
import type { Asking } from "../../engine/actions/fatigue/asking.js";
import type { Claims } from "../../engine/actions/guard/claims.js";
import type { Lifecycle } from "../../engine/actions/lifecycle.js";
import type { Holding } from "../../engine/actions/waves/holding.js";
import type { Trail } from "../../engine/audit/trail.js";
import type { Dispatcher } from "../../engine/dispatch/ledger/dispatcher.js";
import type { Media } from "../../engine/media/media.js";
import type { Imports } from "../../engine/municipality/import/imports.js";
import type { Pacing } from "../../engine/pacing/pacing.js";
import type { PageReplies } from "../../engine/pages/page-replies.js";
import type { TaskPool } from "../../engine/pool/tasks.js";
import type { LivePositions } from "../../engine/positions/live-positions.js";
import type { LiveRegistry } from "../../engine/registry/live/live-registry.js";
import type { ReplyChanges } from "../../engine/replies/changes.js";
import type { Reacted } from "../../engine/replies/reacted.js";
import type { ReplyHandler } from "../../engine/replies/reply-handler.js";
import type { Keys } from "../../engine/rights/keys.js";
import type { ParticipantService } from "../../engine/self/participant-service.js";
import type { Store } from "../../engine/store/store.js";
import type { Webhooks } from "../../engine/webhooks/webhooks.js";
import type { ActionStatus } from "../../schemas/words.js";
import type { ConsoleSessions } from "../console/sessions.js";
import type { MetricsSource } from "../http/metrics-source.js";

export interface Measured {
  readonly store: Store;
  readonly actions: Actions;
  readonly asking: Pick<Asking, "leftOut">;
  readonly lifecycle: Lifecycle;
  readonly holding: Holding;
  readonly dispatcher: Dispatcher;
  readonly replyHandler: ReplyHandler;
  readonly media: Pick<Media, "counts">;
  readonly pageReplies: Pick<PageReplies, "counts">;
  readonly reacted: Pick<Reacted, "waiting">;
  readonly replyChanges: Pick<ReplyChanges, "sequence" | "followers">;
  readonly live: LiveRegistry;
  readonly positions: LivePositions;
  readonly pool: TaskPool;
  readonly self: Pick<ParticipantService, "codes" | "converted">;
  readonly imports: Imports;
  readonly keys: Pick<Keys, "endingSoon">;
  readonly consoleSessions: Pick<ConsoleSessions, "size" | "counts">;
  readonly trail: Pick<Trail, "counts">;
  readonly claims: Pick<Claims, "refused">;
  readonly webhooks: Webhooks;
  readonly pacing: Pick<Pacing, "show">;
  readonly droppedLogLines: () => number;
}

export function metricsSource(parts: Measured): MetricsSource {
  const {
    store,
    actions,
    asking,
    lifecycle,
    holding,
    dispatcher,
    replyHandler,
    live,
    positions,
    pool,
    self,
    imports,
    keys,
    trail,
    claims,
    webhooks,
    pacing,
  } = parts;
  return {
    carriers: () => actions.carriers(),
    actions: () => actions.created.actual,
    unreal: () => {
      const { exercise, test } = actions.created;
      return { exercise: total(exercise), test: total(test) };
    },
    failures: () => lifecycle.failures.counts,
    disk: () => ({ freeBytes: store.space.freeBytes, isFull: store.space.problem !== null }),
    held: () => holding.count,
    underWay: () => {
      const counts: Partial<Record<ActionStatus, number>> = {};
      for (const { status } of lifecycle.underWay) counts[status] = (counts[status] ?? 0) + 1;
      return counts;
    },
    kept: () => dispatcher.kept,
    damaged: () => store.damaged,
    decoded: () => store.decoded,
    withoutCarrier: () => dispatcher.waves.reduce((sum, { queue }) => sum + queue.unserved, 0),
    leftOut: () => asking.leftOut,
    desk: () => pacing.show(),
    deliveries: () => webhooks.outbox.counts,
    webhooksFailing: () => webhooks.all().filter(({ id }) => webhooks.outbox.line(id)?.isFailing).length,
    webhooksPending: () => webhooks.all().reduce((sum, { id }) => sum + (webhooks.outbox.line(id)?.pending ?? 0), 0),
    deadLetters: () => webhooks.all().reduce((sum, { id }) => sum + (webhooks.outbox.line(id)?.dead.size ?? 0), 0),
    previewsRefused: () => actions.previewsRefused,
    recipients: () => actions.recipients(),
    wavesOpened: () => lifecycle.wavesOpened,
    incoming: () => replyHandler.incoming,
    media: () => parts.media.counts,
    replyChanges: () => parts.replyChanges,
    reactionsWaiting: () => parts.reacted.waiting,
    pageReplies: () => parts.pageReplies.counts,
    droppedLogLines: parts.droppedLogLines,
    participants: () => live.count,
    commits: () => store.commits,
    pool: () => ({ waiting: pool.queueSize + pool.turns.waiting, died: pool.died }),
    codes: () => self.codes,
    converted: () => self.converted,
    imports: () => imports.counts,
    positions: () => positions.counts,
    consoleSessions: () => parts.consoleSessions.size,
    signIns: () => parts.consoleSessions.counts,
    keysEnding: () => keys.endingSoon.length,
    audit: () => trail.counts,
    refused: () => claims.refused,
  };
}

function total(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}
