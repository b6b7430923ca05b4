/** The picture of `seinpost watch`: what the feed said last, as lines of text that fit the terminal. */
import type { Reason } from "../../../schemas/api/api.js";
import type { MonitorAction, MonitorAlarm, MonitorCarrier, MonitorMessage } from "../../../schemas/monitor.js";
import { bar, cut, flow, percent } from "./bar.js";

const BAR_CELLS = 20;
const WHOLE = new Intl.NumberFormat("en");
const INDENT = "  ";

export class WatchView {
  readonly #actions = new Map<string, MonitorAction>();
  readonly #carriers = new Map<string, MonitorCarrier>();
  #alarms: readonly MonitorAlarm[] = [];
  #sequence: number | undefined;

  /** False when a message is missing between the last one and this; then only a new connection helps. */
  apply(message: MonitorMessage): boolean {
    if (message.type === "snapshot") {
      this.#actions.clear();
      this.#carriers.clear();
    } else if (this.#sequence === undefined || message.sequence !== this.#sequence + 1) {
      return false;
    }
    this.#sequence = message.sequence;
    for (const action of message.actions) this.#actions.set(action.id, action);
    for (const carrier of message.carriers) this.#carriers.set(carrier.name, carrier);
    for (const id of message.gone) this.#actions.delete(id);
    this.#alarms = message.alarms;
    return true;
  }

  /** Alarms, actions with a bar each, then carriers; none is wider than `columns`. */
  lines(columns: number): string[] {
    const actions = [...this.#actions.values()].flatMap((action) => actionLines(action, columns));
    const carriers = [...this.#carriers.values()].flatMap((carrier) => carrierLines(carrier, columns));
    const alarms = this.#alarms.map((alarm) => cut(`! ${told(alarm)}`, columns));
    return [...alarms, ...(actions.length > 0 ? actions : [cut("No action is running.", columns)]), "", ...carriers];
  }

  /** All in one line, for a log. */
  line(): string {
    const actions = [...this.#actions.values()].map((action) => {
      const { id, status, kind, answeredPerSecond, reason } = action;
      const fields = [
        id.slice(0, 8),
        ...unreal(action),
        status,
        kind,
        percent(done(action), action.recipients),
        reached(action),
      ];
      const pace = [`${number(answeredPerSecond)}/s`, left(action), ...forecast(action)];
      return [...fields, ...pace, ...(reason ? [told(reason)] : [])].join(" ");
    });
    const carriers = [...this.#carriers.values()].map((carrier) => {
      const { submittedPerSecond, latencyMs, inFlight, queued } = carrier;
      const rates = `${number(submittedPerSecond)}/s p99 ${milliseconds(latencyMs.p99)}`;
      const name = [printable(carrier.name), ...use(carrier)].join(" ");
      return `${name} ${rates} in flight ${number(inFlight)} queued ${number(queued)}`;
    });
    const alarms = this.#alarms.map((alarm) => `! ${told(alarm)}`);
    return [...alarms, ...(actions.length > 0 ? actions : ["no action"]), ...carriers].join(" | ");
  }
}

/** In words, for whoever sees no colours. */
function unreal({ mode }: MonitorAction): string[] {
  return mode === "actual" ? [] : [`*** ${mode.toUpperCase()} ***`];
}

function actionLines(action: MonitorAction, columns: number): string[] {
  const { id, status, kind, wave, counts, recipients, replies, text, reason } = action;
  const states = Object.entries(counts).filter(([, count]) => count > 0);
  const fields = [
    id.slice(0, 8),
    ...unreal(action),
    started(action),
    kind,
    wave === "first" ? status : `${status}, ${wave}`,
    `${bar(done(action), recipients, BAR_CELLS)} ${percent(done(action), recipients)}`,
    reached(action),
    `${number(action.answeredPerSecond)}/s`,
    left(action),
    ...forecast(action),
    ...(replies > 0 ? [`replies ${number(replies)}`] : []),
    ...states.map(([state, count]) => `${state} ${number(count)}`),
  ];
  const words = [printable(text), ...(reason ? [told(reason)] : [])];
  return [...flow(fields, columns), ...words.map((line) => cut(INDENT + line, columns))];
}

function carrierLines(carrier: MonitorCarrier, columns: number): string[] {
  const { name, binds, latencyMs, lastError } = carrier;
  const fields = [
    cut(printable(name), columns),
    ...use(carrier),
    `binds ${binds.bound}/${binds.configured}`,
    `submitted ${number(carrier.submittedPerSecond)}/s`,
    `acknowledged ${number(carrier.acknowledgedPerSecond)}/s`,
    `receipts ${number(carrier.receiptsPerSecond)}/s`,
    `p50 ${milliseconds(latencyMs.p50)}`,
    `p99 ${milliseconds(latencyMs.p99)}`,
    `window ${number(carrier.inFlight)}/${number(carrier.window)}`,
    `queued ${number(carrier.queued)}`,
    `refused ${number(carrier.refused)}`,
    `throttled ${number(carrier.throttled)}`,
  ];
  return [...flow(fields, columns), ...(lastError ? [cut(INDENT + told(lastError), columns)] : [])];
}

/** What an operator said of it, in capitals: nobody is to wonder why it sends nothing. */
function use({ state }: MonitorCarrier): string[] {
  return state === "running" ? [] : [state.toUpperCase()];
}

/** Of whom it is known how it ended; the others are still at work, or may be. */
function done({ counts, recipients }: MonitorAction): number {
  return recipients - counts.pending - counts.intended - counts.unknown;
}

function reached({ counts, recipients }: MonitorAction): string {
  return `reached ${number(counts.acknowledged + counts.delivered)} of ${number(recipients)}`;
}

function started({ startedAt }: MonitorAction): string {
  return startedAt === null ? "not begun" : momentOf(startedAt);
}

/** By the clock of whoever looks, with the day where it is not today. */
function momentOf(iso: string): string {
  const at = new Date(iso);
  const time = at.toLocaleTimeString("en-GB");
  return at.toDateString() === new Date().toDateString() ? time : `${at.toLocaleDateString("sv")} ${time}`;
}

function left({ secondsLeft }: MonitorAction): string {
  return secondsLeft === null ? "left –" : `left ${number(secondsLeft)} s`;
}

/** When the wave was to be done, and how wrong that was once it is; and when the action goes on by itself. */
function forecast({ expectedAt, lateMs, nextAt }: MonitorAction): string[] {
  const expected = expectedAt !== null && lateMs === null ? [`expected ${momentOf(expectedAt)}`] : [];
  const error =
    lateMs === null ? [] : [`${seconds(Math.abs(lateMs))} ${lateMs < 0 ? "earlier" : "later"} than expected`];
  return [...expected, ...error, ...(nextAt === null ? [] : [`goes on ${momentOf(nextAt)}`])];
}

function seconds(ms: number): string {
  return `${WHOLE.format(Math.round(ms / 100) / 10)} s`;
}

function number(value: number | null): string {
  return value === null ? "–" : WHOLE.format(value);
}

function milliseconds(value: number | null): string {
  return value === null ? "–" : `${value < 10 ? value.toFixed(1) : Math.round(value)} ms`;
}

function told({ code, detail }: Reason): string {
  return printable(`${code}: ${detail}`);
}

/** What came from elsewhere must not move the cursor. */
function printable(text: string): string {
  return text.replaceAll(/[\p{C}\p{Zl}\p{Zp}]/gu, "·");
}
