/**
 * One connection of a carrier with personalities: asked by its session at each step where a carrier may deviate.
 *
 * A session without personalities has none of this; it costs the plain carrier one comparison at each step. Promises that
 * the log stays the truth: status 0 is what the carrier took and will deliver, and what it never answers is marked.
 */
import { SIMULATOR } from "../../schemas/limits.js";
import { avoiding, RECEIPT, RECEIPT_FLAG } from "../carrier/behaviour.js";
import type { Connection } from "../carrier/bind/connection.js";
import type { Session } from "../carrier/bind/session.js";
import { COMMAND, HEADER_BYTES, responseTo, STATUS } from "../carrier/bind/wire.js";
import { clockMs, type Simulator } from "../carrier/core.js";
import type { Receipt } from "../carrier/receipts.js";
import { StrangeAnswers } from "./answers.js";
import { Joined } from "./joined.js";
import { Congestion, type Limiter } from "./limits.js";
import { longer, TLV, tlv } from "./pdu.js";
import { Random } from "./random.js";
import { strangeReceipt } from "./receipts.js";
import { shapeFor } from "./shape.js";
import type { PersonalityName } from "./table.js";
import { greet, heardAnswer, startTroubles } from "./troubles.js";

/** An answer that is yet to leave. */
interface Postponed {
  readonly message: number;
  readonly kind: number;
  run(): void;
}

/** Sequence numbers of its own requests, apart from those of its receipts. */
const FIRST_SEQUENCE = 0x4000_0000;
const VENDOR_STATUS = 0x400;
const VENDOR_STATUSES = 0x100;
/** Of a PDU, from one more than the 16 kB at which some stacks end. */
const LARGE_BYTES = { least: 16_385, most: 65_535 } as const;
const TLV_HEADER_BYTES = 4;

export class Deviations {
  readonly answers: StrangeAnswers;
  readonly random: Random;
  enquiriesAnswered = 0;
  /** Answers that wait for their moment. */
  readonly postponed = new Set<Postponed>();
  readonly #joined = new Joined();
  readonly #timers = new Set<NodeJS.Timeout>();
  readonly #congestion = new Congestion();
  #limiter: Limiter | null = null;
  #sequence = FIRST_SEQUENCE;
  #isMute = false;
  #holdsAnswers = false;
  #isBound = false;

  constructor(
    readonly simulator: Simulator,
    readonly session: Session,
    readonly connection: Connection,
    readonly names: ReadonlySet<PersonalityName>,
    readonly number: number,
  ) {
    this.random = new Random(Math.imul(simulator.behaviour.seed, 0x9e3779b1) + number);
    this.answers = new StrangeAnswers(this);
    connection.shape = shapeFor(names, connection.socket);
    greet(this);
  }

  is(name: PersonalityName): boolean {
    return this.names.has(name);
  }

  /** Whether it deviates this time, of those that do by chance. */
  strikes(name: PersonalityName): boolean {
    if (!this.names.has(name) || !this.random.chance(this.simulator.settings.deviationShare)) return false;
    this.struck(name);
    return true;
  }

  struck(name: PersonalityName): void {
    this.simulator.character.strike(name);
  }

  nextSequence(): number {
    return ++this.#sequence;
  }

  /** Runs later, if the connection is still there, and sends what that wrote. */
  after(delayMs: number, run: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      if (!this.connection.open) return;
      this.simulator.nowMs = clockMs();
      run();
      this.connection.flush();
      this.session.read();
    }, delayMs);
    this.#timers.add(timer);
  }

  /** As `after`, for the answer to a submit. */
  postpone(delayMs: number, message: number, kind: number, run: () => void): void {
    const entry = { message, kind, run };
    this.postponed.add(entry);
    this.after(delayMs, () => {
      if (!this.#holdsAnswers && this.postponed.delete(entry)) run();
    });
  }

  get isCrowded(): boolean {
    return this.postponed.size >= SIMULATOR.heldAnswers;
  }

  fallMute(): void {
    this.#isMute = true;
  }

  /** From now on no answer leaves until the connection ends. */
  holdAnswers(): void {
    this.#holdsAnswers = true;
  }

  /** Writes an answer that the plain carrier would write now. */
  write(command: number, status: number, sequence: number, message: number, kind: number): void {
    if (!this.#holdsAnswers || command !== COMMAND.submitSmResp) {
      this.answers.write(command, status, sequence, message, kind);
    } else {
      const run = () => this.answers.write(command, status, sequence, message, kind);
      this.postponed.add({ message, kind, run });
    }
  }

  /** The bind request of which `run` reads the body, once, and gives the status. */
  bind(command: number, sequence: number, run: () => number): void {
    const { simulator, session } = this;
    const answer = (status: number) => session.answers.answer(responseTo(command), status, sequence);
    if (this.is("mute-bind")) {
      this.struck("mute-bind");
    } else if (this.is("refuse-bind")) {
      this.struck("refuse-bind");
      answer(STATUS.invalidPassword);
    } else if (this.is("late-bind")) {
      this.struck("late-bind");
      this.after(simulator.settings.deviationTimeoutMs, () => answer(run()));
    } else {
      answer(run());
    }
  }

  /** Called when it has bound. */
  bound(systemId: string): void {
    const { names, simulator, number } = this;
    this.#limiter = simulator.character.limiterFor({ names, systemId, connection: number }, simulator.settings);
    if (!this.#isBound) startTroubles(this);
    this.#isBound = true;
  }

  /** An answer of the peer to a request of ours that is no receipt. */
  heard(bytes: Buffer, at: number): boolean {
    return heardAnswer(this, bytes, at);
  }

  /** The submit that was just read, or could not be. */
  submit(isReadable: boolean, sequence: number, sender: number): void {
    const { simulator, session } = this;
    const { submit, behaviour } = simulator;
    let status: number = isReadable ? this.#statusOf(submit.number) : STATUS.invalidMessageLength;
    const isNacked = status === STATUS.ok && this.strikes("nack");
    if (isNacked) status = STATUS.systemError;
    const isSwallowed = this.#isMute || (!isNacked && this.strikes("silent"));
    if (isSwallowed && status === STATUS.ok && this.random.chance(0.5)) status = STATUS.systemError;
    const message = simulator.record(isReadable, status, sender, isSwallowed);
    if (message < 0) {
      session.answers.answer(COMMAND.submitSmResp, STATUS.queueFull, sequence);
      return;
    }
    const hasOneReceipt = this.is("one-receipt") || this.is("part-ids");
    const isReported = status === STATUS.ok && !(hasOneReceipt && submit.part < submit.parts);
    if (status === STATUS.ok && (this.is("one-id") || this.is("part-ids"))) simulator.character.join(message, submit);
    const kind = isReported ? behaviour.receiptFor(submit.number, submit.registeredDelivery) : RECEIPT.none;
    if (isSwallowed) {
      if (kind !== RECEIPT.none) this.promise(message, kind);
    } else if (isNacked) session.answers.answer(COMMAND.genericNack, status, sequence);
    else if (status === STATUS.ok && this.is("joins") && submit.parts > 1) {
      this.#joined.take(submit, () => session.answers.answerSubmit(status, sequence, message, kind));
    } else session.answers.answerSubmit(status, sequence, message, kind);
  }

  /** A TLV that makes a body of so many bytes a large PDU, or nothing. */
  padding(bytes: number): Buffer {
    if (!this.strikes("large-pdus")) return Buffer.alloc(0);
    const least = LARGE_BYTES.least - HEADER_BYTES - TLV_HEADER_BYTES;
    const most = LARGE_BYTES.most - HEADER_BYTES - TLV_HEADER_BYTES - bytes;
    return tlv(TLV.large, Buffer.alloc(least + this.random.below(most - least + 1), 0x55));
  }

  congestionState(): number {
    return this.#congestion.state(this.simulator.settings.throttleAbove);
  }

  /** A receipt is to come, and whatever this carrier sends beside it. */
  promise(message: number, kind: number): void {
    const { simulator, session } = this;
    const { account } = session;
    if (account === null) return;
    if (this.is("failed-first") && kind === RECEIPT.delivered) {
      simulator.promise(account, message, kind | RECEIPT_FLAG.overtaken);
    }
    if (this.is("intermediate-first")) simulator.promise(account, message, kind | RECEIPT_FLAG.intermediate);
    if (this.strikes("foreign")) simulator.promise(account, message, kind | RECEIPT_FLAG.foreign);
    simulator.promise(account, message, this.is("on-another-bind") ? kind | avoiding(this.number) : kind);
    if (this.is("twice")) simulator.promise(account, message, kind | RECEIPT_FLAG.again);
  }

  /** Sends a receipt at once, over this bind or, from a transmitter, over a receiver of the account. */
  deliver(message: number, kind: number): boolean {
    const { session, simulator } = this;
    if (message < simulator.messageBase) return false;
    // Another connection writes into the same output.
    this.connection.flush();
    const others = session.account?.receivers.filter((receiver) => receiver !== session) ?? [];
    return [session, ...others].some((receiver) => receiver.deliver(message, kind));
  }

  receipt(sequence: number, receipt: Receipt): Buffer {
    const { random, simulator } = this;
    const help = { random, ids: simulator.character, senders: simulator.senders, flags: RECEIPT_FLAG };
    const bytes = strangeReceipt(this.names, help, sequence, receipt);
    const padding = this.padding(bytes.length);
    return padding.length === 0 ? bytes : longer(bytes, padding);
  }

  /** Something was read: a slow reader then looks away for a while. */
  reads(): void {
    if (!this.is("slow-reader") || this.#isMute) return;
    this.connection.stall(true);
    this.after(this.simulator.settings.deviationDelayMs, () => {
      if (!this.#isMute) this.connection.stall(false);
    });
  }

  /** The connection has ended. What was taken and not answered still gets its receipt, from a carrier that does so. */
  closed(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
    if (!this.is("after-reconnect")) return;
    for (const { message, kind } of this.postponed) if (kind !== RECEIPT.none) this.promise(message, kind);
    this.session.answers.abandoned((message, kind) => this.promise(message, kind));
  }

  /** Other personalities are taken on: what is on its way leaves now, no trouble begins any more. */
  retire(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
    for (const { run } of this.postponed) run();
    this.#joined.release();
    this.postponed.clear();
    this.connection.flush();
    this.connection.shape?.finish(() => {});
    this.connection.shape = null;
    this.connection.stall(false);
  }

  #statusOf(number: number): number {
    const { simulator } = this;
    const { behaviour, nowMs, settings } = simulator;
    this.#congestion.submitted(nowMs);
    if (simulator.character.service?.isFull(nowMs, settings)) return STATUS.throttled;
    if (this.#limiter !== null) {
      if (!this.#limiter.take(nowMs)) return this.#tooMuch();
    } else if (behaviour.throttles(nowMs)) return STATUS.throttled;
    if (this.is("old-version") && simulator.submit.hasTlvs) return STATUS.invalidCommandLength;
    if (this.is("refuse-all")) return settings.deviationStatus;
    if (this.is("refuse-some") && behaviour.isOdd(number, settings.deviationShare)) return settings.deviationStatus;
    if (this.strikes("refuse-for-now")) return STATUS.systemError;
    if (this.is("vendor-codes") && behaviour.isOdd(number, settings.deviationShare)) {
      return VENDOR_STATUS + (number % VENDOR_STATUSES);
    }
    return behaviour.refusalOf(number);
  }

  #tooMuch(): number {
    if (this.is("any-code")) return this.simulator.settings.deviationStatus;
    return this.is("queue-full") ? STATUS.queueFull : STATUS.throttled;
  }
}
