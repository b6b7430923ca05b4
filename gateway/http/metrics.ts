/**
 * /metrics in Prometheus' text format. What the engine counts already is pulled when a scrape comes, through
 * `MetricsSource`; only durations are pushed, because they have to be put in buckets when they happen.
 *
 * Promises that no label holds personal data or anything that grows without bound: routes are templates ("/v1/actions/{id}"),
 * carriers are the configured ones, the rest are words of schemas/words.ts.
 */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import type { Incoming } from "../../engine/replies/desk.js";
import type { Counts } from "../../schemas/api.js";
import type { ErrorCode } from "../../schemas/errors.js";
import type { Carrier } from "../../schemas/operations.js";
import type { ActionKind } from "../../schemas/words.js";
import { RECIPIENT_STATES } from "../../schemas/words.js";

/** What a scrape asks of the engine; each call is a handful of additions, nothing that waits. */
export interface MetricsSource {
  carriers(): readonly Carrier[];
  /** Actions created since the process started, by kind; kinds that had none may be absent. */
  actions(): Readonly<Partial<Record<ActionKind, number>>>;
  /** Actions that failed since the process started, by the code of the reason. */
  failures(): Readonly<Partial<Record<ErrorCode, number>>>;
  /** Bytes that the store can still take, and whether those are too few to send anything. */
  disk(): { readonly freeBytes: number; readonly isFull: boolean };
  /** Actions that are held now. */
  held(): number;
  /** Recipients of the live waves who wait because no carrier serves them. */
  withoutCarrier(): number;
  /** Stored records that failed their checksum since the process started, by table; tables that have none may be absent. */
  damaged(): Readonly<Record<string, number>>;
  /** Stored records of actions and waves that were decoded since the process started, by table. */
  decoded(): Readonly<Record<string, number>>;
  /** Recipients of the live waves, by state. */
  recipients(): Counts;
  /** Messages from citizens since the process started, by what became of them. */
  incoming(): Incoming;
  /** Lines of the log that could not be written since the process started. */
  droppedLogLines(): number;
}

/** From 0.5 ms, a look-up, to 10 s, where a client has long given up. */
const HTTP_BUCKETS_SECONDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10];
/** From a neighbourhood to the nation. */
const SELECTION_BUCKETS_SECONDS = [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 5];

/** Counters of a carrier: name, help, value. */
const CARRIER_COUNTERS: readonly [string, string, (carrier: Carrier) => number][] = [
  ["submitted", "submit_sm written", (carrier) => carrier.submitted],
  ["acknowledged", "submit_sm that the carrier took", (carrier) => carrier.acknowledged],
  ["refused", "submit_sm that the carrier refused", (carrier) => carrier.refused],
  ["throttled", "submit_sm that the carrier asked to send again later", (carrier) => carrier.throttled],
  ["receipts", "Delivery receipts", (carrier) => carrier.receipts],
  ["disconnects", "Binds that broke", (carrier) => carrier.disconnects],
  ["protocol_errors", "PDUs that could not be read or did not belong", (carrier) => carrier.protocolErrors],
];

/** Gauges of a carrier: name, help, value. */
const CARRIER_GAUGES: readonly [string, string, (carrier: Carrier) => number][] = [
  ["in_flight", "submit_sm without response", (carrier) => carrier.inFlight],
  ["window", "submit_sm that may be without response", (carrier) => carrier.window],
  ["queued", "Granted and not yet written", (carrier) => carrier.queued],
  ["binds_bound", "Binds that are bound", (carrier) => carrier.binds.bound],
  ["binds_configured", "Binds that should be bound", (carrier) => carrier.binds.configured],
];

export class Metrics {
  readonly #registry = new Registry();
  readonly #http: Histogram<"method" | "route" | "status">;
  readonly #selection: Histogram;

  constructor(private readonly source: MetricsSource) {
    const registers = [this.#registry];
    collectDefaultMetrics({ register: this.#registry });
    this.#http = new Histogram({
      name: "seinpost_http_request_duration_seconds",
      help: "From the request's head to the end of the answer",
      labelNames: ["method", "route", "status"],
      buckets: HTTP_BUCKETS_SECONDS,
      registers,
    });
    this.#selection = new Histogram({
      name: "seinpost_selection_duration_seconds",
      help: "From an area to the roster",
      buckets: SELECTION_BUCKETS_SECONDS,
      registers,
    });
    this.#pullActions();
    this.#pullLog();
    this.#pullIncoming();
    this.#pullCarriers();
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  text(): Promise<string> {
    return this.#registry.metrics();
  }

  /** One answered request; `route` is the template, or "unmatched". */
  observeRequest(method: string, route: string, status: number, seconds: number): void {
    this.#http.observe({ method, route, status }, seconds);
  }

  observeSelection(seconds: number): void {
    this.#selection.observe(seconds);
  }

  #pullActions(): void {
    const registers = [this.#registry];
    const { source } = this;
    new Counter({
      name: "seinpost_actions_total",
      help: "Actions created",
      labelNames: ["kind"],
      registers,
      collect() {
        this.reset();
        for (const [kind, count] of Object.entries(source.actions())) this.inc({ kind }, count);
      },
    });
    new Counter({
      name: "seinpost_actions_failed_total",
      help: "Actions that were accepted and failed, by the code of the reason; somebody has to look at each",
      labelNames: ["code"],
      registers,
      collect() {
        this.reset();
        for (const [code, count] of Object.entries(source.failures())) this.inc({ code }, count);
      },
    });
    new Gauge({
      name: "seinpost_disk_free_bytes",
      help: "What the store can still take",
      registers,
      collect() {
        this.set(source.disk().freeBytes);
      },
    });
    new Gauge({
      name: "seinpost_disk_full",
      help: "1 while nothing is sent because less is free than what outcomes may need",
      registers,
      collect() {
        this.set(source.disk().isFull ? 1 : 0);
      },
    });
    new Gauge({
      name: "seinpost_actions_held",
      help: "Actions of which nothing is sent until an operator says that they go on",
      registers,
      collect() {
        this.set(source.held());
      },
    });
    new Gauge({
      name: "seinpost_recipients_without_carrier",
      help: "Recipients who wait because no carrier that is configured serves their number",
      registers,
      collect() {
        this.set(source.withoutCarrier());
      },
    });
    new Gauge({
      name: "seinpost_store_damaged_records",
      help: "Stored records that failed their checksum since the process started, by table; anything but 0 is to be looked into",
      labelNames: ["table"],
      registers,
      collect() {
        for (const [table, count] of Object.entries(source.damaged())) this.set({ table }, count);
      },
    });
    new Gauge({
      name: "seinpost_store_decoded_records",
      help: "Stored records that were decoded since the process started, by table: right after a start, what was under way",
      labelNames: ["table"],
      registers,
      collect() {
        for (const [table, count] of Object.entries(source.decoded())) this.set({ table }, count);
      },
    });
    new Gauge({
      name: "seinpost_recipients",
      help: "Recipients of the waves that are not settled, by state",
      labelNames: ["state"],
      registers,
      collect() {
        const counts = source.recipients();
        for (const state of RECIPIENT_STATES) this.set({ state }, counts[state]);
      },
    });
    new Gauge({
      name: "seinpost_possible_duplicates",
      help: "Recipients of the waves that are not settled who may have got a message twice",
      registers,
      collect() {
        this.set(source.recipients().possibleDuplicates);
      },
    });
  }

  #pullLog(): void {
    const { source } = this;
    new Counter({
      name: "seinpost_log_lines_dropped_total",
      help: "Lines of the log that could not be written: a full disk, a pipe that nobody reads, a closed terminal",
      registers: [this.#registry],
      collect() {
        this.reset();
        this.inc(source.droppedLogLines());
      },
    });
  }

  #pullIncoming(): void {
    const { source } = this;
    new Counter({
      name: "seinpost_messages_total",
      help: "Messages from citizens, a long one once: replies, those of no action, those beyond what is kept, STOP, START",
      labelNames: ["kind"],
      registers: [this.#registry],
      collect() {
        this.reset();
        for (const [kind, count] of Object.entries(source.incoming())) this.inc({ kind }, count);
      },
    });
  }

  #pullCarriers(): void {
    const registers = [this.#registry];
    const { source } = this;
    for (const [word, help, value] of CARRIER_COUNTERS) {
      new Counter({
        name: `seinpost_carrier_${word}_total`,
        help,
        labelNames: ["carrier"],
        registers,
        collect() {
          this.reset();
          for (const carrier of source.carriers()) this.inc({ carrier: carrier.name }, value(carrier));
        },
      });
    }
    new Counter({
      name: "seinpost_stray_receipts_total",
      help: "Final receipts that belonged to no one",
      labelNames: ["carrier"],
      registers,
      collect() {
        this.reset();
        for (const { name, strayReceipts } of source.carriers()) this.inc({ carrier: name }, strayReceipts);
      },
    });
    for (const [word, help, value] of CARRIER_GAUGES) {
      new Gauge({
        name: `seinpost_carrier_${word}`,
        help,
        labelNames: ["carrier"],
        registers,
        collect() {
          for (const carrier of source.carriers()) this.set({ carrier: carrier.name }, value(carrier));
        },
      });
    }
    new Gauge({
      name: "seinpost_carrier_latency_seconds",
      help: "submit_sm to response",
      labelNames: ["carrier", "quantile"],
      registers,
      collect() {
        for (const { name, latencyMs } of source.carriers()) {
          if (latencyMs.p50 !== null) this.set({ carrier: name, quantile: "0.5" }, latencyMs.p50 / 1_000);
          if (latencyMs.p99 !== null) this.set({ carrier: name, quantile: "0.99" }, latencyMs.p99 / 1_000);
        }
      },
    });
  }
}
