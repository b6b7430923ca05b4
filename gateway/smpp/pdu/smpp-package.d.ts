/** The part of the package `smpp` that this project uses; the package itself ships no types. */
declare module "smpp" {
  import type { EventEmitter } from "node:events";
  import type { Server as NetServer, Socket } from "node:net";

  export type Fields = Record<string, unknown>;

  export class PDU {
    constructor(command: string | Buffer, fields?: Fields);
    static fromBuffer(bytes: Buffer): PDU | false;
    readonly command: string;
    readonly command_length: number;
    readonly command_id: number;
    readonly command_status: number;
    sequence_number: number;
    readonly [field: string]: unknown;
    toBuffer(): Buffer;
    response(fields?: Fields): PDU;
    isResponse(): boolean;
  }

  export interface Session extends EventEmitter {
    readonly socket: Socket;
    send(pdu: PDU, onResponse?: (response: PDU) => void, onSent?: () => void): boolean;
    pause(): void;
    resume(): void;
    close(onClose?: () => void): void;
    destroy(onClose?: () => void): void;
    submit_sm(fields: Fields, onResponse?: (response: PDU) => void): boolean;
    deliver_sm(fields: Fields, onResponse?: (response: PDU) => void): boolean;
    enquire_link(onResponse?: (response: PDU) => void): boolean;
    bind_transceiver(fields: Fields, onResponse?: (response: PDU) => void): boolean;
    unbind(onResponse?: (response: PDU) => void): boolean;
  }

  export interface Server extends NetServer {
    readonly sessions: Session[];
  }

  interface Smpp {
    readonly PDU: typeof PDU;
    readonly commands: Readonly<Record<string, { readonly id: number }>>;
    readonly errors: Readonly<Record<string, number>>;
    readonly tlvs: Readonly<Record<string, { readonly id: number }>>;
    createServer(onSession: (session: Session) => void): Server;
    connect(options: Fields, onConnect?: () => void): Session;
  }
  const smpp: Smpp;
  export default smpp;
}
