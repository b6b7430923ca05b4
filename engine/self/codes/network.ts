/**
 * The network of a client address, as quotas count it: the /24 of an IPv4 address, the /48 of an IPv6 one, which is what one
 * customer gets at most. Assumes the form that the gateway gives: dotted, or "a:b:c:d::/64".
 */

const IPV4 = /^(\d+\.\d+\.\d+)\.\d+$/;
const IPV6 = /^([0-9a-f]+:[0-9a-f]+:[0-9a-f]+):[0-9a-f]+::\/64$/;

/** What has neither form is a network of its own. */
export function networkOf(client: string): string {
  const dotted = IPV4.exec(client);
  if (dotted !== null) return `${dotted[1]}.0/24`;
  const groups = IPV6.exec(client);
  return groups === null ? client : `${groups[1]}::/48`;
}
