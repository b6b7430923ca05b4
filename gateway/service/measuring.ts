/** Where /metrics finds what the parts of the service count. A part of service.ts. */
import type { Actions } from "../../engine/actions/actions.js";
import type { Course } from "../../engine/actions/course.js";
import type { Holding } from "../../engine/actions/waves/holding.js";
import type { Trail } from "../../engine/audit/trail.js";
import type { Dispatcher } from "../../engine/dispatch/ledger/dispatcher.js";
import type { Imports } from "../../engine/municipality/import/imports.js";
import type { TaskPool } from "../../engine/pool/tasks.js";
import type { PositionDesk } from "../../engine/positions/desk.js";
import type { LiveRegistry } from "../../engine/registry/live/live-registry.js";
import type { ReplyDesk } from "../../engine/replies/desk.js";
import type { SelfDesk } from "../../engine/self/desk.js";
import type { Store } from "../../engine/store/store.js";
import type { MetricsSource } from "../http/pulled-metrics.js";

export interface Measured {
  readonly store: Store;
  readonly actions: Actions;
  readonly course: Course;
  readonly holding: Holding;
  readonly dispatcher: Dispatcher;
  readonly desk: ReplyDesk;
  readonly live: LiveRegistry;
  readonly positions: PositionDesk;
  readonly pool: TaskPool;
  readonly self: Pick<SelfDesk, "codes" | "converted">;
  readonly imports: Imports;
  readonly trail: Pick<Trail, "counts">;
  readonly droppedLogLines: () => number;
}

export function metricsSource(parts: Measured): MetricsSource {
  const { store, actions, course, holding, dispatcher, desk, live, positions, pool, self, imports, trail } = parts;
  return {
    carriers: () => actions.carriers(),
    actions: () => actions.created,
    failures: () => course.failures.counts,
    disk: () => ({ freeBytes: store.space.freeBytes, isFull: store.space.problem !== null }),
    held: () => holding.count,
    damaged: () => store.damaged,
    decoded: () => store.decoded,
    withoutCarrier: () => dispatcher.waves.reduce((sum, { queue }) => sum + queue.unserved, 0),
    recipients: () => actions.recipients(),
    incoming: () => desk.incoming,
    droppedLogLines: parts.droppedLogLines,
    participants: () => live.count,
    commits: () => store.commits,
    pool: () => ({ waiting: pool.queueSize + pool.turns.waiting, died: pool.died }),
    codes: () => self.codes,
    converted: () => self.converted,
    imports: () => imports.counts,
    positions: () => positions.counts,
    audit: () => trail.counts,
  };
}
