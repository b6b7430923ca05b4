/** What a bind needs from the thread that it belongs to; the thread gives meaning to what comes over it. */
import type { ErrorCode } from "../../../schemas/errors.js";
import type { CarrierKnowledge } from "../../../schemas/link.js";
import type { TransportOwner } from "./transport/transport.js";

/** Of binds of one kind, which are `Session` but for a test. */
export interface SessionOwner<Session> extends TransportOwner {
  /** Of the carrier before this start. */
  readonly known: CarrierKnowledge;
  /** A submit_sm_resp, or a generic_nack, with its command_status. */
  answered(session: Session, status: number, bytes: Uint8Array, at: number, length: number): void;
  delivered(session: Session, bytes: Uint8Array, at: number, length: number): void;
  /** Empties the window, as far as there is room for the events, and the session's own queue. */
  lost(session: Session): void;
  bound(session: Session): void;
  /** We unbound it ourselves. */
  unbound(session: Session): void;
  failed(session: Session, wasBound: boolean, status: number, code: ErrorCode, detail: string): void;
  protocolError(): void;
}
