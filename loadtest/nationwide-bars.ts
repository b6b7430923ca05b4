/**
 * Live progress of an action in the terminal, from the same WebSocket that operations watch: a bar for the action and one
 * for each carrier, with counts, rate and time left. Without a terminal it prints a line a second.
 */
import cliProgress from "cli-progress";
import { WebSocket } from "undici";
import { MONITOR_PROTOCOLS, type MonitorCarrier, type MonitorMessage } from "../schemas/monitor.js";
import type { EngineProcess } from "./engine-process.js";

const FORMAT = "{name} {bar} {value}/{total}  {rate}/s  {left}";

export class LiveBars {
  readonly #socket: WebSocket;
  readonly #bars = new cliProgress.MultiBar(
    { format: FORMAT, hideCursor: true, autopadding: true, noTTYOutput: false, forceRedraw: true, fps: 10 },
    cliProgress.Presets.shades_classic,
  );
  readonly #byName = new Map<string, cliProgress.SingleBar>();
  #total = 0;
  #printedAtMs = 0;

  constructor(engine: EngineProcess) {
    this.#socket = new WebSocket(`ws://127.0.0.1:${engine.port}/v1/monitor`, {
      protocols: [MONITOR_PROTOCOLS[0]],
      headers: { authorization: `Bearer ${engine.key}` },
    });
    this.#socket.addEventListener("message", ({ data }) => this.#show(JSON.parse(String(data)) as MonitorMessage));
  }

  close(): void {
    this.#socket.close();
    this.#bars.stop();
  }

  #show({ actions, carriers }: MonitorMessage): void {
    for (const action of actions) {
      this.#total = action.recipients;
      const { counts } = action;
      const done = counts.acknowledged + counts.delivered + counts.failed;
      const left = action.secondsLeft === null ? "" : `${action.secondsLeft} s left`;
      this.#bar("acknowledged", action.recipients, done, action.answeredPerSecond, left);
      this.#bar("delivered", action.recipients, counts.delivered, null, "");
    }
    const shares = carriers.reduce((sum, { share }) => sum + share, 0);
    for (const carrier of carriers) this.#carrier(carrier, Math.round((this.#total * carrier.share) / shares));
    if (!process.stdout.isTTY) this.#line({ actions, carriers });
  }

  /** `expected` is what its share comes to; a carrier that is faster than the others goes beyond it. */
  #carrier(carrier: MonitorCarrier, expected: number): void {
    const { p50, p99 } = carrier.latencyMs;
    const perSecond = carrier.acknowledgedPerSecond;
    const left = perSecond ? `${Math.ceil(Math.max(0, expected - carrier.acknowledged) / perSecond)} s left` : "";
    const words =
      p50 === null ? left : `${left}  response ${p50} ms, 99 % below ${p99} ms; ${carrier.inFlight} in flight`;
    this.#bar(carrier.name, Math.max(expected, carrier.acknowledged), carrier.acknowledged, perSecond, words);
  }

  #bar(name: string, total: number, value: number, perSecond: number | null, left: string): void {
    if (!process.stdout.isTTY || total === 0) return;
    const words = { name: name.padEnd(12), rate: String(perSecond ?? "-").padStart(7), left };
    const bar = this.#byName.get(name) ?? this.#bars.create(total, 0, words);
    this.#byName.set(name, bar);
    bar.setTotal(total);
    bar.update(value, words);
  }

  /** Where there is no terminal, one line a second. */
  #line({ actions, carriers }: Pick<MonitorMessage, "actions" | "carriers">): void {
    const now = performance.now();
    if (now - this.#printedAtMs < 1_000) return;
    this.#printedAtMs = now;
    for (const { counts, recipients, answeredPerSecond } of actions) {
      const done = counts.acknowledged + counts.delivered + counts.failed;
      console.log(`${done}/${recipients} acknowledged, ${counts.delivered} delivered, ${answeredPerSecond ?? "-"}/s`);
    }
    for (const { name, acknowledged, acknowledgedPerSecond } of carriers) {
      console.log(`  ${name}: ${acknowledged} acknowledged, ${acknowledgedPerSecond ?? "-"}/s`);
    }
  }
}
