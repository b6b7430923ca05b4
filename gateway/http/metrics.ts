/**
 * /metrics in Prometheus' text format. What the engine counts already is pulled when a scrape comes (pulled-metrics.ts); pushed is
 * what the HTTP server alone knows, and durations, because they have to be put in buckets when they happen.
 *
 * Promises that no label holds personal data or anything that grows without bound: routes are templates ("/v1/actions/{id}").
 */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import type { MetricsSource } from "./metrics-source.js";
import { PULLED, type PulledMetric } from "./pulled-metrics.js";

/** From 0.5 ms, a look-up, to 10 s, where a client has long given up. */
const HTTP_BUCKETS_SECONDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10];
/** From a neighbourhood to the nation. */
const SELECTION_BUCKETS_SECONDS = [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 5];
/** From ten times too long a forecast to ten times too short. */
const FORECAST_BUCKETS = [0.1, 0.25, 0.5, 0.8, 0.9, 1, 1.1, 1.25, 2, 4, 10];
/** Nobody more than was forecast; of how few carriers take nothing, a hundredth says. */
const TAKEN_BUCKETS = [0.1, 0.25, 0.5, 0.8, 0.9, 0.95, 0.98, 0.99, 0.999, 1];
/** Gauges of prom-client that are named as counters are; each has a fellow that tells the same by type. */
const MISNAMED = ["nodejs_active_resources_total", "nodejs_active_handles_total", "nodejs_active_requests_total"];

export class Metrics {
  readonly #registry = new Registry();
  readonly #http: Histogram<"method" | "route" | "status">;
  readonly #selection: Histogram;
  readonly #forecast: Histogram;
  readonly #taken: Histogram;
  readonly #unnamed: Counter;

  /** `version`: of this program. */
  constructor(version: string) {
    const registers = [this.#registry];
    collectDefaultMetrics({ register: this.#registry });
    for (const name of MISNAMED) this.#registry.removeSingleMetric(name);
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
    this.#forecast = new Histogram({
      name: "seinpost_forecast_duration_ratio",
      help: "How long a wave took, over how long it was forecast to take",
      buckets: FORECAST_BUCKETS,
      registers,
    });
    this.#taken = new Histogram({
      name: "seinpost_forecast_recipients_ratio",
      help: "For how many recipients of a wave a carrier took the message, or may have, over how many were forecast",
      buckets: TAKEN_BUCKETS,
      registers,
    });
    this.#unnamed = new Counter({
      name: "seinpost_clients_unnamed_total",
      help: "Requests of citizens whose address nobody can tell, because a proxy names no client; anything but 0 is to be looked into",
      registers,
    });
    new Gauge({
      name: "seinpost_build_info",
      help: "1, with the version of this program and of the Node.js that runs it",
      labelNames: ["version", "node"],
      registers,
    }).set({ version, node: process.versions.node }, 1);
  }

  /** Says where the engine's counts are. To be called once, before the first scrape. */
  pullFrom(source: MetricsSource): void {
    for (const metric of PULLED) this.#pull(metric, source);
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  text(): Promise<string> {
    return this.#registry.metrics();
  }

  /** One request of somebody whose address nobody can tell. */
  observeUnnamed(): void {
    this.#unnamed.inc();
  }

  /** One answered request; `route` is the template, or "unmatched". */
  observeRequest(method: string, route: string, status: number, seconds: number): void {
    this.#http.observe({ method, route, status }, seconds);
  }

  observeSelection(seconds: number): void {
    this.#selection.observe(seconds);
  }

  /** A wave took so many times as long as was forecast, and so many times as many recipients, whose price is as many times as much. */
  observeForecast(duration: number | null, recipients: number): void {
    if (duration !== null) this.#forecast.observe(duration);
    this.#taken.observe(recipients);
  }

  #pull({ type, name, help, label, read }: PulledMetric, source: MetricsSource): void {
    const labelNames = label === undefined ? [] : [label];
    const metric = new (type === "counter" ? Counter : Gauge)({
      name,
      help,
      labelNames,
      registers: [this.#registry],
      collect: () => {
        // What has gone since the last scrape, such as a carrier, is not shown any more.
        metric.reset();
        const values = read(source);
        if (typeof values === "number") metric.inc(values);
        else for (const [word, value] of values) metric.inc({ [label!]: word }, value);
      },
    });
  }
}
