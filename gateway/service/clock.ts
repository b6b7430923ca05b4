/** What has to be done now and then while the service runs, once every DISPATCH.tidyMs and never twice at a time. */
import type { Actions } from "../../engine/actions/actions.js";
import type { Asked } from "../../engine/actions/fatigue/asked.js";
import type { Forecast } from "../../engine/actions/preview/forecast.js";
import type { Schedule } from "../../engine/actions/schedule.js";
import { MACHINE_CLOCK } from "../../engine/clock/clock.js";
import type { TimeNotes } from "../../engine/clock/time-notes.js";
import type { Opener } from "../../engine/dispatch/ledger/opening.js";
import type { CarrierMemory } from "../../engine/dispatch/plan/carrier-memory.js";
import type { History } from "../../engine/history/history.js";
import type { Pacing } from "../../engine/pacing/pacing.js";
import type { PageReplies } from "../../engine/pages/page-replies.js";
import type { LivePositions } from "../../engine/positions/live-positions.js";
import type { LiveRegistry } from "../../engine/registry/live/live-registry.js";
import type { TestGroups } from "../../engine/registry/test-groups.js";
import type { Confirmations } from "../../engine/replies/confirmations.js";
import type { Reacted } from "../../engine/replies/reacted.js";
import type { Results } from "../../engine/results/results.js";
import type { Retention } from "../../engine/retention/retention.js";
import type { Keys } from "../../engine/rights/keys.js";
import type { SelfService } from "../../engine/self/open.js";
import type { Delivering } from "../../engine/webhooks/delivering.js";
import { ok, type Problem } from "../../schemas/errors.js";
import { DISPATCH } from "../../schemas/limits.js";
import type { ConsoleSessions } from "../console/sessions.js";
import type { Closing } from "./closing.js";

export interface ClockParts extends Opener {
  readonly actions: Actions;
  readonly forecast: Forecast;
  readonly schedule: Schedule;
  readonly asked: Asked;
  readonly confirmations: Confirmations;
  readonly live: LiveRegistry;
  readonly positions: LivePositions;
  readonly self: SelfService;
  readonly pageReplies: PageReplies;
  readonly reacted: Reacted;
  readonly retention: Retention;
  readonly notes: TimeNotes;
  readonly memory: CarrierMemory;
  readonly keys: Keys;
  readonly consoleSessions: ConsoleSessions;
  readonly testGroups: TestGroups;
  readonly delivering: Delivering;
  readonly results: Results;
  readonly pacing: Pacing;
  readonly history: History;
}

/**
 * Starts actions at their time, closes what was opened with a key, or in a session, that has ended, measures carriers, paces what asks people and keeps what they have taught, lets positions that are
 * too old go, posts events that have waited, archives, confirms, sends codes that wait, forgets old Idempotency-Keys, ends pauses and removes what was kept long enough.
 */
export function startClock(parts: ClockParts, onFatal: (problem: Problem) => void, closing: Closing): void {
  const { consoleSessions, delivering, dispatcher, forecast, keys, live, pacing, positions, schedule } = parts;
  let tidying: Promise<void> | undefined;
  const timer = setInterval(() => {
    forecast.observe(dispatcher.accounts, MACHINE_CLOCK.steadyMs());
    schedule.tick();
    positions.sweep();
    delivering.work();
    pacing.tick();
    // Not behind a round that takes long: until then, whoever has the key goes on watching.
    keys.endOverdue();
    consoleSessions.sweep();
    // Beside the rest, which must not wait when a great many pauses end at one time.
    void live.sweep(Date.now()).then((resumed) => resumed.ok || onFatal(resumed.problem));
    tidying ??= tidy(parts, onFatal).finally(() => {
      tidying = undefined;
    });
  }, DISPATCH.tidyMs).unref();
  // Nothing begins any more, and what had begun is waited for: it writes to the store.
  closing.add(async () => {
    clearInterval(timer);
    await tidying;
  });
}

async function tidy(parts: ClockParts, onFatal: (problem: Problem) => void): Promise<void> {
  const {
    actions,
    archive,
    asked,
    confirmations,
    dispatcher,
    keys,
    memory,
    notes,
    results,
    retention,
    self,
    testGroups,
  } = parts;
  const used = await keys.tidyUse();
  if (!used.ok) onFatal(used.problem);
  const noted = dispatcher.waves.some(({ hasWork }) => hasWork) ? await notes.note() : ok(undefined);
  if (!noted.ok) onFatal(noted.problem);
  const told = await parts.history.tick(dispatcher.accounts, Date.now());
  if (!told.ok) onFatal(told.problem);
  const remembered = await memory.note(dispatcher.accounts.map(({ port }) => port));
  if (!remembered.ok) onFatal(remembered.problem);
  await archive.tidy();
  await asked.sweep(Date.now());
  const confirmed = await confirmations.send(parts, Date.now());
  await self.tidy();
  parts.pageReplies.sweep();
  const hidden = await parts.reacted.flush();
  if (!hidden.ok) onFatal(hidden.problem);
  const swept = await actions.sweep();
  const kept = await retention.tidy();
  const rested = await results.tidy();
  if (!rested.ok) onFatal(rested.problem);
  const grouped = await testGroups.tidy();
  if (!grouped.ok) onFatal(grouped.problem);
  const waits = !confirmed.ok && (confirmed.problem.code === "BUSY" || confirmed.problem.code === "DISK_FULL");
  if (!confirmed.ok && !waits) onFatal(confirmed.problem);
  if (!swept.ok) onFatal(swept.problem);
  if (!kept.ok) onFatal(kept.problem);
}
