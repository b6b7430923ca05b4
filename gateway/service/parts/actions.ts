/** What operators start, stop and follow: the actions, over what sends. A part of service.ts. */
import type { Logger } from "pino";
import { ActionStore } from "../../../engine/actions/action-store.js";
import { Actions } from "../../../engine/actions/actions.js";
import { Asked } from "../../../engine/actions/fatigue/asked.js";
import { type AskedBounds, Asking } from "../../../engine/actions/fatigue/asking.js";
import { recallAsked } from "../../../engine/actions/fatigue/recall.js";
import { Claims } from "../../../engine/actions/guard/claims.js";
import { GuardedActions } from "../../../engine/actions/guard/guarded.js";
import { Paying, type PayingParts } from "../../../engine/actions/guard/paying.js";
import type { Kinds } from "../../../engine/actions/kinds/kinds.js";
import { Lifecycle, type LifecycleHooks } from "../../../engine/actions/lifecycle.js";
import { HeldSelector } from "../../../engine/actions/modes/held-selector.js";
import { Operating } from "../../../engine/actions/operating.js";
import { requestCheck } from "../../../engine/actions/preview/area-check.js";
import { costOfAll } from "../../../engine/actions/preview/cost.js";
import { Forecast } from "../../../engine/actions/preview/forecast.js";
import { Previews } from "../../../engine/actions/preview/preview.js";
import { ACTION_CHANNEL } from "../../../engine/actions/record.js";
import { Running } from "../../../engine/actions/running.js";
import { Schedule } from "../../../engine/actions/schedule.js";
import { Readers } from "../../../engine/actions/texts/readers.js";
import { textChecks } from "../../../engine/actions/texts/text-checks.js";
import { showForecast } from "../../../engine/actions/views/forecast-view.js";
import { Holding } from "../../../engine/actions/waves/holding.js";
import { Resending } from "../../../engine/actions/waves/resend.js";
import { MACHINE_CLOCK } from "../../../engine/clock/clock.js";
import type { Dispatcher } from "../../../engine/dispatch/ledger/dispatcher.js";
import type { NewWave } from "../../../engine/dispatch/ledger/opening.js";
import type { WaveForecast } from "../../../engine/dispatch/ledger/wave-record.js";
import { isPaced } from "../../../engine/pacing/pacing.js";
import { TestGroups } from "../../../engine/registry/test-groups.js";
import { Results } from "../../../engine/results/results.js";
import { NO_SPARING } from "../../../engine/selection/query/persons.js";
import type { AskedKind } from "../../../engine/self/own-asked.js";
import type { Store } from "../../../engine/store/store.js";
import type { Metrics } from "../../http/metrics.js";
import type { Closing } from "../closing.js";
import type { Registered } from "../registering.js";
import type { Dispatch, DispatchEvents } from "./dispatch.js";
import type { Rights } from "./rights.js";

export interface Acting {
  readonly kinds: Kinds;
  readonly actions: Actions;
  /** As who holds a key sees them. */
  readonly guarded: GuardedActions;
  readonly claims: Claims;
  readonly records: ActionStore;
  readonly running: Running;
  readonly lifecycle: Lifecycle;
  readonly holding: Holding;
  readonly schedule: Schedule;
  readonly forecast: Forecast;
  readonly testGroups: TestGroups;
  readonly results: Results;
  readonly asked: Asked;
  readonly asking: Asking;
  readonly operating: Operating;
  /** Every kind of action as it would be sent, for whoever asks whether it would reach them. */
  readonly askedKinds: () => readonly AskedKind[];
}

interface ActingOptions {
  readonly kinds: Kinds;
  readonly log: Logger;
  /** How often somebody is asked at most; no bounds when absent. */
  readonly askedAtMost?: AskedBounds;
  /** By which citizens reach the service: a link to it is the organisation's own. */
  readonly publicUrl?: string | undefined;
}

export function startActions(
  store: Store,
  { selector: everybody, live, participants, places, checkArea }: Registered,
  { waves, archive, dispatcher, memory, controls, replies, marks, reacted, pacing }: Dispatch,
  { keys, trail }: Rights,
  { log, kinds, askedAtMost = NO_SPARING, publicUrl }: ActingOptions,
  metrics: Metrics,
  closing: Closing,
): Acting {
  const records = new ActionStore(store);
  const testGroups = new TestGroups(store, live.generation, (participant) => live.has(participant));
  const selector = new HeldSelector(everybody, testGroups);
  const forecast = new Forecast(memory, (recipients) => pacing.askingMs(recipients));
  const ports = () => dispatcher.carriers.pricedOf(ACTION_CHANNEL);
  const paying = payingWith(keys, dispatcher, ports);
  const hooks = {
    ...hooksOf(metrics, log),
    readers: new Readers(participants),
    paying,
    reactedTo: (actionId: string) => reacted.of(actionId),
    forecast: (wave: NewWave, recipients: readonly number[]) => forecastOf(wave, recipients, forecast, dispatcher),
  };
  const asked = new Asked(participants.asked, waves);
  waves.beforePeopleGo = (waveId) => asked.forget(waveId);
  const asking = new Asking(
    participants,
    asked,
    askedAtMost,
    () => live.count,
    (kind) => kinds.isAlone(kind),
  );
  const lifecycle = new Lifecycle(records, waves, archive, dispatcher, selector, asking, live.generation, hooks);
  closing.add(() => lifecycle.close());
  const check = requestCheck(checkArea, places);
  const holding = new Holding(lifecycle);
  const schedule = new Schedule(lifecycle, MACHINE_CLOCK, dispatcher.watch);
  const resending = new Resending(archive, dispatcher);
  const checks = textChecks(store, kinds, lifecycle, (lng, lat) => places.fastMunicipalityAt(lng, lat), publicUrl);
  const actions = new Actions(
    store,
    lifecycle,
    holding,
    resending,
    dispatcher,
    new Previews(check, selector, dispatcher, forecast, asking, kinds, checks, MACHINE_CLOCK),
    kinds,
    checks,
    replies,
    check,
    trail,
    MACHINE_CLOCK,
    testGroups,
  );
  const claims = new Claims({
    kinds,
    selector,
    ...{ paying, spending: keys.spending, ports },
    checkRequest: check,
    asking,
    municipalityAt: places.boundaries && ((lng, lat) => places.municipalityAt(lng, lat)),
    now: Date.now,
    testGroups,
  });
  const guarded = new GuardedActions(actions, claims, keys);
  return {
    kinds,
    actions,
    guarded,
    claims,
    ...{ records, lifecycle, holding, schedule, testGroups },
    running: new Running(records),
    results: resultsOf(store, records, lifecycle, { replies, marks }, places),
    forecast,
    asked,
    asking,
    operating: new Operating({ dispatcher, controls, trail, now: Date.now }),
    askedKinds: () => askedKinds(asking, kinds),
  };
}

function payingWith(keys: Rights["keys"], dispatcher: Dispatcher, ports: PayingParts["ports"]): Paying {
  const budgetOf = (keyId: string) => {
    const key = keys.get(keyId);
    return key.ok ? key.value.budget : undefined;
  };
  const write = (put: () => void) => void dispatcher.write(put);
  return new Paying({ spending: keys.spending, budgetOf, ports, now: Date.now, write });
}

/** What actions came to. */
function resultsOf(
  store: Store,
  records: ActionStore,
  { found }: Lifecycle,
  { replies, marks }: Pick<Dispatch, "replies" | "marks">,
  places: Registered["places"],
): Results {
  const municipalityAt = (lng: number, lat: number) => places.municipalityAt(lng, lat);
  const ledToSuccess = (actionId: string) => marks.ledToSuccess(actionId);
  return new Results({ store, records, replies, found, clock: MACHINE_CLOCK, municipalityAt, ledToSuccess });
}

/** `ofTexts`: recipients of each text. */
function forecastOf(
  wave: NewWave,
  ofTexts: readonly number[],
  forecast: Forecast,
  dispatcher: Dispatcher,
): WaveForecast {
  const { texts, domain, extreme = false, timeCritical, startedAtMs } = wave;
  const messages = texts.map((text, number) => ({ text, recipients: ofTexts[number]! }));
  const { carriers } = dispatcher;
  const asked = {
    recipients: messages.reduce((sum, { recipients }) => sum + recipients, 0),
    segments: messages.reduce((sum, { text, recipients }) => sum + recipients * carriers.segmentsOf(wave, text), 0),
    ...{ extreme, timeCritical, domain, isTold: !isPaced(wave.kind) },
  };
  const { durationMs, finishedAt } = forecast.of(asked, dispatcher, startedAtMs);
  return {
    durationMs: finishedAt === null ? null : durationMs,
    cost: costOfAll(messages, carriers.pricedOf(wave.channel)),
  };
}

/** What the ledger and the archive tell the actions, which are made after them. */
export function eventsFor(acting: () => Acting, metrics: Metrics, log: Logger): DispatchEvents {
  return {
    onSent: (wave) => {
      acting().lifecycle.onSent(wave);
      const { forecastError } = showForecast(wave.record, wave);
      const { count, forecast } = wave.record;
      if (forecastError === null || count === 0) return;
      const { durationMs, recipients } = forecastError;
      const expectedMs = forecast?.durationMs;
      metrics.observeForecast(
        expectedMs && durationMs !== null ? 1 + durationMs / expectedMs : null,
        1 + recipients / count,
      );
    },
    onArchived: (actionId) => acting().lifecycle.onArchived(actionId),
    onClockAhead: (aheadMs) => {
      log.error({ aheadMs: Math.round(aheadMs) }, "the clock got ahead at once: what is under way is held");
      void acting().holding.clockAhead(aheadMs);
    },
  };
}

function hooksOf(metrics: Metrics, log: Logger): Omit<LifecycleHooks, "readers" | "forecast" | "paying" | "reactedTo"> {
  return {
    now: Date.now,
    onSelected: (ms) => metrics.observeSelection(ms / 1_000),
    onProblem: (action, problem, isPassing) => {
      if (isPassing) log.warn({ ...action, ...problem }, "an action waits, and is tried again until it expires");
      else log.error({ ...action, ...problem }, "an action failed");
    },
    onMistake: (actionId, err) => log.error({ actionId, err }, "a step of an action met a broken assumption"),
  };
}

/** Who was asked before the start; the month's rest is counted while the service runs. */
export async function recallPast(
  store: Store,
  { records, asked }: Acting,
  registry: number,
  closing: Closing,
): Promise<void> {
  const recalled = await recallAsked({ store, records, asked, registry }, Date.now());
  closing.add(() => {
    asked.isClosing = true;
    return recalled.rest;
  });
}

function askedKinds(asking: Asking, { catalogue }: Kinds): AskedKind[] {
  const bySms = catalogue.kinds.filter(({ channels }) => channels.includes(ACTION_CHANNEL));
  return bySms.map(({ id: kind, like, domain, urgency }) => {
    return { kind, like, domain, urgency, sparing: asking.sparingOf({ mode: "actual", kind, urgency }) };
  });
}
