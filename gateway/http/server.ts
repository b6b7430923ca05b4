/**
 * The HTTP server: the only way in for a control room, and the only folder that imports node:http or `ws`.
 *
 * Assumes one process on a trusted network or behind a proxy that ends TLS; listens on loopback unless told otherwise.
 * Promises an answer for everything that is HTTP: what is wrong with a request is said as a problem document, and a 500
 * means a mistake of ours. Checks run from cheap to dear: path, method, key, rate, headers, body, JSON, schema.
 */

import { fail, ok, type Problem, type Result } from "../../schemas/errors.js";
import { API } from "../../schemas/limits.js";
import { type Door, type DoorOptions, openDoors } from "./doors.js";
import type { LiveFeed } from "./live.js";
import { Opened } from "./opened.js";
import { Admission, NOBODY } from "./request/admission.js";
import { KEY_ROOM, PUBLIC_ROOM, type Room, SESSION_ROOM } from "./request/body/kept-body.js";
import { isUtf8, readMediaType } from "./request/body/media-type.js";
import { addressCounted, canonicalAddress, isLoopback, TrustedProxies } from "./request/client-address.js";
import { conditionsOf } from "./request/conditions.js";
import { Exchange } from "./request/exchange.js";
import type { ConsoleVerifier, KeyVerifier, SessionVerifier } from "./request/keys.js";
import type { HttpResponse } from "./request/response.js";
import { hasBody, jsonTypes, type RawHead, type Route, type Who } from "./request/route.js";
import { type Match, Router } from "./request/router.js";
import { METRICS_PATH, MONITOR_PATH } from "./routes/operation-routes.js";
import { type RouteParts, routeTable } from "./routes/routes.js";
import type { Handlers, Incoming, Listening } from "./transport/transport.js";
import { UnnamedClients } from "./unnamed-clients.js";
import { subscribe } from "./upgrade.js";

/** The part of a pino logger that is used. */
export interface ServerLog {
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

export interface ServerOptions extends RouteParts, DoorOptions {
  readonly keys: KeyVerifier;
  readonly monitor: LiveFeed;
  /** Absent: there are no sessions, so none is right. */
  readonly sessions?: SessionVerifier;
  /** Absent: there is no console, so no cookie stands for a key. */
  readonly console?: ConsoleVerifier;
  /** Proxies whose X-Forwarded-For is believed; none when absent. */
  readonly trustedProxies?: TrustedProxies;
  /** Beside the monitor: by their paths. */
  readonly feeds?: Readonly<Record<string, LiveFeed>>;
  /** DISK_FULL while what is left of the disk is for what carriers answer; absent: there is room for all. */
  readonly full?: () => Problem | null;
  readonly log: ServerLog;
}

export interface RunningServer {
  readonly port: number;
  /** Takes no more connections, drops subscribers, and settles when clients have taken the answers under way (or API.closeMs). */
  close(): Promise<void>;
}

/** ADDRESS_UNAVAILABLE or CONFIGURATION_INVALID when it can't listen there. */
export async function startServer(options: ServerOptions): Promise<Result<RunningServer>> {
  const server = new Server(options);
  const listening = await openDoors(options, (door) => server.handlers(door));
  return listening.ok ? ok(server.running(listening.value)) : listening;
}

class Server {
  readonly #router: Router;
  readonly #admission: Admission;
  readonly #proxies: TrustedProxies;
  readonly #opened = new Opened();
  readonly #feeds: ReadonlyMap<string, LiveFeed>;
  #closing = false;
  #underWay = 0;
  #idle: (() => void) | undefined;
  readonly #options: ServerOptions;

  constructor(options: ServerOptions) {
    this.#options = options;
    this.#feeds = new Map([[MONITOR_PATH, options.monitor], ...Object.entries(options.feeds ?? {})]);
    const unnamed = new UnnamedClients((fields, message) => options.log.warn(fields, message));
    this.#router = new Router(routeTable({ ...options, warnings: () => unnamed.warnings }));
    this.#admission = new Admission(options, () => {
      unnamed.note();
      options.metrics.observeUnnamed();
    });
    this.#proxies = options.trustedProxies ?? TrustedProxies.none();
    options.keys.onEnded((credential) => this.#opened.end(credential));
    options.console?.onEnded((session) => this.#opened.end(session));
  }

  handlers(door: Door): Handlers {
    return {
      isLive: (path) => door === "api" && this.#feeds.has(path),
      strangerAt: (address) => this.#strangerAt(address),
      request: (incoming) => this.#take(incoming, door),
      upgrade: (incoming) => {
        const feed = this.#feeds.get(incoming.head.path)!;
        return subscribe(incoming, this.#proxies, feed, this.#opened, (exchange, key) =>
          this.#inTime(exchange, () => this.#admission.withKey(exchange, feed.scopes, key)),
        );
      },
    };
  }

  running(listening: Listening): RunningServer {
    return {
      port: listening.port,
      close: async () => {
        if (this.#closing) return;
        this.#closing = true;
        listening.close();
        for (const feed of this.#feeds.values()) feed.close();
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

  #take(incoming: Incoming, door: Door): void {
    const { head } = incoming;
    const isShown = door !== "metrics" || head.path === METRICS_PATH;
    const found = isShown ? this.#router.find(head.method, head.path) : undefined;
    const started = performance.now();
    const template = found && "route" in found ? found.route.path : "unmatched";
    this.#underWay++;
    // Only then: the process may end behind it, and a large answer is out long after it was given.
    incoming.onOver(() => {
      if (--this.#underWay === 0) this.#idle?.();
    });
    const exchange = new Exchange(incoming, this.#proxies, (status) => {
      // A method we don't know is the client's word; as a label it could be anything.
      const method = found && "route" in found ? head.method : "other";
      this.#options.metrics.observeRequest(method, template, status, (performance.now() - started) / 1_000);
    });
    if (head.method === "OPTIONS" && head.path === "*") this.#otherMethod(exchange, EVERY_METHOD);
    else if (found === undefined) exchange.problem({ code: "NOT_FOUND", detail: "There is nothing at this path" });
    else if ("route" in found) void this.#serve(exchange, found, door);
    else this.#otherMethod(exchange, found.allow);
  }

  /** A proxy's connections are of many, and those of this machine of nobody in particular. */
  #strangerAt(address: string): string {
    const peer = canonicalAddress(address);
    return peer === "" || isLoopback(peer) || this.#proxies.trusts(peer) ? "" : addressCounted(peer);
  }

  #otherMethod(exchange: Exchange, allow: readonly string[]): void {
    exchange.setHeader("Allow", allow.join(", "));
    if (exchange.head.method === "OPTIONS") exchange.answer(204, "", undefined);
    else exchange.problem({ code: "METHOD_NOT_ALLOWED", detail: `Allowed here: ${allow.join(", ")}` });
  }

  async #serve(exchange: Exchange, match: Match, door: Door): Promise<void> {
    try {
      await this.#run(exchange, match, door);
    } catch (error) {
      // A programmer's mistake in one request: the client gets a 500 without details, the log gets them all.
      this.#options.log.error({ err: error, route: match.route.path }, "a request failed on a broken assumption");
      exchange.problem({ code: "INTERNAL", detail: "The log of the service says more" });
    }
  }

  async #run(exchange: Exchange, { route, params }: Match, door: Door): Promise<void> {
    const { method, path, query, idempotencyKey, contentLength, contentEncoding, acceptEncoding } = exchange.head;
    const isSecure = exchange.isSecure();
    const admitted =
      route.auth === "open" ? ok(NOBODY) : this.#inTime(exchange, () => this.#admission.admit(exchange, route, door));
    if (!admitted.ok) return exchange.problem(admitted.problem);
    const full = route.grows ? this.#options.full?.() : null;
    if (full) return exchange.problem(full);
    const { signal } = exchange;
    const bodyLength = contentEncoding === "" ? contentLength : "";
    const charset = readMediaType(exchange.head.contentType)?.charset;
    const sent = { method, path, params, query, idempotencyKey, contentLength: bodyLength, charset, acceptEncoding };
    const head = { ...sent, ...conditionsOf(exchange.head), isSecure, signal, who: admitted.value };
    const result = await receive(exchange, route, head, this.#opened);
    if (result === undefined) return;
    if (!result.ok) return exchange.problem(result.problem);
    const { status, body, contentType = "application/json", headers = {} } = result.value;
    for (const [name, value] of Object.entries(headers)) exchange.setHeader(name, value);
    const isWritten = typeof body === "string" || body instanceof Uint8Array;
    const asItIs = result.value.contentType !== undefined && isWritten;
    exchange.answer(status, contentType, asItIs ? body : JSON.stringify(body));
  }

  /** Nobody comes in any more once the service stops. What is behind a door is nobody else's to keep. */
  #inTime(exchange: Exchange, admit: () => Result<Who>): Result<Who> {
    exchange.setHeader("Cache-Control", "no-store");
    return this.#closing ? fail("NOT_READY", "The service is stopping") : admit();
  }
}

const EVERY_METHOD = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"] as const;
const ENDED: Problem = { code: "UNAUTHENTICATED", detail: "The API key has ended", field: "Authorization" };
const NO_BODY = new Uint8Array(0);

/** Takes the body, if there is one, and runs the route; undefined when the client went away. */
async function receive(
  exchange: Exchange,
  route: Route,
  head: RawHead,
  opened: Opened,
): Promise<Result<HttpResponse> | undefined> {
  if (!hasBody(route.method)) return route.run(head, NO_BODY);
  const { streamTypes } = route;
  const typed = checkType(exchange.head.contentType, streamTypes ?? jsonTypes(route.method), route);
  if (!typed.ok) return typed;
  const source = exchange.body();
  if (!source.ok) return source;
  // Whose key is revoked meanwhile hands in nothing more.
  const received = opened.add(head.who, () => exchange.cutOff(ENDED));
  if (streamTypes) {
    return exchange.receive(source.value, (refuse) => route.open(head, refuse)).finally(received);
  }
  const sender = head.who.keyId || head.who.address;
  const body = await exchange.readBody(source.value, roomOf(route), sender).finally(received);
  return body?.ok ? route.run(head, body.value) : body;
}

/** Parameters say nothing that is heeded, but for the charset. Where no body must be there none need be named. */
function checkType(contentType: string, taken: readonly string[], route: Route): Result<void> {
  const isRequired = (route.streamTypes ?? route.body) !== undefined && !route.bodyMayLack;
  if (contentType === "" && !isRequired) return ok(undefined);
  const type = readMediaType(contentType);
  if (type && taken.includes(type.essence) && (route.readsCharset || isUtf8(type))) return ok(undefined);
  return fail("UNSUPPORTED_MEDIA_TYPE", `Send ${taken.join(" or ")}, in UTF-8`, "Content-Type");
}

function roomOf({ auth }: Route): Room {
  if (auth === "self") return SESSION_ROOM;
  return auth === "public" || auth === "open" ? PUBLIC_ROOM : KEY_ROOM;
}
