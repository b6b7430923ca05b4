/** The part of the package `ws` that this project uses; the package itself ships no types. */
declare module "ws" {
  import type { EventEmitter } from "node:events";
  import type { IncomingMessage } from "node:http";
  import type { Duplex } from "node:stream";

  export class WebSocket extends EventEmitter {
    /** Bytes that were given to `send` and not yet taken by the system. */
    readonly bufferedAmount: number;
    /** Strings go as text, bytes as binary. */
    send(message: string | Uint8Array): void;
    ping(): void;
    /** Ends the connection at once; "close" follows. */
    terminate(): void;
  }

  export interface ServerOptions {
    readonly noServer: true;
    readonly clientTracking: boolean;
    readonly maxPayload: number;
    /** Frames of one message. */
    readonly maxFragments: number;
    /** False: one event in a turn of the loop, whatever came at once. */
    readonly allowSynchronousEvents: boolean;
    /** Called where subprotocols were offered; false for none. */
    readonly handleProtocols: (offered: Set<string>, request: IncomingMessage) => string | false;
  }

  export class WebSocketServer extends EventEmitter {
    constructor(options: ServerOptions);
    /** `opened` is not called when the client is gone or what it sent is no handshake. */
    handleUpgrade(request: IncomingMessage, socket: Duplex, rest: Buffer, opened: (socket: WebSocket) => void): void;
  }
}
