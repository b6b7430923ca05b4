/** The picture of `seinpost watch`: what the feed said last, as lines of text. */
import type { Reason } from "../../schemas/api.js";
import type { MonitorAction, MonitorCarrier, MonitorMessage } from "../../schemas/monitor.js";

const BAR_CELLS = 24;
const WHOLE = new Intl.NumberFormat("en");
const GAP = "  ";

export class WatchView {
  readonly #actions = new Map<string, MonitorAction>();
  readonly #carriers = new Map<string, MonitorCarrier>();
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
    return true;
  }

  /** Actions with a bar each, then carriers. */
  lines(): string[] {
    const actions = [...this.#actions.values()];
    const carriers = [...this.#carriers.values()];
    const actionRows = [["ACTION", "STATUS", "WAVE", "", "", "RECIPIENTS", "PER SECOND", "LEFT", "STATES", "REASON"]];
    const carrierRows = [CARRIER_COLUMNS.map(([title]) => title)];
    return [
      ...(actions.length > 0 ? table([...actionRows, ...actions.map(actionRow)]) : ["No action is running."]),
      "",
      ...table([...carrierRows, ...carriers.map((carrier) => CARRIER_COLUMNS.map(([, cell]) => cell(carrier)))]),
    ];
  }

  /** All in one line, for a log. */
  line(): string {
    const actions = [...this.#actions.values()].map((action) => {
      const [id, status, , , percent, , rate, left, , reason] = actionRow(action);
      return [`${id} ${status} ${percent} ${rate}/s ${left}`, reason].filter(Boolean).join(" ");
    });
    const carriers = [...this.#carriers.values()].map((carrier) => {
      const { name, submittedPerSecond, latencyMs, inFlight, queued } = carrier;
      const rates = `${number(submittedPerSecond)}/s p99 ${milliseconds(latencyMs.p99)}`;
      return `${name} ${rates} in flight ${number(inFlight)} queued ${number(queued)}`;
    });
    return [...(actions.length > 0 ? actions : ["no action"]), ...carriers].join(" | ");
  }
}

function actionRow(action: MonitorAction): string[] {
  const { counts, recipients } = action;
  const done = recipients - counts.pending - counts.intended - counts.unknown;
  const share = recipients === 0 ? 1 : done / recipients;
  const cells = Math.round(share * BAR_CELLS);
  const states = Object.entries(counts).filter(([, count]) => count > 0);
  return [
    action.id.slice(0, 8),
    action.status,
    action.wave,
    "█".repeat(cells) + "░".repeat(BAR_CELLS - cells),
    `${Math.floor(share * 100)} %`,
    `${number(done)} / ${number(recipients)}`,
    number(action.answeredPerSecond),
    action.secondsLeft === null ? "–" : `${number(action.secondsLeft)} s`,
    states.map(([state, count]) => `${state} ${number(count)}`).join(", "),
    action.reason ? told(action.reason) : "",
  ];
}

const CARRIER_COLUMNS: readonly [string, (carrier: MonitorCarrier) => string][] = [
  ["CARRIER", ({ name }) => printable(name)],
  ["BINDS", ({ binds }) => `${binds.bound}/${binds.configured}`],
  ["SUBMITTED/S", ({ submittedPerSecond }) => number(submittedPerSecond)],
  ["ACKNOWLEDGED/S", ({ acknowledgedPerSecond }) => number(acknowledgedPerSecond)],
  ["RECEIPTS/S", ({ receiptsPerSecond }) => number(receiptsPerSecond)],
  ["P50", ({ latencyMs }) => milliseconds(latencyMs.p50)],
  ["P99", ({ latencyMs }) => milliseconds(latencyMs.p99)],
  ["WINDOW", ({ inFlight, window }) => `${number(inFlight)}/${number(window)}`],
  ["QUEUED", ({ queued }) => number(queued)],
  ["REFUSED", ({ refused }) => number(refused)],
  ["THROTTLED", ({ throttled }) => number(throttled)],
  ["LAST ERROR", ({ lastError }) => (lastError ? told(lastError) : "–")],
];

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
  return text.replaceAll(/\p{C}/gu, "·");
}

/** Columns padded to the widest cell; those that begin with a digit, and their titles, to the right. */
function table(rows: readonly (readonly string[])[]): string[] {
  const columns = rows[0]!.map((_, column) => rows.map((row) => row[column]!));
  const padded = columns.map((cells) => {
    const width = Math.max(...cells.map((cell) => cell.length));
    const right = cells.slice(1).every((cell) => /^[\d–]/.test(cell) && !/^[0-9a-f]{8}$/.test(cell));
    return cells.map((cell) => (right && cells.length > 1 ? cell.padStart(width) : cell.padEnd(width)));
  });
  return rows.map((_, row) =>
    padded
      .map((cells) => cells[row]!)
      .join(GAP)
      .trimEnd(),
  );
}
