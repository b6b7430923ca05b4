/**
 * Connects to a webhook by an address that is judged at the moment of connecting, and to no other: a name that led elsewhere a moment
 * ago, or leads elsewhere the next time, gets nobody into the house.
 *
 * Names are asked of DNS and not of /etc/hosts, because node's lookup takes a thread that files need as well, and a server of names that
 * hangs would take them all. An address that is written as such is judged like any other.
 */
import { Resolver } from "node:dns/promises";
import { isIP } from "node:net";
import { buildConnector } from "undici";
import { WEBHOOKS } from "../../schemas/limits.js";
import type { Networks } from "./public-address.js";

/** Why nothing was connected to: the name leads nowhere that is allowed. */
export class AddressRefused extends Error {}

const LOCALHOST = ["127.0.0.1", "::1"];

/** `servers`: of names, as host:port; those of the machine when absent. */
export function connectorTo(networks: Networks, servers?: readonly string[]): buildConnector.connector {
  const connect = buildConnector({ timeout: WEBHOOKS.answerMs, autoSelectFamily: false });
  const resolver = new Resolver({ timeout: WEBHOOKS.resolveMs, tries: WEBHOOKS.resolveTries });
  if (servers !== undefined) resolver.setServers([...servers]);
  return (options, callback) => {
    const isPlain = options.protocol === "http:";
    const name = options.hostname.replace(/^\[|\]$/g, "");
    addressesOf(resolver, name)
      .then((addresses) => {
        const address = addresses.find((one) => networks.mayGoTo(one, isPlain));
        if (address === undefined) throw new AddressRefused(`${addresses.length} addresses, none of which is allowed`);
        // The name stays what the certificate is held against.
        const servername = options.servername ?? (isIP(name) ? undefined : name);
        connect({ ...options, hostname: address, ...(servername !== undefined && { servername }) }, callback);
      })
      .catch((error: Error) => callback(error, null));
  };
}

async function addressesOf(resolver: Resolver, name: string): Promise<string[]> {
  if (isIP(name)) return [name];
  if (name === "localhost") return LOCALHOST;
  const found = await Promise.allSettled([resolver.resolve4(name), resolver.resolve6(name)]);
  const addresses = found.flatMap((one) => (one.status === "fulfilled" ? one.value : []));
  if (addresses.length === 0) throw new Error("the name leads nowhere");
  return addresses;
}
