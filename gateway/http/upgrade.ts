/**
 * From an HTTP request to a subscriber of the live feed. The API key comes in the Authorization header, or, from a browser,
 * which can't set one, as a subprotocol beside the one for the data; never in the URL, which ends up in logs.
 */
import { API_VERSION } from "../../schemas/api/api.js";
import { ok, type Result } from "../../schemas/errors.js";
import { MONITOR_KEY_PROTOCOL } from "../../schemas/monitor.js";
import type { LiveClient, LiveFeed } from "./live.js";
import type { Opened } from "./opened.js";
import type { TrustedProxies } from "./request/client-address.js";
import { Exchange } from "./request/exchange.js";
import { readQuery, type Who } from "./request/route.js";
import type { Incoming, RequestHead, Upgrade } from "./transport/transport.js";

/** Says whether a key may subscribe now; also counts it against the key's rate. */
export type Admit = (exchange: Exchange, key: string | undefined) => Result<Who>;

/** Undefined when the request was refused, and answered. */
export function subscribe(
  incoming: Incoming,
  proxies: TrustedProxies,
  feed: LiveFeed,
  opened: Opened,
  admit: Admit,
): Upgrade | undefined {
  const exchange = new Exchange(incoming, proxies, () => {}, true);
  const { chosen, apiKey } = readOffer(incoming.head, feed);
  const admitted = admit(exchange, apiKey);
  const query = feed.query ? readQuery(incoming.head.query, feed.query) : ok(undefined);
  const full = admitted.ok ? feed.full(admitted.value.keyId) : undefined;
  if (!admitted.ok) exchange.problem(admitted.problem);
  else if (!query.ok) exchange.problem(query.problem);
  else if (full) exchange.problem(full);
  else return upgradeTo(chosen, admitted.value, query.value, feed, opened);
  return undefined;
}

function upgradeTo(chosen: string | undefined, who: Who, query: unknown, feed: LiveFeed, opened: Opened): Upgrade {
  let over = (): void => undefined;
  return {
    headers: { "API-Version": API_VERSION },
    // The subprotocol that is answered is the data's; the one with the key is never repeated.
    protocol: chosen ?? "",
    opened: (client: LiveClient) => {
      over = opened.add(who, () => client.drop());
      feed.join(client, chosen ?? feed.protocols[0]!, who, query);
    },
    closed: (client) => {
      over();
      feed.leave(client);
    },
  };
}

interface Offer {
  /** The data subprotocol that the client listed first, of those we speak. */
  readonly chosen: string | undefined;
  readonly apiKey: string | undefined;
}

function readOffer(head: RequestHead, feed: LiveFeed): Offer {
  const offered = head.protocols.split(",").map((protocol) => protocol.trim());
  const withKey = offered.find((protocol) => protocol.startsWith(MONITOR_KEY_PROTOCOL));
  return {
    chosen: offered.find((protocol) => feed.protocols.includes(protocol)),
    apiKey: withKey?.slice(MONITOR_KEY_PROTOCOL.length),
  };
}
