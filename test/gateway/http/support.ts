/**
 * A real server on a real socket, with the engine replaced by the smallest ActionService that keeps its contract: actions
 * in a Map, answers remembered by Idempotency-Key. It also counts what got through, so that tests can show that nothing
 * half done was left behind.
 */
import { randomUUID } from "node:crypto";
import { connect } from "node:net";
import { type Dispatcher, request } from "undici";
import { NOTHING_TOLD } from "../../../engine/actions/preview/breakdown.js";
import type { ActionService, Answer, Caller, Change, Version } from "../../../engine/actions/service.js";
import type { Actor } from "../../../engine/audit/actor.js";
import type { Principal } from "../../../engine/rights/principal.js";
import { hashSecret, newSecret } from "../../../engine/rights/secrets.js";
import type { LiveFeed } from "../../../gateway/http/live.js";
import { Metrics } from "../../../gateway/http/metrics.js";
import type { KeyVerifier } from "../../../gateway/http/request/keys.js";
import { type ServerOptions, startServer } from "../../../gateway/http/server.js";
import { asyncApiDocument } from "../../../gateway/monitor/asyncapi.js";
import { MonitorFeed } from "../../../gateway/monitor/feed.js";
import type { Reply, ReplyPage } from "../../../schemas/api/action/reply.js";
import {
  ACTS,
  type Act,
  type Action,
  ActionRequest,
  type Counts,
  type PreviewRequest,
} from "../../../schemas/api/api.js";
import type { Carrier, StrayReceipt } from "../../../schemas/api/operations.js";
import { fail, ok, type Result } from "../../../schemas/errors.js";
import { type Owner, principalOf } from "../../engine/rights/principals.js";

export const NO_COUNTS: Counts = {
  pending: 0,
  intended: 0,
  unknown: 0,
  acknowledged: 0,
  delivered: 0,
  failed: 0,
  expired: 0,
  stopped: 0,
  possibleDuplicates: 0,
};

export const CARRIER: Carrier = {
  name: "alpha",
  channel: "sms",
  state: "running",
  control: null,
  share: 1,
  binds: { configured: 2, bound: 1 },
  window: 1_024,
  inFlight: 17,
  queued: 3,
  ratePerSecond: 1_000,
  allowedPerSecond: 980,
  submitted: 120,
  acknowledged: 100,
  refused: 2,
  throttled: 1,
  receipts: 90,
  strayReceipts: 3,
  receivingBinds: 1,
  strayResponses: 0,
  undecidedReceipts: 1,
  messageIds: "auto: decimalReceipts",
  receiptsPer: "auto: part",
  disconnects: 1,
  protocolErrors: 0,
  latencyMs: { p50: 1.5, p99: null },
  errors: [{ cause: "commandStatus", code: 0x0b, times: 2 }],
  lastError: { code: "CARRIER_UNREACHABLE", detail: "connection refused" },
};

export const VALID_ACTION = {
  area: { type: "Circle", center: [5.12, 52.09], radiusMeters: 5_000 },
  text: "Jongen van 5 vermist bij het station.",
} as const;

const NOBODY_YET = Object.fromEntries(ACTS.map((act) => [act, null])) as Record<Act, Actor | null>;

export class MemoryService implements ActionService {
  readonly actions = new Map<string, Action>();
  readonly answers = new Map<string, { fingerprint: string; action: Action }>();
  readonly requests: unknown[] = [];
  ready = true;
  /** Set to make every call throw, as a broken assumption would. */
  broken = false;
  /** Set to make answers wait. */
  gate: Promise<void> = Promise.resolve();

  /** Of the preview that was asked for last. */
  wanted: AbortSignal | undefined;

  async preview(_request: PreviewRequest, wanted?: AbortSignal) {
    this.wanted = wanted;
    await this.gate;
    if (this.broken) throw new Error("assertion failed: a secret of the inside");
    const forecast = { segmentsPerSecond: 1_000, waitingSegments: 0, durationMs: 5, finishedAt: null, cost: null };
    const counts = { recipients: 5, nearest: null, segmentsPerMessage: 1, segments: 5, ...NOTHING_TOLD };
    return ok({ ...counts, warnings: [], text: null, texts: [], byChannel: [], forecast });
  }

  async create(body: ActionRequest, caller: Caller): Promise<Result<Answer>> {
    return this.#once(caller, () => {
      this.requests.push(body);
      const { dispatch, expiresAt, area, text = "", domain = "alarm", urgency = "normal", timeCritical = true } = body;
      const now = new Date().toISOString();
      return {
        ...({ kind: body.kind, like: "other", domain, urgency, timeCritical } as const),
        ...{
          area: area as Action["area"],
          text,
          simpleText: null,
          spokenText: null,
          texts: {},
          fields: null,
          confirmed: [],
        },
        ...{ groups: body.groups ?? null, enough: body.enough ?? null, arrivals: body.arrivals ?? false },
        id: randomUUID(),
        mode: body.mode,
        testGroup: body.testGroup ?? null,
        version: 1,
        copyOf: null,
        ...{ direct: false, caughtInTheAct: false, incidentAt: null },
        status: dispatch ? "sending" : "draft",
        reason: null,
        createdAt: now,
        startAt: null,
        expiresAt: expiresAt ?? now,
        stoppedAt: null,
        endedAt: null,
        outcome: null,
        selectMs: dispatch ? 1.5 : null,
        actors: { ...NOBODY_YET, created: caller.by },
        replies: 0,
        waves: [],
        rounds: [],
      };
    });
  }

  requestOf(id: string): Result<ActionRequest> {
    const action = this.get(id);
    return action.ok ? ok(ActionRequest.parse({ area: action.value.area, text: action.value.text })) : action;
  }

  async edit(id: string, change: Change, version: Version, caller: Caller): Promise<Result<Answer>> {
    const [found, request] = [this.get(id), this.requestOf(id)];
    const changed = request.ok ? change(request.value) : request;
    if (!found.ok || !changed.ok) return found.ok ? (changed as Result<never>) : found;
    if (version !== "any" && version !== found.value.version) return fail("VERSION_CHANGED", "Another", "If-Match");
    const { text = "" } = changed.value;
    return this.#once(caller, () => ({ ...found.value, text, version: found.value.version + 1 }));
  }

  async copy(id: string, change: Change, caller: Caller): Promise<Result<Answer>> {
    const request = this.requestOf(id);
    const changed = request.ok ? change(request.value) : request;
    return changed.ok ? this.create(changed.value, caller) : changed;
  }

  approve = (id: string, caller: Caller) => this.#change(id, caller, "approved");
  dispatch = (id: string, caller: Caller) => this.#change(id, caller, "sending");
  stop = (id: string, caller: Caller) => this.#change(id, caller, "stopped");
  resume = (id: string, caller: Caller) => this.#change(id, caller, "sending");
  resend = (id: string, caller: Caller) => this.#change(id, caller, "sending");
  end = (id: string, _body: unknown, caller: Caller) => this.#change(id, caller, "ended");
  update = (id: string, _body: unknown, caller: Caller) => this.#change(id, caller, "sending");
  widen = (id: string, _body: unknown, caller: Caller) => this.#change(id, caller, "sending");
  repeat = (id: string, caller: Caller) => this.#change(id, caller, "sending");
  correct = (id: string, _body: unknown, caller: Caller) => this.#change(id, caller, "ending");

  get(id: string): Result<Action> {
    const action = this.actions.get(id);
    return action ? ok(action) : fail("NOT_FOUND", "No action has this id", "id");
  }

  list(after: string | undefined, limit: number) {
    const all = [...this.actions.values()].reverse();
    const from = after === undefined ? 0 : all.findIndex((action) => action.id === after) + 1;
    const actions = all.slice(from, from + limit);
    return ok({ actions, next: from + limit < all.length ? actions.at(-1)!.id : null });
  }

  /** By id of an action; those of none under "". */
  readonly received = new Map<string, Reply[]>();

  replies(id: string, after: number, limit: number): Result<ReplyPage> {
    const all = (this.received.get(id) ?? []).filter(({ sequence }) => sequence > after);
    const next = all.length > limit ? all[limit - 1]!.sequence : null;
    return id === "" || this.actions.has(id)
      ? ok({ replies: all.slice(0, limit), unreadable: [], next })
      : fail("NOT_FOUND", "No action has this id", "id");
  }

  unassignedReplies = (after: number, limit: number) => this.replies("", after, limit);

  carriers = () => [CARRIER];

  strayReceipts(limit: number): Result<StrayReceipt[]> {
    const stray = { carrier: "alpha", messageId: "1A2F", state: "delivered", error: 0 };
    const receipts = [2, 1].map((second) => ({ ...stray, at: new Date(second * 1_000).toISOString() }));
    return ok(receipts.slice(0, limit));
  }
  readiness = () => ({ ready: this.ready, reasons: this.ready ? [] : ["the registry is loading"] });

  async #change(id: string, caller: Caller, status: Action["status"]): Promise<Result<Answer>> {
    const found = this.get(id);
    return found.ok ? this.#once(caller, () => ({ ...found.value, status })) : found;
  }

  #once(caller: Caller, make: () => Action): Result<Answer> {
    const name = `${caller.keyId} ${caller.idempotencyKey}`;
    const before = this.answers.get(name);
    if (before && before.fingerprint !== caller.fingerprint) return fail("IDEMPOTENCY_KEY_REUSED", "Another body");
    if (before) return ok({ action: before.action, replayed: true });
    const action = make();
    this.actions.set(action.id, action);
    this.answers.set(name, { fingerprint: caller.fingerprint, action });
    return ok({ action, replayed: false });
  }
}

export interface Rig {
  readonly service: MemoryService;
  readonly monitor: LiveFeed;
  readonly port: number;
  readonly origin: string;
  readonly key: string;
  /** One that the rate of `key` doesn't count for. */
  readonly freshKey: (owner?: Owner) => string;
  /** Ends a key that was made so. */
  readonly endKey: (key: string) => void;
  readonly logged: object[];
  /** What it warned of. */
  readonly warned: object[];
  /** With which the server was started. */
  readonly options: ServerOptions;
  send(method: Dispatcher.HttpMethod, path: string, options?: SendOptions): Promise<Received>;
  close(): Promise<void>;
}

export interface SendOptions {
  readonly body?: unknown;
  readonly raw?: string | Uint8Array;
  readonly headers?: Record<string, string>;
}

export interface Received {
  readonly status: number;
  readonly headers: Record<string, string | string[] | undefined>;
  readonly text: string;
  readonly json: Record<string, unknown>;
}

/** `more` is what a service may have beside actions. */
export async function startRig(monitor?: LiveFeed, more: Partial<ServerOptions> = {}): Promise<Rig> {
  const service = new MemoryService();
  const owners = new Map<string, Principal>();
  let told = (_credential: string): void => {};
  let made = 0;
  const freshKey = (owner: Owner = {}): string => {
    const key = newSecret();
    const principal = principalOf(`key-${++made}`, owner);
    owners.set(hashSecret(key), { ...principal, credential: hashSecret(key) });
    return key;
  };
  const keys: KeyVerifier = {
    verify: (key) => {
      const owner = owners.get(hashSecret(key));
      return owner ? ok(owner) : fail("UNAUTHENTICATED", "nobody has this key", "Authorization");
    },
    onEnded: (callback) => {
      told = callback;
    },
  };
  const endKey = (key: string): void => {
    owners.delete(hashSecret(key));
    told(hashSecret(key));
  };
  const metrics = new Metrics("1.2.3");
  metrics.pullFrom({
    carriers: () => [CARRIER],
    actions: () => ({ missingPerson: 3 }),
    unreal: () => ({ exercise: 2, test: 1 }),
    failures: () => ({ WORKER_DIED: 2 }),
    disk: () => ({ freeBytes: 1e9, isFull: false }),
    damaged: () => ({ rosters: 1 }),
    decoded: () => ({ waves: 1 }),
    held: () => 1,
    withoutCarrier: () => 4,
    recipients: () => ({ ...NO_COUNTS, pending: 7, possibleDuplicates: 2 }),
    droppedLogLines: () => 4,
    participants: () => 1_600_000,
    commits: () => ({ count: 9, seconds: 0.25 }),
    pool: () => ({ waiting: 2, died: 1 }),
    codes: () => ({ asked: 6, notSent: 1, refused: 5, right: 4, wrong: 2 }),
    converted: () => [{ country: "NL", sent: 5, used: 1, isSuspicious: true }],
    imports: () => ({ done: 3, refused: 1, failed: 0, running: 1, isStuck: true }),
    desk: () => ({ answersPerMinute: 6, waiting: 2, expected: 9, reportedAt: null, paced: [] }),
    deliveries: () => ({ delivered: 7, failed: 2, dead: 1, dropped: 0 }),
    webhooksFailing: () => 1,
    webhooksPending: () => 3,
    deadLetters: () => 1,
    consoleSessions: () => 0,
    signIns: () => ({ opened: 0, refused: 0, foreign: 0 }),
    keysEnding: () => 2,
    audit: () => ({ "key.created": 1 }),
    refused: () => ({ area: 1, budget: 2 }),
    positions: () => ({ positions: 8, taken: 20, older: 2, expired: 1 }),
    leftOut: () => ({}),
    previewsRefused: () => 0,
    wavesOpened: () => ({ first: 2, update: 1 }),
    underWay: () => ({ scheduled: 1, sending: 2 }),
    kept: () => 0,
    media: () => ({ received: 9, ready: 6, waiting: 1, refused: { MEDIA_TYPE: 2 } }),
    replyChanges: () => ({ sequence: 12, followers: 3 }),
    reactionsWaiting: () => 2,
    pageReplies: () => ({ page: 7, desk: 1 }),
    incoming: () => ({ reply: 5, unassigned: 1, refused: 0, stop: 2, start: 0 }),
  });
  const feed = monitor ?? new MonitorFeed({ snapshot: () => ({ actions: [], carriers: [CARRIER], alarms: [] }) });
  const logged: object[] = [];
  const warned: object[] = [];
  const log = {
    warn: (fields: object) => void warned.push(fields),
    error: (fields: object) => void logged.push(fields),
  };
  const options = { service, keys, monitor: feed, asyncApi: asyncApiDocument, metrics, log, ...more };
  const started = await startServer(options);
  if (!started.ok) throw new Error(started.problem.detail);
  const { port, close } = started.value;
  const origin = `http://127.0.0.1:${port}`;
  const key = freshKey();
  return {
    service,
    monitor: feed,
    port,
    origin,
    key,
    freshKey,
    endKey,
    logged,
    warned,
    options,
    close,
    send: sender(origin, freshKey),
  };
}

/** Sends as a control room would: JSON, with a key, and with an Idempotency-Key of its own unless one is given. */
function sender(origin: string, freshKey: () => string): Rig["send"] {
  return async (method, path, { body, raw, headers } = {}) => {
    const defaults: Record<string, string> = { authorization: `Bearer ${freshKey()}` };
    if (method === "POST") defaults["idempotency-key"] = randomUUID();
    if (body !== undefined || raw !== undefined) defaults["content-type"] = "application/json";
    const all = Object.entries({ ...defaults, ...headers }).filter(([, value]) => value !== "");
    const content = raw ?? (body === undefined ? null : JSON.stringify(body));
    const answer = await request(origin + path, { method, headers: Object.fromEntries(all), body: content });
    const text = await answer.body.text();
    const isJson = String(answer.headers["content-type"]).includes("json") && text !== "";
    return { status: answer.statusCode, headers: answer.headers, text, json: isJson ? JSON.parse(text) : {} };
  };
}

/** Writes bytes on a plain socket, part by part, and gives what came until the server closes or says `enough`. */
export function rawExchange(port: number, parts: readonly (string | Uint8Array)[], enough: RegExp): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1");
    let received = "";
    socket.on("data", (data) => {
      received += data.toString("latin1");
      if (enough.test(received)) socket.destroy();
    });
    socket.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "ECONNRESET" && error.code !== "EPIPE") reject(error);
    });
    socket.on("close", () => resolve(received));
    void (async () => {
      for (const part of parts) {
        await new Promise((written) => socket.write(part, written));
        await new Promise((later) => setTimeout(later, 5));
      }
    })();
  });
}
