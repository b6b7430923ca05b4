/**
 * Where a PDU goes that was read on a bind: answers and deliveries to the thread, and those that are about the bind itself to its state,
 * or straight back as an answer, in the turn in which they were read. What nobody knows, and what nobody asked for, is counted and
 * changes nothing. Source: SMPP 3.4, chapter 4 and 3.2 (generic_nack).
 */
import * as protocol from "../pdu/protocol.js";
import { isBindResponse } from "./bind.js";
import type { SessionOwner } from "./session-owner.js";

/** What a PDU may want of its bind. */
interface Bind {
  readonly state: string;
  readonly transport: { send(commandId: number, status: number, sequence: number): void };
  /** Something was taken or delivered over it. */
  worked(): void;
  /** False if it is none that a carrier answers our bind with. */
  bindAnswered(status: number, bytes: Uint8Array, at: number, length: number): boolean;
  /** False if it is no answer to our bind. */
  bindNacked(status: number, sequence: number): boolean;
  peerUnbinds(sequence: number): void;
  /** False if we did not unbind. */
  unbindAnswered(): boolean;
}

/** Takes the PDU that lies in `bytes` at `at`. */
export function incoming<Of extends Bind>(
  bind: Of,
  owner: SessionOwner<Of>,
  bytes: Uint8Array,
  at: number,
  length: number,
): void {
  if (!makesSense(bind, owner, bytes, at, length)) owner.protocolError();
}

function makesSense<Of extends Bind>(
  bind: Of,
  owner: SessionOwner<Of>,
  bytes: Uint8Array,
  at: number,
  length: number,
): boolean {
  const commandId = protocol.readUint32(bytes, at + 4);
  const status = protocol.readUint32(bytes, at + 8);
  const sequence = protocol.readUint32(bytes, at + 12);
  switch (commandId) {
    case protocol.SUBMIT_SM_RESP:
      owner.answered(bind, status, bytes, at, length);
      return true;
    // Also on a transmitter, and before the bind response, which may overtake it: it is a receipt or a message all the same.
    case protocol.DELIVER_SM:
    case protocol.DATA_SM:
      bind.worked();
      owner.delivered(bind, bytes, at, length);
      return true;
    case protocol.GENERIC_NACK:
      if (bind.state === "binding") return bind.bindNacked(status || protocol.ESME_RUNKNOWNERR, sequence);
      owner.answered(bind, status || protocol.ESME_RUNKNOWNERR, bytes, at, length);
      return true;
    case protocol.ENQUIRE_LINK:
      bind.transport.send(protocol.ENQUIRE_LINK_RESP, protocol.ESME_ROK, sequence);
      return true;
    case protocol.UNBIND:
      bind.peerUnbinds(sequence);
      return true;
    case protocol.UNBIND_RESP:
      return bind.unbindAnswered();
    // They want no answer (SMPP 3.4, 4.1.7 and 4.12). An outbind asks us to bind, which we do anyway.
    case protocol.ENQUIRE_LINK_RESP:
    case protocol.OUTBIND:
    case protocol.ALERT_NOTIFICATION:
      return true;
  }
  if (isBindResponse(commandId)) return bind.bindAnswered(status, bytes, at, length);
  if (commandId < protocol.RESPONSE_BIT) {
    bind.transport.send(protocol.GENERIC_NACK, protocol.ESME_RINVCMDID, sequence);
  }
  return false;
}
