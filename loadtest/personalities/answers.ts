/**
 * The answers of a strange carrier: what is in them, when they leave, and what comes beside them.
 */
import { RECEIPT } from "../carrier/behaviour.js";
import { COMMAND, HEADER_BYTES, isResponse, STATUS } from "../carrier/bind/wire.js";
import type { Deviations } from "./deviations.js";
import { cString, pdu, TLV, tlv, UNKNOWN_TLVS } from "./pdu.js";

const NOTHING = Buffer.alloc(0);
/** Within which answers overtake each other. */
const REORDERED_MS = 20;
/** Answers of nothing that was ever asked: far from what a client has reached. */
const NEVER_USED = [0, 0x7ffffff0, 0xffffffff];
const UNKNOWN_COMMANDS = [0x000000aa, 0x00010200, 0x00000112, 0x800000aa, 0x80010200];
/** Of the alert: source address, and that of the ESME that may send again. */
const ALERT = Buffer.from("\x01\x0131600000000\0\0\0seinpost\0", "latin1");
const UNKNOWN_BODY_MAX = 64;

export class StrangeAnswers {
  /** When the last answer that keeps its order leaves. */
  #lastAtMs = 0;

  constructor(readonly deviations: Deviations) {}

  /** Writes an answer, now or later. */
  write(command: number, status: number, sequence: number, message: number, kind: number): void {
    const { deviations } = this;
    if (command !== COMMAND.submitSmResp) {
      deviations.connection.write(pdu(command, status, sequence, this.#body(command, status)));
      if (command === COMMAND.unbindResp) deviations.connection.end();
      return;
    }
    const delayMs = this.#delayMs();
    if (delayMs <= 0) this.#writeSubmitResponse(status, sequence, message, kind);
    else deviations.postpone(delayMs, message, kind, () => this.#writeSubmitResponse(status, sequence, message, kind));
  }

  #writeSubmitResponse(status: number, sequence: number, message: number, kind: number): void {
    const { deviations } = this;
    const isEarly = kind !== RECEIPT.none && deviations.is("before-response") && deviations.deliver(message, kind);
    if (isEarly) deviations.struck("before-response");
    const body = status === STATUS.ok ? this.#submitBody(message) : this.#extra(NOTHING);
    const bytes = pdu(COMMAND.submitSmResp, status, sequence, body);
    deviations.connection.write(bytes);
    if (deviations.strikes("doubled")) deviations.connection.write(bytes);
    this.#writeBeside(bytes);
    if (kind !== RECEIPT.none && !isEarly) deviations.promise(message, kind);
  }

  /** What nobody asked for. */
  #writeBeside(response: Buffer): void {
    const { deviations } = this;
    const { connection, random } = deviations;
    if (deviations.strikes("unknown-sequence")) {
      connection.write(pdu(COMMAND.submitSmResp, 0, random.pick(NEVER_USED), response.subarray(HEADER_BYTES)));
    }
    if (deviations.strikes("unknown-command")) {
      const body = Buffer.alloc(random.below(UNKNOWN_BODY_MAX), 0x55);
      connection.write(pdu(random.pick(UNKNOWN_COMMANDS), 0, deviations.nextSequence(), body));
    }
    if (deviations.strikes("alerts"))
      connection.write(pdu(COMMAND.alertNotification, 0, deviations.nextSequence(), ALERT));
  }

  #submitBody(message: number): Buffer {
    const { deviations } = this;
    if (deviations.strikes("no-body")) return NOTHING;
    const id = deviations.strikes("empty-id") ? "" : deviations.simulator.character.idOf(message);
    return this.#extra(deviations.is("id-without-nul") ? Buffer.from(id, "latin1") : cString(id));
  }

  #body(command: number, status: number): Buffer {
    const isBind = isResponse(command) && BIND_RESPONSES.includes(command);
    if (!isBind || status !== STATUS.ok) return NOTHING;
    const { deviations } = this;
    const version = deviations.is("no-version")
      ? NOTHING
      : tlv(TLV.interfaceVersion, Buffer.from([deviations.is("old-version") ? 0x33 : 0x34]));
    return this.#extra(Buffer.concat([cString(deviations.simulator.name.slice(0, 15)), version]));
  }

  /** The body with what stands behind it; a TLV that makes it large comes in a PDU that is read all the same. */
  #extra(body: Buffer): Buffer {
    const { deviations } = this;
    const congestion = deviations.is("congestion")
      ? tlv(TLV.congestionState, Buffer.from([deviations.congestionState()]))
      : NOTHING;
    const unknown = deviations.is("extra-tlvs") ? UNKNOWN_TLVS : NOTHING;
    return Buffer.concat([body, congestion, unknown, deviations.padding(body.length + unknown.length)]);
  }

  #delayMs(): number {
    const { deviations } = this;
    const { settings } = deviations.simulator;
    if (deviations.strikes("late-after-timeout")) return settings.deviationTimeoutMs;
    if (deviations.is("out-of-order")) return deviations.random.below(REORDERED_MS) + 1;
    if (!deviations.is("late")) return 0;
    const { nowMs } = deviations.simulator;
    const latest = Math.min(this.#lastAtMs, nowMs + settings.deviationDelayMs);
    this.#lastAtMs = Math.max(latest, nowMs + deviations.random.next() * settings.deviationDelayMs);
    return this.#lastAtMs - nowMs;
  }
}

const BIND_RESPONSES: readonly number[] = [
  COMMAND.bindReceiverResp,
  COMMAND.bindTransmitterResp,
  COMMAND.bindTransceiverResp,
];
