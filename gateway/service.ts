/**
 * The service: all the parts, tied together in the order in which they depend on each other. Beside main.ts the only place
 * that knows them all.
 *
 * Start: lock, store, registry into shared columns and shards, carriers' threads, ledger with what a restart left, API.
 * Stop: no more requests, carriers unbind, the ledger takes their last events, the store closes. A commit that fails, or a
 * carrier's thread that dies, ends the process; the next start resumes from what is durable.
 */
import { createHash } from "node:crypto";
import type { Logger } from "pino";
import { Actions } from "../engine/actions/actions.js";
import { Course } from "../engine/actions/course.js";
import { Forecast } from "../engine/actions/forecast.js";
import { ActionStore } from "../engine/actions/record.js";
import { Archive } from "../engine/dispatch/archive.js";
import { Dispatcher, type DispatcherHooks } from "../engine/dispatch/dispatcher.js";
import { People } from "../engine/dispatch/people.js";
import { recover } from "../engine/dispatch/recovery.js";
import { WaveStore } from "../engine/dispatch/wave-store.js";
import type { Counts as RegistryCounts } from "../engine/registry/block.js";
import type { ParticipantColumns } from "../engine/registry/columns.js";
import { loadRegistry } from "../engine/registry/load.js";
import { NumberIndex } from "../engine/registry/number-index.js";
import { type DataFolder, openDataFolder } from "../engine/registry/open.js";
import { Confirmations } from "../engine/replies/confirmations.js";
import { ReplyDesk } from "../engine/replies/desk.js";
import { ReplyStore } from "../engine/replies/reply-store.js";
import { buildShards } from "../engine/selection/build.js";
import { PoolSelector } from "../engine/selection/pool.js";
import { createPool, releaseMemory, runTask } from "../engine/selection/tasks.js";
import { KeyStore } from "../engine/store/key-store.js";
import { lockFolder } from "../engine/store/lock.js";
import { probeStore } from "../engine/store/probe.js";
import type { Store } from "../engine/store/store.js";
import { KEK_MADE } from "../engine/vault/kek.js";
import type { CarrierConfiguration } from "../schemas/carrier.js";
import { ok, type Problem, type Result } from "../schemas/errors.js";
import { DISPATCH } from "../schemas/limits.js";
import { hashKey } from "./http/keys.js";
import { Metrics } from "./http/metrics.js";
import { type RunningServer, startServer } from "./http/server.js";
import { MonitorFeed } from "./monitor/feed.js";
import type { Carrier } from "./smpp/carrier.js";
import { type CarrierChanges, RunningCarriers } from "./smpp/running-carriers.js";

export interface ServiceOptions {
  readonly dataFolder: string;
  readonly kekFile: string | undefined;
  readonly host: string;
  readonly port: number;
  readonly carriers: readonly CarrierConfiguration[];
  readonly apiKey: string | undefined;
  readonly log: Logger;
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
  const locked = await lockFolder(options.dataFolder);
  if (!locked.ok) return locked;
  const pool = createPool();
  const probed = await probeStore(options.dataFolder);
  if (!probed.ok) return probed;
  const opened = openDataFolder(options.dataFolder, {
    kekFile: options.kekFile,
    onKekMade: (file) => options.log.warn({ file }, KEK_MADE),
  });
  if (!opened.ok) return opened;
  const { store } = opened.value;
  const registered = await register(opened.value, pool);
  if (!registered.ok) return registered;
  const { generated, generation, locations, participants, selector } = registered.value;
  // The flat rows went with `register`; the threads that have seen them keep them until they collect.
  await releaseMemory(pool);
  await selector.warmUp();
  const carriers = new RunningCarriers({ numbers: participants.numbers, loopbackOnly: generated }, options);
  const confirmations = await Confirmations.load(store, generation);
  if (!confirmations.ok) return confirmations;
  const parts = assemble(
    opened.value,
    registered.value,
    carriers.start(options.carriers),
    confirmations.value,
    options,
  );
  const recalled = parts.desk.recall();
  if (!recalled.ok) return recalled;
  const recovered = await recover(store, parts.waves, parts.dispatcher, generation);
  if (!recovered.ok) return recovered;
  if (recovered.value.waves > 0) options.log.info(recovered.value, "resumed what the last run left");
  const resumed = parts.course.resume();
  if (!resumed.ok) return resumed;
  const server = await listen(parts, store, options);
  if (!server.ok) return server;
  const clock = startClock(parts, options);
  return ok({
    port: server.value.server.port,
    participants: participants.count,
    locations,
    generated,
    keys: server.value.keys,
    changeCarriers: (changed) => carriers.change(changed, parts.dispatcher),
    close: async () => {
      clearInterval(clock);
      parts.actions.beginClosing();
      carriers.beginClosing();
      await server.value.server.close();
      await parts.dispatcher.quiesce();
      await carriers.close();
      await parts.dispatcher.close();
      await selector.close();
      await store.close();
      locked.value();
    },
  });
}

interface Parts {
  readonly actions: Actions;
  readonly metrics: Metrics;
  readonly archive: Archive;
  readonly course: Course;
  readonly desk: ReplyDesk;
  readonly confirmations: Confirmations;
  readonly dispatcher: Dispatcher;
  readonly waves: WaveStore;
  readonly forecast: Forecast;
}

/** What the service keeps of a loaded registry: the flat rows are gone once the shards are built. */
interface Registered {
  readonly selector: PoolSelector;
  readonly participants: ParticipantColumns;
  readonly locations: number;
  readonly generated: boolean;
  readonly generation: number;
}

async function register(data: DataFolder, pool: ReturnType<typeof createPool>): Promise<Result<Registered>> {
  const registry = await loadRegistry(data, async (task) => {
    const done = await runTask<Result<RegistryCounts>>(pool, "loadBlocks", task);
    return done.ok ? done.value : done;
  });
  if (!registry.ok) return registry;
  const { participants, locations, terms, generated, generation } = registry.value;
  const shards = await buildShards(pool, locations, participants, terms);
  if (!shards.ok) return shards;
  const selector = new PoolSelector(pool, shards.value);
  return ok({ selector, participants, generated, generation, locations: locations.count });
}

function assemble(
  { store, vault }: DataFolder,
  { selector, participants, generation }: Registered,
  carriers: readonly Carrier[],
  confirmations: Confirmations,
  options: ServiceOptions,
): Parts {
  const waves = new WaveStore(store);
  const numbers = new Float64Array(participants.numbers);
  const numberIndex = new NumberIndex(numbers);
  const people = new People(generation, numbers, numberIndex);
  const replies = new ReplyStore(store, vault);
  const desk = new ReplyDesk(
    store,
    { vault, generation, participants, index: numberIndex },
    waves,
    replies,
    confirmations,
    {
      now: Date.now,
      onFatal: options.onFatal,
      liveWave: (waveId) => dispatcher.waves.find(({ record }) => record.waveId === waveId),
    },
  );
  const hooks: DispatcherHooks = {
    now: Date.now,
    onFatal: options.onFatal,
    onSent: (wave) => course.onSent(wave),
  };
  const dispatcher: Dispatcher = new Dispatcher(store, carriers, hooks, people, desk);
  const archive: Archive = new Archive(waves, dispatcher, {
    now: Date.now,
    onArchived: (actionId) => course.onArchived(actionId),
  });
  const course = new Course(new ActionStore(store), waves, archive, dispatcher, selector, generation, {
    now: Date.now,
    onSelected: (ms) => metrics.observeSelection(ms / 1_000),
    onProblem: (actionId, problem) => options.log.error({ actionId, ...problem }, "an action failed"),
  });
  const forecast = new Forecast();
  const actions = new Actions(store, course, dispatcher, selector, forecast, replies, Date.now);
  const metrics: Metrics = new Metrics({
    carriers: () => actions.carriers(),
    actions: () => actions.created,
    recipients: () => actions.recipients(),
    incoming: () => desk.incoming,
  });
  return { actions, metrics, archive, course, desk, confirmations, dispatcher, waves, forecast };
}

async function listen(
  { actions, metrics }: Parts,
  store: Store,
  options: ServiceOptions,
): Promise<Result<{ server: RunningServer; keys: KeyStore }>> {
  const keys = new KeyStore(store);
  const given = options.apiKey === undefined ? undefined : hashKey(options.apiKey);
  const server = await startServer({
    service: actions,
    keys: {
      verify: (key) => {
        const hash = hashKey(key);
        return hash === given ? { keyId: keyIdOf(hash) } : keys.find(hash);
      },
    },
    monitor: new MonitorFeed({ snapshot: () => ({ actions: actions.live(), carriers: actions.carriers() }) }),
    metrics,
    host: options.host,
    port: options.port,
    log: options.log,
  });
  return server.ok ? ok({ server: server.value, keys }) : server;
}

/** What has to be done now and then: measuring carriers, archiving, confirming, forgetting old Idempotency-Keys. */
function startClock(
  { forecast, dispatcher, archive, actions, course, confirmations, waves }: Parts,
  options: ServiceOptions,
): NodeJS.Timeout {
  let tidying = false;
  return setInterval(async () => {
    forecast.observe(dispatcher.accounts, Date.now());
    if (tidying) return;
    tidying = true;
    await archive.tidy();
    course.again();
    const confirmed = await confirmations.send({ waves, archive, dispatcher }, Date.now());
    const swept = await actions.sweep();
    tidying = false;
    if (!confirmed.ok && confirmed.problem.code !== "BUSY") options.onFatal(confirmed.problem);
    if (!swept.ok) options.onFatal(swept.problem);
  }, DISPATCH.tidyMs).unref();
}

/** An id for a key that is not stored: enough of its hash to tell keys apart, nothing to guess it from. */
function keyIdOf(hash: string): string {
  return createHash("sha256").update(hash).digest("hex").slice(0, 12);
}
