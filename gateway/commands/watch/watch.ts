/**
 * `seinpost watch`: live monitoring in a terminal. On a terminal the picture is redrawn in place; into a file or a pipe it
 * is one line a second. Connects again when the connection breaks, and ends on Ctrl-C.
 */
import { Command, Option } from "commander";
import { WebSocket } from "undici";
import { MONITOR } from "../../../schemas/limits.js";
import { MONITOR_PROTOCOLS, MonitorMessage } from "../../../schemas/monitor.js";
import { type Configuration, readConfiguration } from "../../service/configuration.js";
import { report } from "../data.js";
import { EXIT } from "../exit-codes.js";
import { WatchView } from "./watch-view.js";

const LOG_INTERVAL_MS = 1_000;
/** Of a terminal that does not say how large it is, and of none. */
const COLUMNS = 80;
const ROWS = 24;

export interface WatchOptions {
  readonly url: string;
  readonly key: string;
  readonly once: boolean;
}

/** The part of process.stdout that is used. */
export interface Terminal {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
}

export function watchCommand(): Command {
  const key = new Option("--key <key>", "API key").env("SEINPOST_API_KEY").makeOptionMandatory();
  return new Command("watch")
    .description("show running actions and carriers live")
    .option(
      "--url <url>",
      "the service's live feed (default: where SEINPOST_HOST and SEINPOST_PORT say that it listens)",
    )
    .addOption(key)
    .option("--once", "print what there is and end", false)
    .action(async ({ url, ...options }: Omit<WatchOptions, "url"> & { readonly url?: string }) => {
      const configuration = readConfiguration(process.env);
      if (!configuration.ok) return report(configuration.problem);
      const interrupt = new AbortController();
      process.once("SIGINT", () => interrupt.abort());
      const feed = { ...options, url: url ?? feedUrl(configuration.value) };
      process.exitCode = await watch(feed, process.stdout, interrupt.signal);
    });
}

/** Where the feed of a service with these settings is, seen from its own machine. */
export function feedUrl({ host, port }: Pick<Configuration, "host" | "port">): string {
  // Who listens on every address listens on loopback too.
  const near = host === "0.0.0.0" ? "127.0.0.1" : host === "::" ? "::1" : host;
  return `ws://${near.includes(":") ? `[${near}]` : near}:${port}/v1/monitor`;
}

/** Shows until it is interrupted, or once. The exit code: not done when --once got nothing. */
export async function watch(options: WatchOptions, terminal: Terminal, interrupt: AbortSignal): Promise<number> {
  const screen = new Screen(terminal);
  while (!interrupt.aborted) {
    const end = await follow(options, screen, interrupt);
    if (options.once) {
      if (end !== "shown") screen.say(end);
      return end === "shown" ? EXIT.done : EXIT.notDone;
    }
    if (interrupt.aborted) break;
    screen.say(`${end}; connecting again`);
    await pause(MONITOR.reconnectMs, interrupt);
  }
  return EXIT.done;
}

/** One connection, to its end; says why it ended. */
function follow(options: WatchOptions, screen: Screen, interrupt: AbortSignal): Promise<string> {
  const view = new WatchView();
  const headers = { authorization: `Bearer ${options.key}` };
  const socket = new WebSocket(options.url, { protocols: [MONITOR_PROTOCOLS[0]], headers });
  let reason = `Can't connect to ${options.url}: is the service running, and the key right?`;
  return new Promise((resolve) => {
    const stop = (why: string): void => {
      reason = why;
      socket.close();
    };
    const interrupted = (): void => stop("Interrupted");
    interrupt.addEventListener("abort", interrupted, { once: true });
    socket.onopen = () => {
      reason = "The connection broke";
    };
    socket.onmessage = ({ data }) => {
      const message = readMessage(data);
      if (message === undefined) return stop("The service speaks another version");
      if (!view.apply(message)) return stop("A message is missing");
      if (options.once) {
        screen.print(view);
        return stop("shown");
      }
      screen.show(view);
    };
    // The reason of an error is in none of its fields; the close that follows it ends this connection.
    socket.onclose = () => {
      interrupt.removeEventListener("abort", interrupted);
      resolve(reason);
    };
  });
}

function readMessage(data: unknown): MonitorMessage | undefined {
  try {
    return MonitorMessage.safeParse(JSON.parse(String(data))).data;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function pause(durationMs: number, interrupt: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      interrupt.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, durationMs);
    interrupt.addEventListener("abort", done, { once: true });
  });
}

class Screen {
  /** Lines of the picture that is on the terminal, above the cursor. */
  #drawn = 0;
  #loggedAtMs = Number.NEGATIVE_INFINITY;
  readonly #terminal: Terminal;

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
  }

  show(view: WatchView): void {
    if (this.#terminal.isTTY) {
      // A line of the whole width would leave the cursor on the next one.
      this.#draw(view.lines((this.#terminal.columns ?? COLUMNS) - 1));
      return;
    }
    const now = performance.now();
    if (now - this.#loggedAtMs < LOG_INTERVAL_MS) return;
    this.#loggedAtMs = now;
    this.say(view.line());
  }

  /** A line of its own, which stays. */
  say(text: string): void {
    this.#drawn = 0;
    this.#terminal.write(`${new Date().toISOString()} ${text}\n`);
  }

  print(view: WatchView): void {
    this.#terminal.write(`${view.lines(this.#terminal.columns ?? COLUMNS).join("\n")}\n`);
  }

  #draw(lines: readonly string[]): void {
    // A line that scrolled away could not be drawn over.
    const fitting = lines.slice(0, (this.#terminal.rows ?? ROWS) - 1);
    const back = this.#drawn > 0 ? `\x1b[${this.#drawn}A\x1b[J` : "";
    this.#terminal.write(`${back}${fitting.join("\n")}\n`);
    this.#drawn = fitting.length;
  }
}
