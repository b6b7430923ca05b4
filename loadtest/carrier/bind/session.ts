/**
 * One SMPP session of the carrier simulator, from connect to close: who is bound, what it submits, which receipts it gets.
 */
import type { Socket } from "node:net";
import { Deviations } from "../../personalities/deviations.js";
import { type Account, DeliveryWindow, type Receiver } from "../account.js";
import { Answers } from "../answers.js";
import { isAvoiding, RECEIPT, receiptBase } from "../behaviour.js";
import { clockMs, type Simulator } from "../core.js";
import { RECEIPT_BYTES_MAX } from "../receipts.js";
import { Connection, type ConnectionOwner } from "./connection.js";
import type { DueRing } from "./ring.js";
import { COMMAND, endOfString, HEADER_BYTES, isResponse, readSubmit, readUint32, responseTo, STATUS } from "./wire.js";

export class Session implements ConnectionOwner, Receiver {
  /** The command it bound with; 0: not bound. */
  bound = 0;
  /** Who this carrier is to this connection; null: one that does as SMPP says. */
  deviations: Deviations | null = null;
  readonly answers: Answers;
  readonly #simulator: Simulator;
  readonly #connection: Connection;
  readonly #deliveries = new DeliveryWindow();
  /** Of whom it has bound as. */
  account: Account | null = null;

  constructor(
    simulator: Simulator,
    socket: Socket,
    /** From 1, in order of connecting. */
    readonly number: number,
  ) {
    this.#simulator = simulator;
    this.#connection = new Connection(socket, simulator.output, this);
    this.answers = new Answers(this.#connection, simulator, (message, kind) => {
      if (this.account !== null) simulator.promise(this.account, message, kind);
    });
    this.#deviate();
  }

  /** Takes on the personalities that are set now, and leaves those that it had. */
  changeCharacter(): void {
    this.deviations?.retire();
    this.#deviate();
    if (this.bound !== 0) this.deviations?.bound(this.account!.systemId);
  }

  #deviate(): void {
    const names = this.#simulator.character.personalitiesOf(this.number, this.#simulator.settings);
    this.deviations =
      names === null ? null : new Deviations(this.#simulator, this, this.#connection, names, this.number);
    this.answers.deviations = this.deviations;
  }

  arrived(): void {
    this.#simulator.nowMs = clockMs();
    this.deviations?.reads();
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
      case COMMAND.dataSmResp:
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
        this.#takeBind(command, bytes, at, end, sequence);
        break;
      default:
        if (isResponse(command)) this.deviations?.heard(bytes, at);
        else answers.answer(COMMAND.genericNack, STATUS.invalidCommand, sequence);
    }
  }

  read(): void {
    this.answers.limit();
    this.#simulator.afterRead(this.account);
  }

  drained(): void {
    this.#simulator.tick();
  }

  beforeWrite(): void {
    this.#simulator.log.flush();
  }

  closed(): void {
    this.#unbind();
    this.deviations?.closed();
    if (this.account !== null) this.#simulator.accounts.leave(this.account);
    this.#simulator.sessions.delete(this);
    this.#simulator.tick();
  }

  disconnect(): void {
    this.#connection.destroy();
  }

  sendReceipts(waiting: DueRing, nowMs: number): void {
    while (waiting.dueAtMs <= nowMs && !this.#deliveries.full && this.#connection.writable) {
      const message = waiting.words[waiting.head]!;
      const kind = waiting.words[waiting.head + 1]!;
      if (isAvoiding(kind, this.number) && this.account!.receivers.length > 1) break;
      waiting.shift();
      this.#send(message, kind, nowMs);
    }
    this.#connection.flush();
  }

  deliver(message: number, kind: number): boolean {
    const isReceiver = this.bound !== 0 && this.bound !== COMMAND.bindTransmitter;
    if (!isReceiver || this.#deliveries.full || !this.#connection.writable) return false;
    this.#send(message, kind, this.#simulator.nowMs);
    this.#connection.flush();
    return true;
  }

  #send(message: number, kind: number, nowMs: number): void {
    const { receipt, receipts, log, counters, messageBase, incoming } = this.#simulator;
    const { output } = this.#connection;
    const sequence = this.#deliveries.add(message, kind);
    if (receiptBase(kind) === RECEIPT.incoming) {
      this.#connection.write(incoming.pdu(message, sequence));
      counters.messagesSent++;
      return;
    }
    const index = message - messageBase;
    receipt.message = message;
    receipt.kind = kind;
    receipt.number = log.number(index);
    receipt.sender = log.sender(index);
    receipt.submittedAtMs = log.arrivedAtMs(index);
    receipt.doneAtMs = nowMs;
    counters.receiptsSent++;
    if (this.deviations !== null) {
      this.#connection.write(this.deviations.receipt(sequence, receipt));
      return;
    }
    if (this.#simulator.character.hasChanged) {
      this.#connection.write(this.#simulator.character.receipt(sequence, receipt, this.#simulator.senders));
      return;
    }
    this.#connection.reserve(RECEIPT_BYTES_MAX);
    output.length = receipts.write(output.bytes, output.length, sequence, receipt);
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
    if (this.deviations !== null) {
      this.deviations.submit(
        readable,
        sequence,
        readable ? senders.number(bytes, submit.senderAt, submit.senderEnd) : 0,
      );
      return;
    }
    const status = readable ? behaviour.statusOf(submit.number, nowMs) : STATUS.invalidMessageLength;
    const sender = readable ? senders.number(bytes, submit.senderAt, submit.senderEnd) : 0;
    const message = this.#simulator.record(readable, status, sender, false);
    if (message < 0) {
      this.answers.answer(COMMAND.submitSmResp, STATUS.queueFull, sequence);
      return;
    }
    const { texts } = this.#simulator.settings;
    if (texts > 0 && status === STATUS.ok) this.#simulator.texts.keep(bytes, submit, texts);
    const kind = status === STATUS.ok ? behaviour.receiptFor(submit.number, submit.registeredDelivery) : RECEIPT.none;
    this.answers.answerSubmit(status, sequence, message, kind);
  }

  #takeBind(command: number, bytes: Buffer, at: number, end: number, sequence: number): void {
    this.#simulator.counters.bindRequests++;
    if (this.deviations === null) {
      this.answers.answer(responseTo(command), this.#bind(command, bytes, at + HEADER_BYTES, end), sequence);
      return;
    }
    // A copy, because it may be read later than this.
    const body = Buffer.from(bytes.subarray(at + HEADER_BYTES, end));
    this.deviations.bind(command, sequence, () => this.#bind(command, body, 0, body.length));
  }

  /** Returns the status to answer with. */
  #bind(command: number, bytes: Buffer, at: number, end: number): number {
    if (this.account !== null) return STATUS.alreadyBound;
    const systemIdEnd = endOfString(bytes, at, end);
    const passwordEnd = endOfString(bytes, systemIdEnd + 1, end);
    const systemId = bytes.toString("latin1", at, systemIdEnd);
    const password = bytes.toString("latin1", systemIdEnd + 1, passwordEnd);
    const status = this.#simulator.checkLogin(systemId, password);
    if (status !== STATUS.ok) return status;
    if (this.deviations?.is("one-bind") && this.#simulator.isBound(systemId, command)) return STATUS.alreadyBound;
    this.bound = command;
    this.account = this.#simulator.accounts.join(systemId);
    if (command !== COMMAND.bindTransmitter) this.account.receivers.push(this);
    this.deviations?.bound(systemId);
    return STATUS.ok;
  }

  /** Takes no more receipts. The account stays, for the receipts of answers that are still held. */
  #unbind(): void {
    const { account } = this;
    this.bound = 0;
    if (account === null) return;
    account.remove(this);
    const { nowMs } = this.#simulator;
    this.#deliveries.empty((message, kind) => account.add(message, kind, nowMs));
  }

  #delivered(sequence: number, status: number): void {
    const kind = this.#deliveries.answered(sequence);
    if (kind < 0) return;
    const { counters } = this.#simulator;
    const isTaken = status === STATUS.ok;
    if (receiptBase(kind) === RECEIPT.incoming) {
      if (isTaken) counters.messagesAcknowledged++;
      else counters.messagesRefused++;
    } else if (isTaken) counters.receiptsAcknowledged++;
    else counters.receiptsRefused++;
  }
}
