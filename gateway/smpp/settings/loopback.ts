/**
 * Keeps a carrier on loopback: a generated registry must not send one packet beyond it, so an address is judged before
 * anything connects to it, a name by every address that it resolves to.
 */
import { type LookupAddress, type LookupAllOptions, type LookupOptions, lookup } from "node:dns";
import { isIP, type LookupFunction } from "node:net";

function isLoopback(address: string): boolean {
  return /^(?:::ffff:)?127\.\d+\.\d+\.\d+$/.test(address) || address === "::1";
}

/** An address, and not a name, that is not on loopback. */
export function isElsewhere(host: string): boolean {
  return isIP(host) !== 0 && !isLoopback(host);
}

/** A name has an address that is not on loopback. */
export class NotLoopback extends Error {}

/** As dns.lookup with `all`. */
export type Resolve = (
  hostname: string,
  options: LookupAllOptions,
  callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

/** For `connect`: fails with NotLoopback unless every address of the name is on loopback. */
export function loopbackLookup(resolve: Resolve = lookup): LookupFunction {
  return (hostname, options: LookupOptions, callback) => {
    resolve(hostname, { ...options, all: true }, (error, addresses) => {
      if (error) callback(error, []);
      else if (!addresses.every(({ address }) => isLoopback(address))) callback(new NotLoopback(), []);
      else if (options.all) callback(null, addresses);
      else callback(null, addresses[0]!.address, addresses[0]!.family);
    });
  };
}
