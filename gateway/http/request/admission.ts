/**
 * Who may come in: an API key with a scope that the route takes, the session of a participant, or anybody, so often from one
 * address. Promises that each is counted against its own bound, and that what is refused says which header was at fault.
 */
import { LOCAL, SELF, SYSTEM } from "../../../engine/audit/actor.js";
import { NO_BUDGET } from "../../../engine/rights/key-record.js";
import type { Principal } from "../../../engine/rights/principal.js";
import { fail, ok, type Result } from "../../../schemas/errors.js";
import { API } from "../../../schemas/limits.js";
import type { Scope } from "../../../schemas/words.js";
import type { Door } from "../doors.js";
import type { Exchange } from "./exchange.js";
import { bearerKey, type ConsoleVerifier, type KeyVerifier, type SessionVerifier } from "./keys.js";
import { consoleToken, isOwnPage, NOT_OURS } from "./own-page.js";
import { RateLimiter, type RateState } from "./rate.js";
import type { Route, Who } from "./route.js";

const MINUTE_MS = 60_000;
/** What changes nothing, whoever has a browser ask for it. */
const SAFE: readonly string[] = ["GET", "HEAD"];

type Admitting = Pick<Route, "auth" | "scopes" | "ownPagesOnly">;

/** Somebody without a key and without a session. */
export const NOBODY: Who = {
  ...{ keyId: "", by: SYSTEM, credential: "", scopes: new Set(), municipalities: undefined, budget: NO_BUDGET },
  ...{ participant: -1, session: "", address: "" },
};

/**
 * Who comes in by the door that only the service's own user can open: whoever can do that can as well write the data folder. It is
 * there to make and revoke keys, and dispatches nothing.
 */
export const LOCAL_USER: Who = { ...NOBODY, keyId: "local", by: LOCAL, scopes: new Set(["admin", "audit"]) };

/** Where keys and sessions are found; there may be neither participants' sessions nor a console. */
export interface Verifiers {
  readonly keys: KeyVerifier;
  readonly sessions?: SessionVerifier;
  readonly console?: ConsoleVerifier;
}

export class Admission {
  readonly #byKey = new RateLimiter(API.requestsPerSecond);
  readonly #bySession = new RateLimiter(API.sessionRequestsPerSecond);
  readonly #byAddress = new RateLimiter(API.publicRequestsPerMinute, {
    windowMs: MINUTE_MS,
    most: API.publicAddresses,
  });
  readonly #unnamed = new RateLimiter(API.unnamedRequestsPerMinute, { windowMs: MINUTE_MS });
  readonly #onUnnamed: () => void;
  readonly #verifiers: Verifiers;

  /** `onUnnamed` is called for each request of somebody whose address nobody can tell. */
  constructor(verifiers: Verifiers, onUnnamed: () => void) {
    this.#onUnnamed = onUnnamed;
    this.#verifiers = verifiers;
  }

  /** Only before anything is awaited. */
  admit(exchange: Exchange, route: Admitting, door: Door): Result<Who> {
    const { auth, scopes, ownPagesOnly = false } = route;
    if (ownPagesOnly && !this.#isOwnPage(exchange)) return NOT_OURS;
    if (door === "local") return local(scopes);
    if (door === "metrics") return ok(NOBODY);
    switch (auth) {
      case "open":
        return ok(NOBODY);
      case "key":
        return this.withKey(exchange, scopes, undefined);
      case "self":
        return this.#withSession(exchange);
      case "public":
        return this.#public(exchange);
    }
  }

  /** One of the scopes is enough. `key` is used where the Authorization header has none. */
  withKey(exchange: Exchange, scopes: readonly Scope[], key: string | undefined): Result<Who> {
    const principal = this.#principalOf(exchange, key);
    if (!principal.ok) return principal;
    const place = placed(exchange, principal.value.keyId, API.connectionsPerKey);
    if (!place.ok) return place;
    const rate = counted(exchange, this.#byKey.take(principal.value.keyId), "a second");
    if (!rate.ok) return rate;
    const may = scopes.some((scope) => principal.value.scopes.has(scope));
    if (!may) return fail("FORBIDDEN", `This is for keys with: ${scopes.join(" or ")}`, "Authorization");
    return ok({ ...NOBODY, ...principal.value });
  }

  /** Of the key that came with the request, or else of that for which the console's session stands. */
  #principalOf(exchange: Exchange, key: string | undefined): Result<Principal & { readonly session?: string }> {
    const { authorization, cookie, method } = exchange.head;
    const presented = bearerKey(authorization) ?? key;
    if (presented !== undefined) return this.#verifiers.keys.verify(presented);
    const token = authorization === "" ? consoleToken(cookie) : undefined;
    if (token === undefined || this.#verifiers.console === undefined) {
      return fail("UNAUTHENTICATED", "Send an API key: Authorization: Bearer spk_…", "Authorization");
    }
    const isUpgrade = exchange.isUpgrade;
    if ((isUpgrade || !SAFE.includes(method)) && !this.#isOwnPage(exchange)) return NOT_OURS;
    return this.#verifiers.console.use(token);
  }

  /** Whether a page of ours has sent it; what was not is counted. */
  #isOwnPage({ head, isUpgrade }: Exchange): boolean {
    const isOurs = isOwnPage(head, isUpgrade);
    if (!isOurs) this.#verifiers.console?.refused();
    return isOurs;
  }

  #withSession(exchange: Exchange): Result<Who> {
    const token = bearerKey(exchange.head.authorization);
    const session = token === undefined ? undefined : this.#verifiers.sessions?.verify(token);
    if (token === undefined || session === undefined) {
      return fail("SESSION_ENDED", "Send the token of a session: Authorization: Bearer …", "Authorization");
    }
    const { participant } = session;
    const keyId = `participant ${participant}`;
    const place = placed(exchange, keyId, API.connectionsPerParticipant);
    if (!place.ok) return place;
    const rate = counted(exchange, this.#bySession.take(keyId), "a second");
    if (!rate.ok) return rate;
    return ok({ ...NOBODY, by: SELF, credential: token, keyId, participant, address: exchange.clientAddress() });
  }

  #public(exchange: Exchange): Result<Who> {
    const address = exchange.clientAddress();
    if (address === "") this.#onUnnamed();
    const bound = address === "" ? this.#unnamed : this.#byAddress;
    const rate = counted(exchange, bound.take(address), "a minute");
    return rate.ok ? ok({ ...NOBODY, address }) : rate;
  }
}

function local(scopes: readonly Scope[]): Result<Who> {
  const may = scopes.some((scope) => LOCAL_USER.scopes.has(scope));
  return may ? ok(LOCAL_USER) : fail("FORBIDDEN", "This is not for commands on the machine of the service");
}

function placed(exchange: Exchange, owner: string, most: number): Result<void> {
  return exchange.known(owner, most) ? ok(undefined) : fail("BUSY", `At most ${most} connections at a time`);
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
