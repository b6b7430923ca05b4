/**
 * The service: all the parts, tied together in the order in which they depend on each other. Beside main.ts the only place
 * that knows them all.
 *
 * Start: lock, store, registry into shared columns and shards, carriers' threads, ledger with what a restart left, API.
 * Stop, in reverse: no more requests, carriers unbind, the ledger takes their last events, the store closes; a start that
 * fails stops what it had started. A commit that fails, or a
 * carrier's thread that dies, ends the process; the next start resumes from what is durable.
 */
import type { Logger } from "pino";
import { ActionStore } from "../../engine/actions/action-store.js";
import { Actions } from "../../engine/actions/actions.js";
import { Course } from "../../engine/actions/course.js";
import { requestCheck } from "../../engine/actions/preview/area-check.js";
import { Forecast } from "../../engine/actions/preview/forecast.js";
import { surveyStore } from "../../engine/actions/survey.js";
import { Holding } from "../../engine/actions/waves/holding.js";
import { judgePast } from "../../engine/actions/waves/past.js";
import { Resending } from "../../engine/actions/waves/resend.js";
import { MACHINE_CLOCK } from "../../engine/clock/clock.js";
import { TimeNotes } from "../../engine/clock/time-notes.js";
import { Archive } from "../../engine/dispatch/ledger/archive.js";
import { Dispatcher, type DispatcherHooks } from "../../engine/dispatch/ledger/dispatcher.js";
import { WaveStore } from "../../engine/dispatch/ledger/wave-store.js";
import { CarrierMemory } from "../../engine/dispatch/plan/carrier-memory.js";
import { People } from "../../engine/dispatch/receipts/people.js";
import { createPool, releaseMemory } from "../../engine/pool/tasks.js";
import type { MakeRegistry } from "../../engine/registry/ensure.js";
import type { DataFolder } from "../../engine/registry/open.js";
import { Confirmations } from "../../engine/replies/confirmations.js";
import { ReplyDesk } from "../../engine/replies/desk.js";
import { ReplyStore } from "../../engine/replies/reply-store.js";
import { type Periods, Retention } from "../../engine/retention/retention.js";
import { KeyStore } from "../../engine/store/key-store.js";
import type { Store } from "../../engine/store/store.js";
import type { CarrierConfiguration } from "../../schemas/carrier.js";
import { ok, type Problem, type Result } from "../../schemas/errors.js";
import { KEPT } from "../../schemas/limits.js";
import type { MailSettings } from "../channels/mail.js";
import { Metrics } from "../http/metrics.js";
import { TrustedProxies } from "../http/request/client-address.js";
import { type SessionVerifier, verifierOf } from "../http/request/keys.js";
import type { Route } from "../http/request/route.js";
import { positionRoutes } from "../http/routes/position-routes.js";
import { reachRoutes } from "../http/routes/reach-routes.js";
import { type RunningServer, startServer } from "../http/server.js";
import { MonitorFeed } from "../monitor/feed.js";
import type { Carrier } from "../smpp/carrier/carrier.js";
import { type CarrierChanges, RunningCarriers } from "../smpp/carrier/running-carriers.js";
import { startClock } from "./clock.js";
import { Closing } from "./closing.js";
import { metricsSource } from "./measuring.js";
import { startMunicipality } from "./municipality.js";
import { openFolder, type Registered, register } from "./registering.js";
import { resume } from "./resuming.js";
import { openMail, startSelf } from "./self-service.js";
import { VERSION } from "./version.js";

export interface ServiceOptions {
  readonly dataFolder: string;
  readonly kekFile: string | undefined;
  readonly host: string;
  readonly port: number;
  readonly carriers: readonly CarrierConfiguration[];
  readonly apiKey: string | undefined;
  /** Proxies whose X-Forwarded-For is believed: addresses or networks, with commas between them; none when absent. */
  readonly trustedProxy?: string;
  /** Undefined: no codes by mail. */
  readonly mail?: MailSettings | undefined;
  /** How long each kind of data is kept; KEPT when absent. */
  readonly periods?: Periods;
  /** What an empty data folder begins with; a registry of nobody when absent. */
  readonly makeRegistry?: MakeRegistry;
  readonly log: Logger;
  /** Lines of the log that were lost so far. */
  readonly droppedLogLines?: () => number;
  /** The process must end: nothing that happens from here on could be trusted. */
  readonly onFatal: (problem: Problem) => void;
}

export interface Service {
  readonly port: number;
  readonly participants: number;
  readonly locations: number;
  readonly generated: boolean;
  readonly keys: KeyStore;
  /** Brings the carriers into line with a changed file; settles when those that are gone are drained. */
  changeCarriers(carriers: readonly CarrierConfiguration[]): Promise<CarrierChanges>;
  close(): Promise<void>;
}

export async function startService(options: ServiceOptions): Promise<Result<Service>> {
  const closing = new Closing();
  const started = await start(options, closing);
  // What a start took that came to nothing is free again for whoever tries next.
  if (!started.ok) await closing.close();
  return started;
}

async function start(options: ServiceOptions, closing: Closing): Promise<Result<Service>> {
  const { log, onFatal } = options;
  const proxies = TrustedProxies.read(options.trustedProxy ?? "");
  if (!proxies.ok) return { ok: false, problem: { ...proxies.problem, field: "SEINPOST_TRUSTED_PROXY" } };
  const mail = await openMail(options.mail, log);
  if (!mail.ok) return mail;
  closing.add(() => mail.value?.close());
  const opened = await openFolder(options, closing);
  if (!opened.ok) return opened;
  const { store } = opened.value;
  store.onDamaged = (table, key) => log.error({ table, key }, "a stored record fails its checksum");
  const survey = surveyStore(store, Date.now());
  if (!survey.ok) return survey;
  const pool = createPool();
  pool.on("error", ({ message }) => log.error({ message }, "an idle worker stopped and was replaced"));
  closing.add(() => pool.destroy());
  const registered = await register(opened.value, pool, onFatal, closing);
  if (!registered.ok) return registered;
  const { generated, locations, participants, selector, live, positions, reach } = registered.value;
  // The flat rows went with `register`; the threads that have seen them keep them until they collect.
  await releaseMemory(pool);
  await selector.warmUp();
  const memory = new CarrierMemory(store);
  const known = (name: string) => memory.of(name);
  const carriers = new RunningCarriers({ numbers: participants.numbers, loopbackOnly: generated, known }, options);
  const past = await judgePast(store, new ActionStore(store), new WaveStore(store), live.generation, Date.now());
  if (!past.ok) return past;
  const notes = new TimeNotes(store, past.value.present, MACHINE_CLOCK);
  if (past.value.problem && past.value.held > 0)
    log.error({ held: past.value.held, ...past.value.problem }, "actions are held");
  const confirmations = await Confirmations.load(store, live.generation);
  if (!confirmations.ok) return confirmations;
  const running = carriers.start(options.carriers);
  const parts = assemble(opened.value, registered.value, running, confirmations.value, memory, options);
  const { waves, archive, dispatcher } = parts;
  // What carriers report last is still taken: the ledger lets go after them.
  closing.add(() => dispatcher.close());
  closing.add(() => carriers.close());
  closing.add(() => dispatcher.quiesce());
  closing.add(() => parts.course.close());
  const recovered = await resume(parts, survey.value, live.generation, log);
  if (!recovered.ok) return recovered;
  const self = startSelf(mail.value, { ...registered.value, ...options, opener: { waves, archive, dispatcher } });
  closing.add(() => self.close());
  const municipality = await startMunicipality(opened.value, { ...registered.value, ...options, pool });
  if (!municipality.ok) return municipality;
  closing.add(() => municipality.value.close());
  const { imports } = municipality.value;
  const droppedLogLines = options.droppedLogLines ?? (() => 0);
  const measured = { ...parts, store, live, positions, pool, self: self.desk, imports, droppedLogLines };
  parts.metrics.pullFrom(metricsSource(measured));
  const clock = startClock({ ...parts, live, positions, self, notes, memory }, onFatal);
  closing.add(() => clock.stop());
  const routes = [...positionRoutes(positions), ...reachRoutes(reach), ...self.routes, ...municipality.value.routes];
  const server = await listen(parts, self.sessions, store, proxies.value, routes, options);
  if (!server.ok) return server;
  closing.add(() => server.value.server.close());
  closing.add(() => {
    parts.actions.beginClosing();
    carriers.beginClosing();
  });
  return ok({
    port: server.value.server.port,
    participants: live.count,
    locations,
    generated,
    keys: server.value.keys,
    changeCarriers: (changed) => carriers.change(changed, dispatcher),
    close: () => closing.close(),
  });
}

interface Parts {
  readonly actions: Actions;
  readonly records: ActionStore;
  readonly holding: Holding;
  readonly metrics: Metrics;
  readonly archive: Archive;
  readonly course: Course;
  readonly desk: ReplyDesk;
  readonly confirmations: Confirmations;
  readonly dispatcher: Dispatcher;
  readonly waves: WaveStore;
  readonly forecast: Forecast;
  readonly retention: Retention;
}

function assemble(
  { store, vault }: DataFolder,
  { selector, participants, index, live, places, checkArea }: Registered,
  carriers: readonly Carrier[],
  confirmations: Confirmations,
  memory: CarrierMemory,
  options: ServiceOptions,
): Parts {
  const waves = new WaveStore(store);
  const people = new People(live.generation, new Float64Array(participants.numbers), index);
  const replies = new ReplyStore(store, vault);
  const desk = new ReplyDesk({ live, participants, index }, waves, replies, confirmations, {
    ...MACHINE_CLOCK,
    onFatal: options.onFatal,
    liveWave: (waveId) => dispatcher.waves.find(({ record }) => record.waveId === waveId),
    senders: () => dispatcher.accounts.map(({ port }) => port.sender),
  });
  const hooks: DispatcherHooks = {
    ...MACHINE_CLOCK,
    onFatal: options.onFatal,
    onSent: (wave) => course.onSent(wave),
    onClockAhead: (aheadMs) => {
      options.log.error({ aheadMs: Math.round(aheadMs) }, "the clock got ahead at once: what is under way is held");
      void holding.clockAhead(aheadMs);
    },
  };
  const dispatcher: Dispatcher = new Dispatcher(store, carriers, hooks, people, desk);
  const archive: Archive = new Archive(waves, dispatcher, {
    ...MACHINE_CLOCK,
    onArchived: (actionId) => course.onArchived(actionId),
  });
  const records = new ActionStore(store);
  const isLive = (waveId: number): boolean => dispatcher.waves.some(({ record }) => record.waveId === waveId);
  const retention = new Retention(store, records, waves, replies, options.periods ?? KEPT, MACHINE_CLOCK, isLive);
  const metrics = new Metrics(VERSION);
  const course = new Course(records, waves, archive, dispatcher, selector, live.generation, {
    now: Date.now,
    onSelected: (ms) => metrics.observeSelection(ms / 1_000),
    onProblem: (actionId, problem, isPassing) => {
      if (isPassing) options.log.warn({ actionId, ...problem }, "an action waits, and is tried again until it expires");
      else options.log.error({ actionId, ...problem }, "an action failed");
    },
    onMistake: (actionId, err) => options.log.error({ actionId, err }, "a step of an action met a broken assumption"),
  });
  const forecast = new Forecast(memory);
  const holding: Holding = new Holding(course, records, dispatcher);
  const resending = new Resending(course, records, archive, dispatcher);
  const actions = new Actions(
    store,
    course,
    holding,
    resending,
    dispatcher,
    selector,
    forecast,
    replies,
    requestCheck(checkArea, places),
    MACHINE_CLOCK,
  );
  return {
    actions,
    records,
    holding,
    metrics,
    archive,
    course,
    desk,
    confirmations,
    dispatcher,
    waves,
    forecast,
    retention,
  };
}

async function listen(
  { actions, metrics }: Parts,
  sessions: SessionVerifier,
  store: Store,
  trustedProxies: TrustedProxies,
  routes: readonly Route[],
  options: ServiceOptions,
): Promise<Result<{ server: RunningServer; keys: KeyStore }>> {
  const keys = new KeyStore(store);
  const server = await startServer({
    service: actions,
    keys: verifierOf(keys, options.apiKey),
    monitor: new MonitorFeed({ snapshot: () => ({ actions: actions.watched(), carriers: actions.carriers() }) }),
    metrics,
    sessions,
    trustedProxies,
    routes,
    full: () => store.space.problem,
    host: options.host,
    port: options.port,
    log: options.log,
  });
  return server.ok ? ok({ server: server.value, keys }) : server;
}
