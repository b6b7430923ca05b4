/** What a bind needs from the thread that it belongs to; the thread gives meaning to what comes over it. */
import type { CarrierConfiguration } from "../../../schemas/carrier.js";
import type { ErrorCode } from "../../../schemas/errors.js";
import type { CarrierKnowledge } from "../../../schemas/link.js";
import type { Session } from "./session.js";

export interface SessionOwner {
  /** Its settings now; a session takes those of its connection when it connects. */
  readonly carrier: CarrierConfiguration;
  readonly loopbackOnly: boolean;
  /** Of the carrier before this start. */
  readonly known: CarrierKnowledge;
  /** True if the events of that many bytes of PDUs have room. */
  eventsFit(bytes: number): boolean;
  /** A submit_sm_resp, or a generic_nack, with its command_status. */
  answered(session: Session, status: number, bytes: Uint8Array, at: number, length: number): void;
  delivered(session: Session, bytes: Uint8Array, at: number, length: number): void;
  /** Something was taken or written, so that more can be sent. */
  progressed(): void;
  /** Empties the window, as far as there is room for the events, and the session's own queue. */
  lost(session: Session): void;
  bound(session: Session): void;
  /** We unbound it ourselves. */
  unbound(session: Session): void;
  failed(session: Session, wasBound: boolean, status: number, code: ErrorCode, detail: string): void;
  protocolError(): void;
}
