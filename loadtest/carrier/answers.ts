/**
 * The answers of one session, written at once or held until they are due.
 *
 * An answer leaves at once, in the same write as all others to one read, unless the carrier is slow, paced or paused: then
 * it is held, in order, until `release`. Answers to other commands than submit_sm are held only while it is paused.
 */
import { SIMULATOR } from "../../schemas/limits.js";
import type { Deviations } from "../personalities/deviations.js";
import { cString, pdu } from "../personalities/pdu.js";
import { RECEIPT } from "./behaviour.js";
import type { Connection } from "./bind/connection.js";
import { DueRing } from "./bind/ring.js";
import { COMMAND, HEADER_BYTES, STATUS, writeHeader } from "./bind/wire.js";
import type { Simulator } from "./core.js";
import { MESSAGE_ID_BYTES } from "./receipts.js";

const SUBMIT_RESPONSE_BYTES = HEADER_BYTES + MESSAGE_ID_BYTES + 1;
/** sc_interface_version: 3.4. */
const INTERFACE_VERSION = Buffer.from([0x02, 0x10, 0x00, 0x01, 0x34]);
/** A read of 64 kB that came after reading was stopped, in PDUs of the shortest kind, fits above the mark. */
const HELD_LIMIT = SIMULATOR.heldAnswers * 2;

export class Answers {
  /** Words of an entry: command, status, sequence, message, kind of receipt. */
  readonly #held = new DueRing(5, HELD_LIMIT);
  /** Writes in its own way, where it has one. */
  deviations: Deviations | null = null;

  constructor(
    readonly connection: Connection,
    readonly simulator: Simulator,
    /** Called when the answer that accepts a message is written, and a receipt is to follow. */
    readonly accepted: (message: number, kind: number) => void,
  ) {}

  /** When the first held answer is due; Infinity when there is none that could be written. */
  get dueAtMs(): number {
    return this.connection.writable ? this.#held.dueAtMs : Number.POSITIVE_INFINITY;
  }

  /** Stops reading while too many are held. */
  limit(): void {
    this.connection.hold(this.#held.length >= SIMULATOR.heldAnswers || this.deviations?.isCrowded === true);
  }

  /** Answers anything that carries no message_id. */
  answer(command: number, status: number, sequence: number): void {
    const { settings, nowMs } = this.simulator;
    const hasTurns = command === COMMAND.enquireLinkResp && this.deviations?.is("serial") === true;
    if (settings.pause || (hasTurns && this.#held.length > 0)) {
      this.#hold(nowMs, command, status, sequence, 0, RECEIPT.none);
    } else this.#write(command, status, sequence, 0, RECEIPT.none);
  }

  /** Answers unbind: after every answer that is held. */
  answerUnbind(sequence: number): void {
    const { nowMs } = this.simulator;
    if (this.#held.length === 0) this.answer(COMMAND.unbindResp, STATUS.ok, sequence);
    else this.#hold(nowMs, COMMAND.unbindResp, STATUS.ok, sequence, 0, RECEIPT.none);
  }

  answerSubmit(status: number, sequence: number, message: number, kind: number): void {
    const { nowMs, settings, character } = this.simulator;
    const { service } = character;
    if (service !== null) {
      const doneAtMs = status === STATUS.throttled ? service.turn(nowMs) : service.take(nowMs, settings);
      this.#hold(doneAtMs + settings.latencyMs, COMMAND.submitSmResp, status, sequence, message, kind);
    } else if (settings.pause || settings.rate > 0 || settings.latencyMs > 0 || this.#held.length > 0) {
      this.#hold(nowMs + settings.latencyMs, COMMAND.submitSmResp, status, sequence, message, kind);
    } else {
      this.#write(COMMAND.submitSmResp, status, sequence, message, kind);
    }
  }

  /** Writes up to `budget` submit_sm_resp that are due, and every other held answer before them; returns how many. */
  release(nowMs: number, budget: number): number {
    let count = 0;
    while (this.#held.dueAtMs <= nowMs && count < budget && this.connection.writable) {
      const { words, head } = this.#held;
      if (words[head] === COMMAND.submitSmResp) count++;
      this.#held.shift();
      this.#write(words[head]!, words[head + 1]!, words[head + 2]!, words[head + 3]!, words[head + 4]!);
    }
    if (count > 0) this.simulator.lastAnswerAtMs = nowMs;
    this.connection.flush();
    this.limit();
    return count;
  }

  /** Takes out the accepted submits whose answers were held, when the connection has ended. */
  abandoned(each: (message: number, kind: number) => void): void {
    for (; this.#held.length > 0; this.#held.shift()) {
      const { words, head } = this.#held;
      if (words[head + 4] !== RECEIPT.none) each(words[head + 3]!, words[head + 4]!);
    }
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
    if (this.deviations !== null) {
      this.deviations.write(command, status, sequence, message, kind);
      return;
    }
    if (status !== STATUS.ok || isBare(command)) this.connection.writeBare(command, status, sequence);
    else if (command !== COMMAND.submitSmResp) this.#writeBindResponse(command, sequence);
    else if (this.simulator.character.hasChanged) this.#writeFormerResponse(sequence, message, kind);
    else this.#writeSubmitResponse(sequence, message, kind);
    if (command === COMMAND.unbindResp) this.connection.end();
  }

  /** With the id as it was written when the message came: its receipt has that one. */
  #writeFormerResponse(sequence: number, message: number, kind: number): void {
    const id = cString(this.simulator.character.idOf(message));
    this.connection.write(pdu(COMMAND.submitSmResp, STATUS.ok, sequence, id));
    if (kind !== RECEIPT.none) this.accepted(message, kind);
  }

  #writeSubmitResponse(sequence: number, message: number, kind: number): void {
    this.connection.reserve(SUBMIT_RESPONSE_BYTES);
    const { output } = this.connection;
    writeHeader(output.bytes, output.length, SUBMIT_RESPONSE_BYTES, COMMAND.submitSmResp, STATUS.ok, sequence);
    this.simulator.ids.write(output.bytes, output.length + HEADER_BYTES, message);
    output.bytes[output.length + HEADER_BYTES + MESSAGE_ID_BYTES] = 0;
    output.length += SUBMIT_RESPONSE_BYTES;
    if (kind !== RECEIPT.none) this.accepted(message, kind);
  }

  #writeBindResponse(command: number, sequence: number): void {
    const name = Buffer.from(`${this.simulator.name.slice(0, 15)}\0`, "latin1");
    const length = HEADER_BYTES + name.length + INTERFACE_VERSION.length;
    this.connection.reserve(length);
    const { output } = this.connection;
    writeHeader(output.bytes, output.length, length, command, STATUS.ok, sequence);
    name.copy(output.bytes, output.length + HEADER_BYTES);
    INTERFACE_VERSION.copy(output.bytes, output.length + length - INTERFACE_VERSION.length);
    output.length += length;
  }
}

function isBare(command: number): boolean {
  return command === COMMAND.enquireLinkResp || command === COMMAND.unbindResp || command === COMMAND.genericNack;
}
