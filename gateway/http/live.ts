/**
 * What the HTTP server and the live feeds know of each other. The server owns the sockets, a feed owns what goes over
 * them; neither imports the other's insides.
 */
import type { z } from "zod";
import type { Principal } from "../../engine/rights/principal.js";
import type { Problem } from "../../schemas/errors.js";
import type { Scope } from "../../schemas/words.js";

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
  /** Of these a key must have one. */
  readonly scopes: readonly Scope[];
  /** What may be asked for behind the path; absent where nothing is heeded that stands there. */
  readonly query?: z.ZodType;
  /** Why no more subscribers are taken, or none of this API key; undefined when one is. */
  full(keyId: string): Problem | undefined;
  /** `query`: as the schema gives it. */
  join(client: LiveClient, protocol: string, who: Principal, query: unknown): void;
  leave(client: LiveClient): void;
  /** Drops every subscriber and stops. */
  close(): void;
}
