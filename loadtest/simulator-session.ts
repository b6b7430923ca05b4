/**
 * One SMPP session of the carrier simulator, from connect to close: binds, answers submits, sends receipts.
 *
 * An answer leaves at once, in the same write as all others to one read, unless the carrier is slow, paced or paused: then
 * it is held, in order, until `release`. Answers to other commands than submit_sm are held only while it is paused.
 */
import type { Socket } from "node:net";
import { SIMULATOR } from "../schemas/limits.js";
import { type Account, DeliveryWindow, type Receiver } from "./simulator-account.js";
import { RECEIPT } from "./simulator-behaviour.js";
import { Connection, type ConnectionOwner } from "./simulator-connection.js";
import { clockMs, type Simulator } from "./simulator-core.js";
import { MESSAGE_ID_BYTES, RECEIPT_BYTES_MAX } from "./simulator-receipts.js";
import { DueRing } from "./simulator-ring.js";
import {
  COMMAND,
  endOfString,
  HEADER_BYTES,
  isResponse,
  readSubmit,
  readUint32,
  responseTo,
  STATUS,
  writeHeader,
} from "./simulator-wire.js";

const SUBMIT_RESPONSE_BYTES = HEADER_BYTES + MESSAGE_ID_BYTES + 1;
/** sc_interface_version: 3.4. */
const INTERFACE_VERSION = Buffer.from([0x02, 0x10, 0x00, 0x01, 0x34]);
/** A read of 64 kB that came after reading was stopped, in PDUs of the shortest kind, fits above the mark. */
const HELD_LIMIT = SIMULATOR.heldAnswers * 2;

export class Session implements ConnectionOwner, Receiver {
  /** The command it bound with; 0: not bound. */
  bound = 0;
  readonly #simulator: Simulator;
  readonly #connection: Connection;
  readonly #deliveries = new DeliveryWindow();
  /** Words of an entry: command, status, sequence, message, kind of receipt. */
  readonly #held = new DueRing(5, HELD_LIMIT);
  #account: Account | null = null;

  constructor(simulator: Simulator, socket: Socket) {
    this.#simulator = simulator;
    this.#connection = new Connection(socket, simulator.output, this);
  }

  /** When the first held answer is due; Infinity when there is none that could be written. */
  get dueAtMs(): number {
    return this.#connection.writable ? this.#held.dueAtMs : Number.POSITIVE_INFINITY;
  }

  arrived(): void {
    this.#simulator.nowMs = clockMs();
  }

  pdu(bytes: Buffer, at: number, end: number): void {
    const command = readUint32(bytes, at + 4);
    const sequence = readUint32(bytes, at + 12);
    switch (command) {
      case COMMAND.submitSm:
        this.#submit(bytes, at + HEADER_BYTES, end, sequence);
        break;
      case COMMAND.deliverSmResp:
      case COMMAND.genericNack:
        this.#answered(sequence, readUint32(bytes, at + 8));
        break;
      case COMMAND.enquireLink:
        this.#answer(COMMAND.enquireLinkResp, STATUS.ok, sequence);
        break;
      case COMMAND.unbind:
        this.#unbind();
        this.#answerLast(COMMAND.unbindResp, STATUS.ok, sequence);
        break;
      case COMMAND.bindReceiver:
      case COMMAND.bindTransmitter:
      case COMMAND.bindTransceiver:
        this.#answer(responseTo(command), this.#bind(command, bytes, at + HEADER_BYTES, end), sequence);
        break;
      default:
        if (!isResponse(command)) this.#answer(COMMAND.genericNack, STATUS.invalidCommand, sequence);
    }
  }

  read(): void {
    this.#connection.hold(this.#held.length >= SIMULATOR.heldAnswers);
    this.#simulator.afterRead(this.#account);
  }

  drained(): void {
    this.#simulator.tick();
  }

  beforeWrite(): void {
    this.#simulator.log.flush();
  }

  closed(): void {
    this.#unbind();
    if (this.#account !== null) this.#simulator.leaveAccount(this.#account);
    this.#simulator.sessions.delete(this);
    this.#simulator.tick();
  }

  disconnect(): void {
    this.#connection.destroy();
  }

  /** Writes up to `budget` submit_sm_resp that are due, and every other held answer before them; returns how many. */
  release(nowMs: number, budget: number): number {
    let count = 0;
    while (this.#held.dueAtMs <= nowMs && count < budget && this.#connection.writable) {
      const { words, head } = this.#held;
      if (words[head] === COMMAND.submitSmResp) count++;
      this.#held.shift();
      this.#write(words[head]!, words[head + 1]!, words[head + 2]!, words[head + 3]!, words[head + 4]!);
    }
    this.#connection.flush();
    this.#connection.hold(this.#held.length >= SIMULATOR.heldAnswers);
    return count;
  }

  sendReceipts(waiting: DueRing, nowMs: number): void {
    const { receipt, receipts, log, counters, messageBase } = this.#simulator;
    const { output } = this.#connection;
    while (waiting.dueAtMs <= nowMs && !this.#deliveries.full && this.#connection.writable) {
      const index = waiting.words[waiting.head]! - messageBase;
      receipt.message = waiting.words[waiting.head]!;
      receipt.kind = waiting.words[waiting.head + 1]!;
      receipt.number = log.number(index);
      receipt.sender = log.sender(index);
      receipt.submittedAtMs = log.arrivedAtMs(index);
      receipt.doneAtMs = nowMs;
      waiting.shift();
      this.#connection.reserve(RECEIPT_BYTES_MAX);
      const sequence = this.#deliveries.add(receipt.message, receipt.kind);
      output.length = receipts.write(output.bytes, output.length, sequence, receipt);
      counters.receiptsSent++;
    }
    this.#connection.flush();
  }

  /** What was sent and not answered is as if it had never been. */
  forgetReceipts(): void {
    this.#deliveries.empty(() => {});
  }

  #submit(bytes: Buffer, at: number, end: number, sequence: number): void {
    const { submit, behaviour, nowMs, settings } = this.#simulator;
    if (this.bound === 0 || this.bound === COMMAND.bindReceiver) {
      this.#answer(COMMAND.submitSmResp, STATUS.invalidBindState, sequence);
      return;
    }
    const readable = readSubmit(bytes, at, end, submit);
    const status = readable ? behaviour.statusOf(submit.number, nowMs) : STATUS.invalidMessageLength;
    const sender = readable ? this.#simulator.senders.number(bytes, submit.senderAt, submit.senderEnd) : 0;
    const message = this.#simulator.record(readable, status, sender);
    if (message < 0) {
      this.#answer(COMMAND.submitSmResp, STATUS.queueFull, sequence);
      return;
    }
    const kind = status === STATUS.ok ? behaviour.receiptFor(submit.number, submit.registeredDelivery) : RECEIPT.none;
    if (settings.pause || settings.rate > 0 || settings.latencyMs > 0 || this.#held.length > 0) {
      this.#hold(nowMs + settings.latencyMs, COMMAND.submitSmResp, status, sequence, message, kind);
    } else {
      this.#write(COMMAND.submitSmResp, status, sequence, message, kind);
    }
  }

  /** Answers unbind: after every answer that is held. */
  #answerLast(command: number, status: number, sequence: number): void {
    if (this.#held.length === 0) this.#answer(command, status, sequence);
    else this.#hold(this.#simulator.nowMs, command, status, sequence, 0, RECEIPT.none);
  }

  /** Answers anything that carries no message_id. */
  #answer(command: number, status: number, sequence: number): void {
    if (this.#simulator.settings.pause) this.#hold(this.#simulator.nowMs, command, status, sequence, 0, RECEIPT.none);
    else this.#write(command, status, sequence, 0, RECEIPT.none);
  }

  #hold(dueAtMs: number, command: number, status: number, sequence: number, message: number, kind: number): void {
    const at = this.#held.push(dueAtMs);
    this.#held.words[at] = command;
    this.#held.words[at + 1] = status;
    this.#held.words[at + 2] = sequence;
    this.#held.words[at + 3] = message;
    this.#held.words[at + 4] = kind;
  }

  #write(command: number, status: number, sequence: number, message: number, kind: number): void {
    if (status !== STATUS.ok || isBare(command)) this.#connection.writeBare(command, status, sequence);
    else if (command === COMMAND.submitSmResp) this.#writeSubmitResponse(sequence, message, kind);
    else this.#writeBindResponse(command, sequence);
    if (command === COMMAND.unbindResp) this.#connection.end();
  }

  #writeSubmitResponse(sequence: number, message: number, kind: number): void {
    this.#connection.reserve(SUBMIT_RESPONSE_BYTES);
    const { output } = this.#connection;
    writeHeader(output.bytes, output.length, SUBMIT_RESPONSE_BYTES, COMMAND.submitSmResp, STATUS.ok, sequence);
    this.#simulator.ids.write(output.bytes, output.length + HEADER_BYTES, message);
    output.bytes[output.length + HEADER_BYTES + MESSAGE_ID_BYTES] = 0;
    output.length += SUBMIT_RESPONSE_BYTES;
    if (kind !== RECEIPT.none && this.#account !== null) this.#simulator.promise(this.#account, message, kind);
  }

  #writeBindResponse(command: number, sequence: number): void {
    const name = Buffer.from(`${this.#simulator.name.slice(0, 15)}\0`, "latin1");
    const length = HEADER_BYTES + name.length + INTERFACE_VERSION.length;
    this.#connection.reserve(length);
    const { output } = this.#connection;
    writeHeader(output.bytes, output.length, length, command, STATUS.ok, sequence);
    name.copy(output.bytes, output.length + HEADER_BYTES);
    INTERFACE_VERSION.copy(output.bytes, output.length + length - INTERFACE_VERSION.length);
    output.length += length;
  }

  #bind(command: number, bytes: Buffer, at: number, end: number): number {
    if (this.#account !== null) return STATUS.alreadyBound;
    const systemIdEnd = endOfString(bytes, at, end);
    const passwordEnd = endOfString(bytes, systemIdEnd + 1, end);
    const systemId = bytes.toString("latin1", at, systemIdEnd);
    const password = bytes.toString("latin1", systemIdEnd + 1, passwordEnd);
    const refusal = this.#simulator.checkLogin(systemId, password);
    if (refusal !== STATUS.ok) return refusal;
    this.bound = command;
    this.#account = this.#simulator.joinAccount(systemId);
    if (command !== COMMAND.bindTransmitter) this.#account.receivers.push(this);
    return STATUS.ok;
  }

  /** Takes no more receipts. The account stays, for the receipts of answers that are still held. */
  #unbind(): void {
    const account = this.#account;
    this.bound = 0;
    if (account === null) return;
    account.remove(this);
    const { nowMs } = this.#simulator;
    this.#deliveries.empty((message, kind) => account.add(message, kind, nowMs));
  }

  #answered(sequence: number, status: number): void {
    if (!this.#deliveries.answered(sequence)) return;
    if (status === STATUS.ok) this.#simulator.counters.receiptsAcknowledged++;
    else this.#simulator.counters.receiptsRefused++;
  }
}

function isBare(command: number): boolean {
  return command === COMMAND.enquireLinkResp || command === COMMAND.unbindResp || command === COMMAND.genericNack;
}
