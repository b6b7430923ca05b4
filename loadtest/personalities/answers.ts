/**
 * The answers of a strange carrier: what is in them, when they leave, and what comes beside them.
 */
import { RECEIPT } from "../carrier/behaviour.js";
import { COMMAND, HEADER_BYTES, isResponse, STATUS } from "../carrier/bind/wire.js";
import { cString, pdu, TLV, tlv, UNKNOWN_TLVS } from "./pdu.js";
import type { Strange } from "./strange.js";

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

  constructor(readonly strange: Strange) {}

  /** Writes an answer, now or later. */
  write(command: number, status: number, sequence: number, message: number, kind: number): void {
    const { strange } = this;
    if (command !== COMMAND.submitSmResp) {
      strange.connection.write(pdu(command, status, sequence, this.#body(command, status)));
      if (command === COMMAND.unbindResp) strange.connection.end();
      return;
    }
    const delayMs = this.#delayMs();
    if (delayMs <= 0) this.#writeSubmitResponse(status, sequence, message, kind);
    else strange.postpone(delayMs, message, kind, () => this.#writeSubmitResponse(status, sequence, message, kind));
  }

  #writeSubmitResponse(status: number, sequence: number, message: number, kind: number): void {
    const { strange } = this;
    const isEarly = kind !== RECEIPT.none && strange.is("before-response") && strange.deliver(message, kind);
    if (isEarly) strange.struck("before-response");
    const body = status === STATUS.ok ? this.#submitBody(message) : this.#extra(NOTHING);
    const bytes = pdu(COMMAND.submitSmResp, status, sequence, body);
    strange.connection.write(bytes);
    if (strange.strikes("doubled")) strange.connection.write(bytes);
    this.#writeBeside(bytes);
    if (kind !== RECEIPT.none && !isEarly) strange.promise(message, kind);
  }

  /** What nobody asked for. */
  #writeBeside(response: Buffer): void {
    const { strange } = this;
    const { connection, random } = strange;
    if (strange.strikes("unknown-sequence")) {
      connection.write(pdu(COMMAND.submitSmResp, 0, random.pick(NEVER_USED), response.subarray(HEADER_BYTES)));
    }
    if (strange.strikes("unknown-command")) {
      const body = Buffer.alloc(random.below(UNKNOWN_BODY_MAX), 0x55);
      connection.write(pdu(random.pick(UNKNOWN_COMMANDS), 0, strange.nextSequence(), body));
    }
    if (strange.strikes("alerts")) connection.write(pdu(COMMAND.alertNotification, 0, strange.nextSequence(), ALERT));
  }

  #submitBody(message: number): Buffer {
    const { strange } = this;
    if (strange.strikes("no-body")) return NOTHING;
    const id = strange.strikes("empty-id") ? "" : strange.simulator.character.idOf(message);
    return this.#extra(strange.is("id-without-nul") ? Buffer.from(id, "latin1") : cString(id));
  }

  #body(command: number, status: number): Buffer {
    const isBind = isResponse(command) && BIND_RESPONSES.includes(command);
    if (!isBind || status !== STATUS.ok) return NOTHING;
    const { strange } = this;
    const version = strange.is("no-version")
      ? NOTHING
      : tlv(TLV.interfaceVersion, Buffer.from([strange.is("old-version") ? 0x33 : 0x34]));
    return this.#extra(Buffer.concat([cString(strange.simulator.name.slice(0, 15)), version]));
  }

  /** The body with what stands behind it; a TLV that makes it large comes in a PDU that is read all the same. */
  #extra(body: Buffer): Buffer {
    const { strange } = this;
    const congestion = strange.is("congestion")
      ? tlv(TLV.congestionState, Buffer.from([strange.congestionState()]))
      : NOTHING;
    const unknown = strange.is("extra-tlvs") ? UNKNOWN_TLVS : NOTHING;
    return Buffer.concat([body, congestion, unknown, strange.padding(body.length + unknown.length)]);
  }

  #delayMs(): number {
    const { strange } = this;
    const { settings } = strange.simulator;
    if (strange.strikes("late-after-timeout")) return settings.strangeTimeoutMs;
    if (strange.is("out-of-order")) return strange.random.below(REORDERED_MS) + 1;
    if (!strange.is("late")) return 0;
    const { nowMs } = strange.simulator;
    const latest = Math.min(this.#lastAtMs, nowMs + settings.strangeDelayMs);
    this.#lastAtMs = Math.max(latest, nowMs + strange.random.next() * settings.strangeDelayMs);
    return this.#lastAtMs - nowMs;
  }
}

const BIND_RESPONSES: readonly number[] = [
  COMMAND.bindReceiverResp,
  COMMAND.bindTransmitterResp,
  COMMAND.bindTransceiverResp,
];
