/**
 * Who may come in: an API key with a role that the route is for, the session of a participant, or anybody, so often from one
 * address. Promises that each is counted against its own bound, and that what is refused says which header was at fault.
 */
import { fail, ok, type Result } from "../../../schemas/errors.js";
import { API } from "../../../schemas/limits.js";
import type { Role } from "../../../schemas/words.js";
import { addressCounted } from "./client-address.js";
import type { Exchange } from "./exchange.js";
import { bearerKey, type KeyVerifier, type SessionVerifier } from "./keys.js";
import { RateLimiter, type RateState } from "./rate.js";
import type { Auth, Who } from "./route.js";

const MINUTE_MS = 60_000;

/** Somebody without a key and without a session. */
const NOBODY: Who = { keyId: "", role: undefined, municipality: 0, participant: -1, token: "", address: "" };

export class Admission {
  readonly #byKey = new RateLimiter(API.requestsPerSecond);
  readonly #bySession = new RateLimiter(API.sessionRequestsPerSecond);
  readonly #byAddress = new RateLimiter(API.publicRequestsPerMinute, undefined, MINUTE_MS, API.publicAddresses);

  constructor(
    private readonly keys: KeyVerifier,
    private readonly sessions: SessionVerifier | undefined,
  ) {}

  /** `roles` are those that the route is for. Only before anything is awaited. */
  admit(exchange: Exchange, auth: Auth, roles: readonly Role[]): Result<Who> {
    switch (auth) {
      case "open":
        return ok(NOBODY);
      case "local":
        return exchange.isLocal() ? ok(NOBODY) : this.withKey(exchange, roles, undefined);
      case "key":
        return this.withKey(exchange, roles, undefined);
      case "self":
        return this.#withSession(exchange);
      case "public":
        return this.#public(exchange);
    }
  }

  /** `key` is used where the Authorization header has none. */
  withKey(exchange: Exchange, roles: readonly Role[], key: string | undefined): Result<Who> {
    const presented = bearerKey(exchange.head.authorization) ?? key;
    const owner = presented === undefined ? undefined : this.keys.verify(presented);
    if (owner === undefined) {
      return fail("UNAUTHENTICATED", "Send an API key: Authorization: Bearer spk_…", "Authorization");
    }
    exchange.known();
    const { keyId, role, municipality = 0 } = owner;
    const rate = counted(exchange, this.#byKey.take(keyId), "a second");
    if (!rate.ok) return rate;
    if (!roles.includes(role)) return fail("FORBIDDEN", `This is for: ${roles.join(", ")}`, "Authorization");
    return ok({ ...NOBODY, keyId, role, municipality });
  }

  #withSession(exchange: Exchange): Result<Who> {
    const token = bearerKey(exchange.head.authorization);
    const session = token === undefined ? undefined : this.sessions?.verify(token);
    if (token === undefined || session === undefined) {
      return fail("SESSION_ENDED", "Send the token of a session: Authorization: Bearer …", "Authorization");
    }
    exchange.known();
    const { participant } = session;
    const keyId = `participant ${participant}`;
    const rate = counted(exchange, this.#bySession.take(keyId), "a second");
    return rate.ok ? ok({ ...NOBODY, keyId, participant, token, address: addressOf(exchange) }) : rate;
  }

  #public(exchange: Exchange): Result<Who> {
    const address = addressOf(exchange);
    const rate = counted(exchange, this.#byAddress.take(address), "a minute");
    return rate.ok ? ok({ ...NOBODY, address }) : rate;
  }
}

/** IPv6 counts by its /64, of which whoever has one has all. */
function addressOf(exchange: Exchange): string {
  return addressCounted(exchange.clientAddress());
}

/** Says in the headers where a bound stands, and when to come again once it is reached. */
function counted(exchange: Exchange, rate: RateState, per: string): Result<void> {
  exchange.setHeader("RateLimit-Limit", String(rate.limit));
  exchange.setHeader("RateLimit-Remaining", String(rate.remaining));
  exchange.setHeader("RateLimit-Reset", String(rate.resetSeconds));
  if (rate.allowed) return ok(undefined);
  exchange.setHeader("Retry-After", String(rate.resetSeconds));
  return fail("TOO_MANY_REQUESTS", `At most ${rate.limit} requests ${per}`);
}
