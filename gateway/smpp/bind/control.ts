/**
 * The PDUs of a session that are about the session itself. Each is answered in the turn in which it was read; what nobody
 * knows, and what nobody asked for, is counted and changes nothing. Source: SMPP 3.4, chapter 4 and 3.2 (generic_nack).
 */
import * as protocol from "../pdu/protocol.js";

/** What such a PDU may want of its session. */
interface Controlled {
  send(commandId: number, status: number, sequence: number): void;
  /** False if it is no answer to our bind. */
  bindNacked(status: number, sequence: number): boolean;
  peerUnbinds(sequence: number): void;
  /** False if we did not unbind. */
  unbindAnswered(): boolean;
}

/** Returns false if the PDU makes no sense where it came. */
export function control(session: Controlled, commandId: number, status: number, sequence: number): boolean {
  switch (commandId) {
    case protocol.GENERIC_NACK:
      return session.bindNacked(status || protocol.ESME_RUNKNOWNERR, sequence);
    case protocol.ENQUIRE_LINK:
      session.send(protocol.ENQUIRE_LINK_RESP, protocol.ESME_ROK, sequence);
      return true;
    case protocol.UNBIND:
      session.peerUnbinds(sequence);
      return true;
    case protocol.UNBIND_RESP:
      return session.unbindAnswered();
    // They want no answer (SMPP 3.4, 4.1.7 and 4.12). An outbind asks us to bind, which we do anyway.
    case protocol.ENQUIRE_LINK_RESP:
    case protocol.OUTBIND:
    case protocol.ALERT_NOTIFICATION:
      return true;
    default:
      if (commandId < protocol.RESPONSE_BIT) session.send(protocol.GENERIC_NACK, protocol.ESME_RINVCMDID, sequence);
      return false;
  }
}
