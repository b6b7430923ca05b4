/**
 * One SMPP session of the carrier simulator, from connect to close: who is bound, what it submits, which receipts it gets.
 */
import type { Socket } from "node:net";
import { type Account, DeliveryWindow, type Receiver } from "./simulator-account.js";
import { Answers } from "./simulator-answers.js";
import { RECEIPT } from "./simulator-behaviour.js";
import { Connection, type ConnectionOwner } from "./simulator-connection.js";
import { clockMs, type Simulator } from "./simulator-core.js";
import { RECEIPT_BYTES_MAX } from "./simulator-receipts.js";
import type { DueRing } from "./simulator-ring.js";
import {
  COMMAND,
  endOfString,
  HEADER_BYTES,
  isResponse,
  readSubmit,
  readUint32,
  responseTo,
  STATUS,
} from "./simulator-wire.js";

export class Session implements ConnectionOwner, Receiver {
  /** The command it bound with; 0: not bound. */
  bound = 0;
  readonly answers: Answers;
  readonly #simulator: Simulator;
  readonly #connection: Connection;
  readonly #deliveries = new DeliveryWindow();
  #account: Account | null = null;

  constructor(simulator: Simulator, socket: Socket) {
    this.#simulator = simulator;
    this.#connection = new Connection(socket, simulator.output, this);
    this.answers = new Answers(this.#connection, simulator, (message, kind) => {
      if (this.#account !== null) simulator.promise(this.#account, message, kind);
    });
  }

  arrived(): void {
    this.#simulator.nowMs = clockMs();
  }

  pdu(bytes: Buffer, at: number, end: number): void {
    const { answers } = this;
    const command = readUint32(bytes, at + 4);
    const sequence = readUint32(bytes, at + 12);
    switch (command) {
      case COMMAND.submitSm:
        this.#submit(bytes, at + HEADER_BYTES, end, sequence);
        break;
      case COMMAND.deliverSmResp:
      case COMMAND.genericNack:
        this.#delivered(sequence, readUint32(bytes, at + 8));
        break;
      case COMMAND.enquireLink:
        answers.answer(COMMAND.enquireLinkResp, STATUS.ok, sequence);
        break;
      case COMMAND.unbind:
        this.#unbind();
        answers.answerUnbind(sequence);
        break;
      case COMMAND.bindReceiver:
      case COMMAND.bindTransmitter:
      case COMMAND.bindTransceiver:
        answers.answer(responseTo(command), this.#bind(command, bytes, at + HEADER_BYTES, end), sequence);
        break;
      default:
        if (!isResponse(command)) answers.answer(COMMAND.genericNack, STATUS.invalidCommand, sequence);
    }
  }

  read(): void {
    this.answers.limit();
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
    if (this.#account !== null) this.#simulator.accounts.leave(this.#account);
    this.#simulator.sessions.delete(this);
    this.#simulator.tick();
  }

  disconnect(): void {
    this.#connection.destroy();
  }

  sendReceipts(waiting: DueRing, nowMs: number): void {
    const { receipt, receipts, log, counters, messageBase } = this.#simulator;
    const { output } = this.#connection;
    while (waiting.dueAtMs <= nowMs && !this.#deliveries.full && this.#connection.writable) {
      receipt.message = waiting.words[waiting.head]!;
      receipt.kind = waiting.words[waiting.head + 1]!;
      waiting.shift();
      const index = receipt.message - messageBase;
      receipt.number = log.number(index);
      receipt.sender = log.sender(index);
      receipt.submittedAtMs = log.arrivedAtMs(index);
      receipt.doneAtMs = nowMs;
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
    const { submit, behaviour, nowMs, senders } = this.#simulator;
    if (this.bound === 0 || this.bound === COMMAND.bindReceiver) {
      this.answers.answer(COMMAND.submitSmResp, STATUS.invalidBindState, sequence);
      return;
    }
    const readable = readSubmit(bytes, at, end, submit);
    const status = readable ? behaviour.statusOf(submit.number, nowMs) : STATUS.invalidMessageLength;
    const sender = readable ? senders.number(bytes, submit.senderAt, submit.senderEnd) : 0;
    const message = this.#simulator.record(readable, status, sender);
    if (message < 0) {
      this.answers.answer(COMMAND.submitSmResp, STATUS.queueFull, sequence);
      return;
    }
    const kind = status === STATUS.ok ? behaviour.receiptFor(submit.number, submit.registeredDelivery) : RECEIPT.none;
    this.answers.answerSubmit(status, sequence, message, kind);
  }

  /** Returns the status to answer with. */
  #bind(command: number, bytes: Buffer, at: number, end: number): number {
    if (this.#account !== null) return STATUS.alreadyBound;
    const systemIdEnd = endOfString(bytes, at, end);
    const passwordEnd = endOfString(bytes, systemIdEnd + 1, end);
    const systemId = bytes.toString("latin1", at, systemIdEnd);
    const password = bytes.toString("latin1", systemIdEnd + 1, passwordEnd);
    const status = this.#simulator.checkLogin(systemId, password);
    if (status !== STATUS.ok) return status;
    this.bound = command;
    this.#account = this.#simulator.accounts.join(systemId);
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

  #delivered(sequence: number, status: number): void {
    if (!this.#deliveries.answered(sequence)) return;
    if (status === STATUS.ok) this.#simulator.counters.receiptsAcknowledged++;
    else this.#simulator.counters.receiptsRefused++;
  }
}
