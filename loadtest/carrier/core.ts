/**
 * The carrier simulator without its command line and control port: an SMSC on loopback that answers submits, sends
 * receipts and remembers what it got.
 *
 * One thread does everything, so nothing here is shared. Held answers and receipts wait for one timer.
 */
import { createServer, type Server, type Socket } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import { SIMULATOR } from "../../schemas/limits.js";
import { Character } from "../personalities/character.js";
import { type Account, Accounts } from "./account.js";
import { Behaviour, RECEIPT } from "./behaviour.js";
import { Output } from "./bind/connection.js";
import { type Delivery, deliverSchema, Incoming, replyOf } from "./bind/incoming.js";
import { Pace } from "./bind/pace.js";
import { Session } from "./bind/session.js";
import { KeptTexts } from "./bind/texts.js";
import { STATUS, type Submit } from "./bind/wire.js";
import { countLog, type SimulatorCounters, type SimulatorStats } from "./counts.js";
import { NOT_ANSWERED, SubmitLog } from "./log.js";
import { MessageIds, ReceiptWriter, Senders } from "./receipts.js";
import { changedSettings, type SimulatorChange, type SimulatorSettings } from "./settings.js";

export interface SimulatorLogin {
  /** Undefined: any system_id, any password. */
  readonly systemId?: string | undefined;
  readonly password?: string | undefined;
}

/** PEM of the certificate and its key. */
export interface SimulatorTls {
  readonly cert: string;
  readonly key: string;
}

const NO_COUNTS = {
  accepted: 0,
  throttled: 0,
  receiptsSent: 0,
  receiptsAcknowledged: 0,
  receiptsRefused: 0,
  messagesSent: 0,
  messagesAcknowledged: 0,
  messagesRefused: 0,
};

export class Simulator {
  readonly log: SubmitLog;
  readonly behaviour: Behaviour;
  readonly ids = new MessageIds();
  readonly senders = new Senders();
  readonly receipts = new ReceiptWriter(this.ids, this.senders);
  readonly output = new Output();
  readonly sessions = new Set<Session>();
  readonly accounts = new Accounts();
  /** What is being read and written; one of each, because one thing happens at a time. */
  readonly submit: Submit = {
    number: 0,
    tag: 0,
    senderAt: 0,
    senderEnd: 0,
    registeredDelivery: 0,
    textAt: 0,
    textEnd: 0,
    part: 0,
    parts: 0,
    reference: 0,
    hasTlvs: false,
  };
  readonly texts = new KeptTexts();
  readonly receipt = { number: 0, sender: 0, message: 0, kind: 0, submittedAtMs: 0, doneAtMs: 0 };
  readonly counters = { ...NO_COUNTS, connections: 0, bindRequests: 0 };
  readonly incoming = new Incoming();
  readonly character: Character;
  /** Submits before the last reset: a message is numbered from there, so that no message_id comes twice. */
  messageBase = 0;
  /** When the last submit_sm_resp left that was held. */
  lastAnswerAtMs = 0;
  /** When the current read or tick began, Unix time in milliseconds with fractions. */
  nowMs = clockMs();
  readonly #server: Server;
  #timer: NodeJS.Timeout | null = null;
  #timerAtMs = Number.POSITIVE_INFINITY;
  readonly #pace = new Pace();
  #turn = 0;

  constructor(
    readonly name: string,
    settings: SimulatorSettings,
    readonly login: SimulatorLogin,
    seed: number,
    logFile?: string,
    tls?: SimulatorTls,
  ) {
    this.log = new SubmitLog(logFile);
    this.behaviour = new Behaviour(settings, seed);
    this.character = new Character(this.ids, seed, settings);
    const take = (socket: Socket): void => this.#take(socket);
    this.#server =
      tls === undefined ? createServer({ noDelay: true }, take) : createTlsServer({ ...tls, noDelay: true }, take);
  }

  #take(socket: Socket): void {
    if (this.sessions.size >= SIMULATOR.connections) socket.destroy();
    else this.sessions.add(new Session(this, socket, ++this.counters.connections));
  }

  isBound(systemId: string, command: number): boolean {
    return [...this.sessions].some(({ bound, account }) => bound === command && account?.systemId === systemId);
  }

  get settings(): SimulatorSettings {
    return this.behaviour.settings;
  }

  /** Listens on 127.0.0.1 and resolves with the port. */
  listen(port: number): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#server.once("error", reject);
      this.#server.listen(port, "127.0.0.1", () => {
        const address = this.#server.address();
        resolve(address !== null && typeof address === "object" ? address.port : port);
      });
    });
  }

  close(): void {
    this.#server.close();
    this.disconnect();
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.log.close();
  }

  /** Drops every connection without a word. */
  disconnect(): void {
    for (const session of this.sessions) session.disconnect();
  }

  set(change: SimulatorChange): SimulatorSettings {
    this.behaviour.settings = changedSettings(this.settings, change);
    if (change.personalities !== undefined || change.throttleAbove !== undefined) {
      this.character.change(this.settings, this.messageBase + this.log.length);
      for (const session of this.sessions) session.changeCharacter();
    }
    if (change.disconnect === true) this.disconnect();
    this.tick();
    return this.settings;
  }

  /** Forgets what it got and the receipts that are due; answers that are held still go out. */
  reset(): void {
    this.messageBase += this.log.length;
    this.log.clear();
    this.accounts.clear();
    for (const session of this.sessions) session.forgetReceipts();
    this.incoming.clear();
    this.texts.clear();
    Object.assign(this.counters, NO_COUNTS);
  }

  checkLogin(systemId: string, password: string): number {
    if (this.login.systemId !== undefined && systemId !== this.login.systemId) return STATUS.invalidSystemId;
    if (this.login.password !== undefined && password !== this.login.password) return STATUS.invalidPassword;
    return STATUS.ok;
  }

  /** Records the submit just read and returns its message; -1 when the log is full. */
  record(readable: boolean, status: number, sender: number, isSwallowed: boolean): number {
    const { log, submit, counters } = this;
    if (log.full) return -1;
    log.append(
      readable ? submit.number : 0,
      this.nowMs,
      readable ? submit.tag : 0,
      isSwallowed ? status | NOT_ANSWERED : status,
      sender,
    );
    if (status === STATUS.ok) counters.accepted++;
    else if (status === STATUS.throttled) counters.throttled++;
    return this.messageBase + log.length - 1;
  }

  /** A receipt will follow; unless the submit was forgotten by a reset while its answer was held. */
  promise(account: Account, message: number, kind: number): void {
    if (message < this.messageBase) return;
    const dueAtMs = this.nowMs + this.settings.receiptDelayMs;
    account.add(message, kind, dueAtMs);
    if (kind === RECEIPT.delivered && this.settings.replies > 0) this.#reply(account, message, dueAtMs);
  }

  /** Sends a message from a citizen; the number of deliver_sm, or undefined when nobody has bound. */
  deliver(delivery: Delivery): number | undefined {
    const account = this.accounts.any(delivery.systemId);
    if (account === undefined) return undefined;
    const to = delivery.to === undefined ? this.senders.bytes(Math.min(1, this.senders.length)) : address(delivery.to);
    const numbers = this.incoming.add(delivery, to);
    this.nowMs = clockMs();
    for (const number of numbers) account.add(number, RECEIPT.incoming, this.nowMs);
    this.tick();
    return numbers.length;
  }

  #reply(account: Account, message: number, dueAtMs: number): void {
    const index = message - this.messageBase;
    const number = this.log.number(index);
    if (!this.behaviour.replies(number)) return;
    const delivery = deliverSchema.parse({ from: String(number), text: replyOf(number) });
    for (const part of this.incoming.add(delivery, this.senders.bytes(this.log.sender(index)))) {
      account.add(part, RECEIPT.incoming, dueAtMs);
    }
  }

  afterRead(account: Account | null): void {
    if (account !== null && !this.settings.pause) account.pump(this.nowMs);
    this.#arm();
  }

  /** Lets go of every held answer and receipt that is due. */
  tick(): void {
    this.nowMs = clockMs();
    if (this.settings.pause) return;
    this.#release();
    this.accounts.pump(this.nowMs);
    this.#arm();
  }

  counts(): SimulatorCounters {
    const { log, counters } = this;
    const first = log.length === 0 ? null : log.arrivedAtMs(0);
    const last = log.length === 0 ? null : log.arrivedAtMs(log.length - 1);
    const tookMs = first === null || last === null ? 0 : last - first;
    const { user, system } = process.cpuUsage();
    return {
      name: this.name,
      submitted: log.length,
      ...counters,
      refused: log.length - counters.accepted - counters.throttled,
      receiptsWaiting: this.accounts.waiting,
      workedMs: Math.round(this.character.service?.workedMs ?? 0),
      lastAnswerAtMs: this.lastAnswerAtMs,
      struck: this.character.struck,
      binds: [...this.sessions].filter((session) => session.bound !== 0).length,
      firstSubmitAtMs: first,
      lastSubmitAtMs: last,
      perSecond: tookMs === 0 ? 0 : Math.round((log.length / tookMs) * 1_000),
      cpuMs: Math.round((user + system) / 1_000),
      rssMb: Math.round(process.memoryUsage.rss() / 1_048_576),
    };
  }

  stats(): SimulatorStats {
    return { ...this.counts(), ...countLog(this.log) };
  }

  /** Shares what the rate allows among the sessions that hold answers. */
  #release(): void {
    const { nowMs, settings } = this;
    const waiting = [...this.sessions].filter((session) => session.answers.dueAtMs <= nowMs);
    let available = settings.rate > 0 ? this.#pace.available(settings.rate, nowMs) : Number.POSITIVE_INFINITY;
    // Another session is first each time, or the last one would starve at a rate below one answer a tick.
    this.#turn++;
    for (let left = waiting.length; left > 0 && available > 0; left--) {
      const session = waiting[(left + this.#turn) % waiting.length]!;
      const released = session.answers.release(nowMs, Math.max(1, Math.floor(available / left)));
      if (settings.rate > 0) this.#pace.spend(released);
      available -= released;
    }
  }

  /** Sets the timer to the next moment at which something is due. Overdue answers wait for the rate: a millisecond. */
  #arm(): void {
    let atMs = this.accounts.dueAfter(this.nowMs);
    for (const session of this.sessions) atMs = Math.min(atMs, session.answers.dueAtMs);
    if (atMs >= this.#timerAtMs || this.settings.pause) return;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timerAtMs = atMs;
    this.#timer = setTimeout(
      () => {
        this.#timerAtMs = Number.POSITIVE_INFINITY;
        this.tick();
      },
      Math.max(1, atMs - this.nowMs),
    );
  }
}

/** A sender's address as on the wire: alphanumeric, or international digits. */
function address(text: string): Buffer {
  const isNumber = /^\+?[0-9]+$/.test(text);
  return Buffer.concat([Buffer.from(isNumber ? [1, 1] : [5, 0]), Buffer.from(`${text.replace("+", "")}\0`, "latin1")]);
}

/** Unix time in milliseconds with fractions, from a clock that never goes back. */
export function clockMs(): number {
  return performance.timeOrigin + performance.now();
}
