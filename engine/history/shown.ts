/** The history as the API shows it: a line of numbers for each figure, as charts take them. */
import { dateTime } from "../../schemas/api/date-time.js";
import type { CarrierHistory, HistoryQuery } from "../../schemas/history/history.js";
import { HISTORY } from "../../schemas/limits.js";
import { inSlices } from "../clock/slices.js";
import { latencyOf } from "../dispatch/plan/latency.js";
import type { History, Step } from "./history.js";
import { type CarrierSample, emptySample, type Figure, merged, mergedErrors } from "./sample.js";

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;
const SPAN_MS = {
  hour: HOUR_MS,
  day: HISTORY.minutesKept * MINUTE_MS,
  month: HISTORY.quartersKept * HISTORY.minutesOfQuarter * MINUTE_MS,
} as const;

/** Until `nowMs`. */
export function showHistory(history: History, query: HistoryQuery, nowMs: number): Promise<CarrierHistory> {
  return inSlices(steps(history, query, nowMs));
}

function* steps(
  history: History,
  { span, carrier, channel }: HistoryQuery,
  nowMs: number,
): Generator<void, CarrierHistory> {
  const step: Step = span === "month" ? "quarter" : "minute";
  const records = yield* history.read(step, nowMs - SPAN_MS[span], nowMs);
  const names = new Set<string>();
  const points: CarrierSample[] = [];
  for (const { samples } of records) {
    const asked = samples.filter(
      (each) => each.name === (carrier ?? each.name) && each.channel === (channel ?? each.channel),
    );
    for (const { name } of asked) names.add(name);
    points.push(asked.reduce((sum, each) => merged(sum, each, true), emptySample("", "")));
    if (points.length % HISTORY.recordsOfStep === 0) yield;
  }
  const seconds = step === "minute" ? 60 : 60 * HISTORY.minutesOfQuarter;
  return {
    step,
    from: dateTime(nowMs - SPAN_MS[span]),
    to: dateTime(nowMs),
    carriers: [...names].sort(),
    at: records.map(({ atMs }) => dateTime(atMs)),
    series: seriesOf(points, seconds),
    errors: mergedErrors(...points.map(({ errors }) => errors)),
  };
}

function seriesOf(points: readonly CarrierSample[], seconds: number): CarrierHistory["series"] {
  const counts = (figure: Figure) => points.map(({ figures }) => figures[figure]);
  const perSecond = (figure: Figure) => counts(figure).map((count) => Number((count / seconds).toPrecision(4)));
  const took = (quantile: number) => points.map(({ latency }) => latencyOf(latency, quantile));
  return {
    submittedPerSecond: perSecond("submitted"),
    acknowledgedPerSecond: perSecond("acknowledged"),
    receiptsPerSecond: perSecond("receipts"),
    refused: counts("refused"),
    throttled: counts("throttled"),
    disconnects: counts("disconnects"),
    outstanding: counts("outstanding"),
    window: counts("window"),
    queued: counts("queued"),
    allowedPerSecond: counts("allowedPerSecond"),
    latencyP50Ms: took(0.5),
    latencyP95Ms: took(0.95),
    latencyP99Ms: took(0.99),
  };
}
