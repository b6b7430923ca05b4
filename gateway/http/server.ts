/**
 * The HTTP server: the only way in for a control room, and the only folder that imports uWebSockets.js or `ws`.
 *
 * Assumes one process on a trusted network or behind a proxy that ends TLS; listens on loopback unless told otherwise.
 * Promises an answer for everything that is HTTP: what is wrong with a request is said as a problem document, and a 500
 * means a mistake of ours. Checks run from cheap to dear: path, method, key, rate, headers, body, JSON, schema.
 */
import type { ActionService } from "../../engine/actions/service.js";
import { fail, ok, type Result } from "../../schemas/errors.js";
import { API } from "../../schemas/limits.js";
import { Exchange } from "./exchange.js";
import { bearerKey, type KeyVerifier } from "./keys.js";
import type { LiveFeed } from "./live.js";
import type { Metrics } from "./metrics.js";
import { loadNative } from "./native/listen.js";
import { listenWithNode } from "./node/listen.js";
import { RateLimiter } from "./rate.js";
import type { Route } from "./route.js";
import { type Match, Router } from "./router.js";
import { MONITOR_PATH, routeTable } from "./routes.js";
import type { Handlers, Incoming, Listen, Listening } from "./transport.js";
import { subscribe } from "./upgrade.js";

/** The part of a pino logger that is used. */
export interface ServerLog {
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

export interface ServerOptions {
  readonly service: ActionService;
  readonly keys: KeyVerifier;
  readonly monitor: LiveFeed;
  readonly metrics: Metrics;
  readonly log: ServerLog;
  /** Loopback when absent. */
  readonly host?: string;
  /** 0 or absent: any free one. */
  readonly port?: number;
}

export interface RunningServer {
  readonly port: number;
  /** Takes no more connections, drops subscribers, and settles when the answers under way are out (or API.closeMs). */
  close(): Promise<void>;
}

/** CONFIGURATION_INVALID when it can't listen there. `listen` is for tests, which run over both transports. */
export async function startServer(
  options: ServerOptions,
  listen: Listen = chooseTransport(options.log),
): Promise<Result<RunningServer>> {
  const { host = "127.0.0.1", port = 0 } = options;
  const server = new Server(options);
  const listening = await listen(host, port, server.handlers);
  if (listening) return ok(server.running(listening));
  return fail("CONFIGURATION_INVALID", `Can't listen on ${host}:${port}; is it in use?`, "port");
}

export function chooseTransport(log: ServerLog, native = loadNative()): Listen {
  if (native.ok) return native.value;
  const reason = native.problem.detail;
  log.warn({ reason }, `no native uWebSockets.js for Node ${process.version} here; node:http serves, more slowly`);
  return listenWithNode;
}

class Server {
  readonly handlers: Handlers;
  readonly #router: Router;
  readonly #rate = new RateLimiter(API.requestsPerSecond);
  #closing = false;
  #underWay = 0;
  #idle: (() => void) | undefined;

  constructor(private readonly options: ServerOptions) {
    this.#router = new Router(routeTable(options));
    this.handlers = {
      livePath: MONITOR_PATH,
      request: (incoming) => this.#take(incoming),
      upgrade: (incoming) => subscribe(incoming, options.monitor, (exchange, key) => this.#admit(exchange, key)),
    };
  }

  running(listening: Listening): RunningServer {
    return {
      port: listening.port,
      close: async () => {
        if (this.#closing) return;
        this.#closing = true;
        listening.close();
        this.options.monitor.close();
        if (this.#underWay === 0) return;
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, API.closeMs);
          this.#idle = () => {
            clearTimeout(timer);
            resolve();
          };
        });
      },
    };
  }

  #take(incoming: Incoming): void {
    const { head } = incoming;
    const found = this.#router.find(head.method, head.path);
    const started = performance.now();
    const template = found && "route" in found ? found.route.path : "unmatched";
    this.#underWay++;
    const exchange = new Exchange(incoming, (status) => {
      // A method we don't know is the client's word; as a label it could be anything.
      const method = found && "route" in found ? head.method : "other";
      this.options.metrics.observeRequest(method, template, status, (performance.now() - started) / 1_000);
      if (--this.#underWay === 0) this.#idle?.();
    });
    if (found === undefined) exchange.problem({ code: "NOT_FOUND", detail: "There is nothing at this path" });
    else if ("route" in found) void this.#serve(exchange, found);
    else this.#otherMethod(exchange, found.allow);
  }

  #otherMethod(exchange: Exchange, allow: readonly string[]): void {
    exchange.setHeader("Allow", allow.join(", "));
    if (exchange.head.method === "OPTIONS") exchange.answer(204, "", undefined);
    else exchange.problem({ code: "METHOD_NOT_ALLOWED", detail: `Allowed here: ${allow.join(", ")}` });
  }

  async #serve(exchange: Exchange, match: Match): Promise<void> {
    try {
      await this.#run(exchange, match);
    } catch (error) {
      // A programmer's mistake in one request: the client gets a 500 without details, the log gets them all.
      this.options.log.error({ err: error, route: match.route.path }, "a request failed on a broken assumption");
      exchange.problem({ code: "INTERNAL", detail: "The log of the service says more" });
    }
  }

  async #run(exchange: Exchange, { route, params }: Match): Promise<void> {
    const { head } = exchange;
    const needsKey = route.auth === "key" || (route.auth === "local" && !exchange.isLocal());
    const admitted = needsKey ? this.#admit(exchange, undefined) : ok("");
    if (!admitted.ok) return exchange.problem(admitted.problem);
    const body = await readRequestBody(exchange, route);
    if (body === undefined) return;
    if (!body.ok) return exchange.problem(body.problem);
    const { method, path, query, idempotencyKey } = head;
    const request = { method, path, params, query, body: body.value, idempotencyKey, keyId: admitted.value };
    const result = await route.run(request);
    if (!result.ok) return exchange.problem(result.problem);
    const reply = result.value;
    for (const [name, value] of Object.entries(reply.headers ?? {})) exchange.setHeader(name, value);
    if (reply.contentType) exchange.answer(reply.status, reply.contentType, String(reply.body));
    else exchange.answer(reply.status, "application/json", JSON.stringify(reply.body));
  }

  /** The key's id when it may come in now. `key` overrides the Authorization header where there is none. */
  #admit(exchange: Exchange, key: string | undefined): Result<string> {
    exchange.setHeader("Cache-Control", "no-store");
    if (this.#closing) return fail("NOT_READY", "The service is stopping");
    const presented = bearerKey(exchange.head.authorization) ?? key;
    const owner = presented === undefined ? undefined : this.options.keys.verify(presented);
    if (owner === undefined) {
      return fail("UNAUTHENTICATED", "Send an API key: Authorization: Bearer spk_…", "Authorization");
    }
    const rate = this.#rate.take(owner.keyId);
    exchange.setHeader("RateLimit-Limit", String(rate.limit));
    exchange.setHeader("RateLimit-Remaining", String(rate.remaining));
    exchange.setHeader("RateLimit-Reset", String(rate.resetSeconds));
    return rate.allowed ? ok(owner.keyId) : fail("TOO_MANY_REQUESTS", `At most ${rate.limit} requests a second`);
  }
}

const NO_BODY = new Uint8Array(0);
const JSON_TYPE = /^application\/json\s*(;\s*charset\s*=\s*"?utf-8"?\s*)?$/i;

/** The body where the method has one; undefined when the client went away. */
async function readRequestBody(exchange: Exchange, route: Route): Promise<Result<Uint8Array> | undefined> {
  if (route.method !== "POST") return ok(NO_BODY);
  const { contentType } = exchange.head;
  const wrongType = fail("UNSUPPORTED_MEDIA_TYPE", "Send application/json, in UTF-8", "Content-Type");
  if (contentType === "" ? route.body !== undefined : !JSON_TYPE.test(contentType)) return wrongType;
  return exchange.readBody();
}
