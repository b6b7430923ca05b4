/**
 * The package `smpp` with types: as much of it as tests and benchmarks use. The package brings none of its own.
 *
 * It is the independent witness in tests and the peer in benchmarks; nothing that runs in service uses its session.
 */
import type { EventEmitter } from "node:events";
import { createRequire } from "node:module";

/** A PDU as the package hands it over. Fields that a PDU does not have are undefined. */
export interface PackagePdu {
  readonly command: string;
  readonly command_id: number;
  readonly command_status: number;
  readonly sequence_number: number;
  readonly system_id?: string;
  readonly message_id?: string;
  readonly source_addr?: string;
  readonly destination_addr?: string;
  readonly esm_class?: number;
  readonly short_message?: { readonly message: string | Buffer };
  readonly receipted_message_id?: string;
  readonly message_state?: number;
  response(fields?: Record<string, unknown>): PackagePdu;
  toBuffer(): Buffer;
}

type Send = (fields: Record<string, unknown>, answered?: (pdu: PackagePdu) => void) => boolean;

/** Emits "connect", "close", "error", "pdu" and the name of each command that arrives. */
export interface PackageSession extends EventEmitter {
  readonly bind_transceiver: Send;
  readonly bind_transmitter: Send;
  readonly bind_receiver: Send;
  readonly submit_sm: Send;
  readonly enquire_link: Send;
  readonly query_sm: Send;
  readonly unbind: Send;
  send(pdu: PackagePdu): boolean;
  destroy(): void;
}

interface SmppPackage {
  connect(options: { readonly host: string; readonly port: number }): PackageSession;
  readonly PDU: new (command: string, fields: Record<string, unknown>) => PackagePdu;
}

export const smpp: SmppPackage = createRequire(import.meta.url)("smpp");
