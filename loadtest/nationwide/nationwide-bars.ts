/**
 * Live progress of an action in the terminal, from the same WebSocket that operations watch: a bar for the action and one
 * for each carrier, with counts, rate and time left. Without a terminal it prints a line a second.
 */
import cliProgress from "cli-progress";
import { WebSocket } from "undici";
import { type BarWords, drawBar } from "../../gateway/commands/watch/progress.js";
import { MONITOR_PROTOCOLS, type MonitorCarrier, type MonitorMessage } from "../../schemas/monitor.js";
import type { EngineProcess } from "../engine-process.js";

export class LiveBars {
  readonly #socket: WebSocket;
  readonly #bars = new cliProgress.MultiBar(
    { format: drawBar, hideCursor: true, noTTYOutput: false, forceRedraw: true, fps: 10 },
    cliProgress.Presets.shades_classic,
  );
  readonly #byName = new Map<string, cliProgress.SingleBar>();
  /** Recipients for whom no carrier has answered yet. */
  #open = 0;
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
      const { counts } = action;
      const done = counts.acknowledged + counts.delivered + counts.failed;
      this.#open = action.recipients - done;
      const left = action.secondsLeft === null ? [] : [`${action.secondsLeft} s left`];
      this.#bar("acknowledged", action.recipients, done, [rate(action.answeredPerSecond), ...left]);
      this.#bar("delivered", action.recipients, counts.delivered, []);
    }
    const shares = carriers.reduce((sum, { share }) => sum + share, 0);
    for (const carrier of carriers) this.#carrier(carrier, Math.ceil((this.#open * carrier.share) / shares));
    if (!process.stdout.isTTY) this.#line({ actions, carriers });
  }

  /** `open` is its share of what is left; who is faster than the others will get more of it. */
  #carrier(carrier: MonitorCarrier, open: number): void {
    const { acknowledged, acknowledgedPerSecond, inFlight, latencyMs } = carrier;
    const { p50, p99 } = latencyMs;
    const left = acknowledgedPerSecond ? [`${Math.ceil(open / acknowledgedPerSecond)} s left`] : [];
    const response = p50 === null ? [] : [`response ${p50} ms`, `99 % below ${p99} ms`];
    const words = [rate(acknowledgedPerSecond), ...left, ...response, `${inFlight} in flight`];
    this.#bar(carrier.name, acknowledged + open, acknowledged, words);
  }

  #bar(name: string, total: number, value: number, after: readonly string[]): void {
    if (!process.stdout.isTTY || total === 0) return;
    const words: BarWords = { what: name.padEnd(12), after };
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

function rate(perSecond: number | null): string {
  return `${perSecond ?? "-"}/s`;
}
