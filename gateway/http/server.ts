/**
 * The HTTP server: the only way in for a control room, and the only folder that imports uWebSockets.js or `ws`.
 *
 * Assumes one process on a trusted network or behind a proxy that ends TLS; listens on loopback unless told otherwise.
 * Promises an answer for everything that is HTTP: what is wrong with a request is said as a problem document, and a 500
 * means a mistake of ours. Checks run from cheap to dear: path, method, key, rate, headers, body, JSON, schema.
 */
import { fail, ok, type Problem, type Result } from "../../schemas/errors.js";
import { API } from "../../schemas/limits.js";
import { Admission } from "./admission.js";
import { TrustedProxies } from "./client-address.js";
import { Exchange } from "./exchange.js";
import { KEY_ROOM, PUBLIC_ROOM } from "./kept-body.js";
import type { KeyVerifier, SessionVerifier } from "./keys.js";
import { loadNative } from "./native/listen.js";
import { listenWithNode } from "./node/listen.js";
import { MONITOR_PATH } from "./operation-routes.js";
import { hasBody, isPublic, type RawHead, type Reply, type Route, type Who } from "./route.js";
import { type Match, Router } from "./router.js";
import { type RouteParts, routeTable } from "./routes.js";
import type { Handlers, Incoming, Listen, Listening } from "./transport.js";
import { subscribe } from "./upgrade.js";

/** The part of a pino logger that is used. */
export interface ServerLog {
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

export interface ServerOptions extends RouteParts {
  readonly keys: KeyVerifier;
  /** Absent: there are no sessions, so none is right. */
  readonly sessions?: SessionVerifier;
  /** Proxies whose X-Forwarded-For is believed; none when absent. */
  readonly trustedProxies?: TrustedProxies;
  /** DISK_FULL while what is left of the disk is for what carriers answer; absent: there is room for all. */
  readonly full?: () => Problem | null;
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
  readonly #admission: Admission;
  readonly #proxies: TrustedProxies;
  #closing = false;
  #underWay = 0;
  #idle: (() => void) | undefined;

  constructor(private readonly options: ServerOptions) {
    this.#router = new Router(routeTable(options));
    this.#admission = new Admission(options.keys, options.sessions);
    this.#proxies = options.trustedProxies ?? TrustedProxies.none();
    this.handlers = {
      livePath: MONITOR_PATH,
      request: (incoming) => this.#take(incoming),
      upgrade: (incoming) =>
        subscribe(incoming, this.#proxies, options.monitor, (exchange, key) =>
          this.#inTime(exchange, () => this.#admission.withKey(exchange, MONITOR_ROLES, key)),
        ),
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
    const exchange = new Exchange(incoming, this.#proxies, (status) => {
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
    const { method, path, query, idempotencyKey, contentLength } = exchange.head;
    const admitted =
      route.auth === "open" ? this.#admit(exchange, route) : this.#inTime(exchange, () => this.#admit(exchange, route));
    if (!admitted.ok) return exchange.problem(admitted.problem);
    const full = route.grows ? this.options.full?.() : null;
    if (full) return exchange.problem(full);
    const { signal } = exchange;
    const head = { method, path, params, query, idempotencyKey, contentLength, signal, who: admitted.value };
    const result = await receive(exchange, route, head);
    if (result === undefined) return;
    if (!result.ok) return exchange.problem(result.problem);
    const { status, body, contentType = "application/json", headers = {} } = result.value;
    for (const [name, value] of Object.entries(headers)) exchange.setHeader(name, value);
    const asItIs = result.value.contentType !== undefined && typeof body === "string";
    exchange.answer(status, contentType, asItIs ? body : JSON.stringify(body));
  }

  #admit(exchange: Exchange, route: Route): Result<Who> {
    return this.#admission.admit(exchange, route.auth, route.roles);
  }

  /** Nobody comes in any more once the service stops. What is behind a door is nobody else's to keep. */
  #inTime(exchange: Exchange, admit: () => Result<Who>): Result<Who> {
    exchange.setHeader("Cache-Control", "no-store");
    return this.#closing ? fail("NOT_READY", "The service is stopping") : admit();
  }
}

const MONITOR_ROLES = ["controlRoom"] as const;
const NO_BODY = new Uint8Array(0);
const JSON_TYPE = /^application\/json\s*(;\s*charset\s*=\s*"?utf-8"?\s*)?$/i;

const wrongType = (taken: string): Result<never> => fail("UNSUPPORTED_MEDIA_TYPE", `Send ${taken}`, "Content-Type");

/** Takes the body, if there is one, and runs the route; undefined when the client went away. */
async function receive(exchange: Exchange, route: Route, head: RawHead): Promise<Result<Reply> | undefined> {
  const { streamTypes } = route;
  if (streamTypes) {
    const isTaken = streamTypes.includes(exchange.head.contentType.split(";", 1)[0]!.trim().toLowerCase());
    return isTaken ? exchange.receive((refuse) => route.open(head, refuse)) : wrongType(streamTypes.join(" or "));
  }
  const body = await readRequestBody(exchange, route);
  return body?.ok ? route.run(head, body.value) : body;
}

/** The body where the method has one; undefined when the client went away. */
async function readRequestBody(exchange: Exchange, route: Route): Promise<Result<Uint8Array> | undefined> {
  if (!hasBody(route.method)) return ok(NO_BODY);
  const { contentType } = exchange.head;
  const isWrong = contentType === "" ? route.body !== undefined : !JSON_TYPE.test(contentType);
  return isWrong
    ? wrongType("application/json, in UTF-8")
    : exchange.readBody(isPublic(route.auth) ? PUBLIC_ROOM : KEY_ROOM);
}
