/**
 * What the HTTP server and the live feed know of each other. The server owns the sockets, the feed owns what goes over
 * them; neither imports the other's insides.
 */
import type { Problem } from "../../schemas/errors.js";

/** One subscriber's socket, as the feed sees it. */
export interface LiveClient {
  /** False when the message was not taken because too much is waiting. Strings go as text, bytes as binary. */
  send(message: string | Uint8Array): boolean;
  /** Bytes that the client has not read, beyond what the system's own socket buffers hold. */
  bufferedBytes(): number;
  /** Ends the connection at once and frees what was waiting. */
  drop(): void;
}

export interface LiveFeed {
  /** Subprotocols, best first; the first is spoken where a client asks for none. */
  readonly protocols: readonly string[];
  /** A subprotocol that starts with this carries an API key. */
  readonly keyPrefix: string;
  /** The AsyncAPI document. */
  readonly document: object;
  /** Why no more subscribers are taken, or none of this API key; undefined when one is. */
  full(keyId: string): Problem | undefined;
  join(client: LiveClient, protocol: string, keyId: string): void;
  leave(client: LiveClient): void;
  /** Drops every subscriber and stops. */
  close(): void;
}
