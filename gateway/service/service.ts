/**
 * The service: its parts in the order in which they depend on each other. Each part is made by a function of its own, here or
 * beside this file, which says with `closing.add` how the part lets go of what it took. Beside main.ts the only place that
 * knows them all.
 *
 * Start: what the environment may have wrong, lock and store, registry into shared columns and shards, carriers' threads and
 * ledger, what a restart left, API last, so that nobody is answered by half a service.
 * Stop, in reverse, because a part may use what was made before it until it has closed: no more requests, the clock and what
 * runs by itself, actions, carriers, the ledger that takes their last events, threads, the store, and the lock after it, so
 * that the next service finds a folder that nobody writes to. A start that fails stops what it had started, the same way.
 * A commit that fails, or a carrier's thread that dies, ends the process; the next start resumes from what is durable.
 */
import type { Logger } from "pino";
import type { AskedBounds } from "../../engine/actions/fatigue/asking.js";
import type { Catalogue } from "../../engine/actions/kinds/catalogue.js";
import { openKinds } from "../../engine/actions/kinds/open.js";
import { surveyStore } from "../../engine/actions/survey.js";
import type { MakeRegistry } from "../../engine/registry/ensure.js";
import { Confirmations } from "../../engine/replies/confirmations.js";
import type { Periods } from "../../engine/retention/retention.js";
import type { Keys } from "../../engine/rights/keys.js";
import { CODE_COUNTRIES } from "../../schemas/api/self.js";
import type { CarrierConfiguration } from "../../schemas/carrier.js";
import { ok, type Problem, type Result } from "../../schemas/errors.js";
import type { MailSettings } from "../channels/mail.js";
import { Metrics } from "../http/metrics.js";
import { TrustedProxies } from "../http/request/client-address.js";
import type { CarrierChanges } from "../smpp/carrier/running-carriers.js";
import { Networks } from "../webhooks/public-address.js";
import { startClock } from "./clock.js";
import { Closing } from "./closing.js";
import { metricsSource } from "./measuring.js";
import { startMunicipality } from "./municipality.js";
import { type Acting, eventsFor, recallPast, startActions } from "./parts/actions.js";
import { startApi } from "./parts/api.js";
import { type Dispatch, startDispatch } from "./parts/dispatch.js";
import { openFolder } from "./parts/folder.js";
import { makeRetention } from "./parts/keeping.js";
import { openPages } from "./parts/pages.js";
import { openPast } from "./parts/past.js";
import { startPool } from "./parts/pool.js";
import { openProposals } from "./parts/proposals.js";
import { openRights } from "./parts/rights.js";
import { startWebhooks } from "./parts/webhooks.js";
import { register } from "./registering.js";
import { resume } from "./resuming.js";
import { openMail, startSelf } from "./self-service.js";
import { VERSION } from "./version.js";

export interface ServiceOptions {
  readonly dataFolder: string;
  readonly kekFile: string | undefined;
  readonly host: string;
  readonly port: number;
  /** Of loopback, for /metrics without a key; none when absent. */
  readonly metricsPort?: number | undefined;
  readonly carriers: readonly CarrierConfiguration[];
  /** Kinds of action; those that ship when absent. */
  readonly kinds?: Catalogue | undefined;
  readonly apiKey: string | undefined;
  /** Proxies whose X-Forwarded-For is believed: addresses or networks, with commas between them; none when absent. */
  readonly trustedProxy?: string;
  /** By which citizens reach the service; no links in messages when absent. */
  readonly publicUrl?: string | undefined;
  /** Undefined: no codes by mail. */
  readonly mail?: MailSettings | undefined;
  /** Networks beside the internet to which webhooks may lead: addresses or networks, with commas between them. */
  readonly webhookNetworks?: string;
  /** Countries (ISO 3166) to whose numbers codes go by SMS, one's own first; CODE_COUNTRIES when absent. */
  readonly codeCountries?: readonly string[];
  /** How often somebody is asked at most; no bounds when absent. */
  readonly askedAtMost?: AskedBounds;
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

/** `restored`: carriers that are used as the file says again. */
export type ChangedCarriers = CarrierChanges & { readonly restored: readonly string[] };

export interface Service {
  readonly port: number;
  readonly participants: number;
  readonly locations: number;
  readonly generated: boolean;
  readonly keys: Keys;
  /** Brings the carriers into line with a changed file; settles when those that are gone are drained. */
  changeCarriers(carriers: readonly CarrierConfiguration[]): Promise<ChangedCarriers>;
  /** From here on these are the kinds of action. */
  changeKinds(catalogue: Catalogue): void;
  close(): Promise<void>;
}

export async function startService(options: ServiceOptions): Promise<Result<Service>> {
  const closing = new Closing();
  const started = await start(options, closing);
  // What a start took that came to nothing is free again for whoever tries next.
  if (!started.ok) await closing.close();
  return started;
}

/** What the settings say that has to be read before anything is opened. CONFIGURATION_INVALID, naming the setting. */
function readSettings({ kinds: catalogue, trustedProxy = "", webhookNetworks = "" }: ServiceOptions) {
  const kinds = openKinds(catalogue);
  if (!kinds.ok) return kinds;
  const proxies = TrustedProxies.read(trustedProxy);
  if (!proxies.ok) return { ok: false as const, problem: { ...proxies.problem, field: "SEINPOST_TRUSTED_PROXY" } };
  const networks = Networks.read(webhookNetworks);
  if (!networks.ok) return { ok: false as const, problem: { ...networks.problem, field: "SEINPOST_WEBHOOK_NETWORKS" } };
  return ok({ kinds: kinds.value, trustedProxies: proxies.value, networks: networks.value });
}

async function start(options: ServiceOptions, closing: Closing): Promise<Result<Service>> {
  const { log, onFatal, droppedLogLines = () => 0 } = options;
  const read = readSettings(options);
  if (!read.ok) return read;
  const { kinds, networks, trustedProxies } = read.value;
  const mail = await openMail(options.mail, log, closing);
  if (!mail.ok) return mail;
  const folder = await openFolder(options, closing);
  if (!folder.ok) return folder;
  const { store } = folder.value;
  const survey = surveyStore(store, Date.now());
  if (!survey.ok) return survey;
  const rights = openRights(store, options, closing);
  const pool = startPool(log, closing);
  const registered = await register(folder.value, pool, onFatal, closing);
  if (!registered.ok) return registered;
  const { live, generated } = registered.value;
  const past = await openPast(store, live.generation, log);
  if (!past.ok) return past;
  const { notes, isDoubted } = past.value;
  const proposals = await openProposals(folder.value, live, isDoubted, onFatal);
  if (!proposals.ok) return proposals;
  const confirmations = await Confirmations.load(store, live.generation);
  if (!confirmations.ok) return confirmations;
  const metrics = new Metrics(VERSION);
  const events = eventsFor(() => acting, metrics, log);
  const dispatch = startDispatch(folder.value, registered.value, confirmations.value, options, events, closing);
  const pages = openPages(folder.value, dispatch, onFatal, closing);
  if (!pages.ok) return pages;
  const acted = { ...options, kinds };
  const acting: Acting = startActions(store, registered.value, dispatch, rights, acted, metrics, closing);
  const telling = { networks, isDoubted, onFatal };
  const told = await startWebhooks(folder.value, live, rights, acting.records, telling, closing);
  if (!told.ok) return told;
  const running = { ...registered.value, ...dispatch, ...acting, ...rights, ...told.value, ...pages.value };
  const parts = { ...running, store, pool, metrics };
  await recallPast(store, acting, live.generation, closing);
  const resumed = await resume(parts, survey.value, live.generation, log);
  if (!resumed.ok) return resumed;
  const destinations = { countries: options.codeCountries ?? CODE_COUNTRIES, generated };
  const waiting = { proposals: proposals.value };
  const self = startSelf(
    mail.value,
    { ...registered.value, ...options, ...waiting, ...acting, ...rights, destinations, opener: dispatch },
    closing,
  );
  const municipality = await startMunicipality(
    folder.value,
    { ...registered.value, ...options, ...waiting, pool },
    closing,
  );
  if (!municipality.ok) return municipality;
  const { imports } = municipality.value;
  metrics.pullFrom(metricsSource({ ...parts, self: self.service, imports, droppedLogLines }));
  const retention = makeRetention(parts, options.periods);
  startClock({ ...parts, self, retention, notes }, onFatal, closing);
  const answering = { ...parts, self, municipality: municipality.value, trustedProxies };
  const api = await startApi(answering, options, closing);
  if (!api.ok) return api;
  return ok({
    port: api.value,
    keys: rights.keys,
    participants: live.count,
    locations: registered.value.locations,
    generated,
    changeCarriers: (changed) => changeCarriers(parts, changed),
    changeKinds: (changed) => kinds.replace(changed),
    close: () => closing.close(),
  });
}

/** Also undoes what operators said to hold until then. */
async function changeCarriers(
  { carriers, dispatcher, operating }: Dispatch & Pick<Acting, "operating">,
  changed: readonly CarrierConfiguration[],
): Promise<ChangedCarriers> {
  const changes = await carriers.change(changed, dispatcher);
  return { ...changes, restored: await operating.reloaded() };
}
