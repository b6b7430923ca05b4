/**
 * The address that a request comes from. A proxy in front of the service puts the address of whoever it got the request from
 * into X-Forwarded-For, behind whatever the client wrote there itself; so entries are believed from the last one on, each
 * only from a proxy that is trusted.
 *
 * IPv6 is written in many ways, so addresses are compared as the eight groups that they are.
 */
import { BlockList, isIP } from "node:net";
import { fail, ok, type Result } from "../../../schemas/errors.js";
import { API } from "../../../schemas/limits.js";
import type { Incoming } from "../transport/transport.js";

/** The eight 16-bit groups of an IPv6 address; an IPv4 address as the one that is mapped to it. */
function groupsOf(address: string): number[] | undefined {
  const version = isIP(address);
  if (version === 0) return undefined;
  const dotted = /(?:^|:)(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(address);
  const last = dotted?.slice(1).map(Number);
  const tail = last ? [last[0]! * 256 + last[1]!, last[2]! * 256 + last[3]!] : [];
  if (version === 4) return [0, 0, 0, 0, 0, 0xffff, ...tail];
  const hex = (dotted ? address.slice(0, dotted.index + 1) : address).replace(/%.*$/, "");
  const [front = "", back] = hex.split("::") as [string, string | undefined];
  const parse = (part: string): number[] =>
    part
      .split(":")
      .filter((group) => group !== "")
      .map((group) => Number.parseInt(group, 16));
  const before = parse(front);
  const after = [...parse(back ?? ""), ...tail];
  return [...before, ...new Array<number>(8 - before.length - after.length).fill(0), ...after];
}

const isMapped = (groups: readonly number[]): boolean =>
  groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff;

const dottedQuad = (groups: readonly number[]): string =>
  [groups[6]! >> 8, groups[6]! & 255, groups[7]! >> 8, groups[7]! & 255].join(".");

/** One form for each address: IPv4 with dots, IPv6 as eight groups. As it came when it is no address. */
export function canonicalAddress(address: string): string {
  const groups = groupsOf(address);
  if (groups === undefined) return address;
  return isMapped(groups) ? dottedQuad(groups) : groups.map((group) => group.toString(16)).join(":");
}

export function isLoopback(address: string): boolean {
  const one = canonicalAddress(address);
  return one.startsWith("127.") || one === "0:0:0:0:0:0:0:1";
}

/** Whom an address counts as: IPv4 alone, IPv6 as its /64, which is what one subscriber has at least. */
export function addressCounted(address: string): string {
  const groups = groupsOf(address);
  if (groups === undefined || isMapped(groups)) return canonicalAddress(address);
  return `${groups
    .slice(0, 4)
    .map((group) => group.toString(16))
    .join(":")}::/64`;
}

/** Proxies whose X-Forwarded-For is believed. */
export class TrustedProxies {
  readonly #list: BlockList;

  private constructor(list: BlockList) {
    this.#list = list;
  }

  static none(): TrustedProxies {
    return new TrustedProxies(new BlockList());
  }

  /** Reads addresses and networks ("10.0.0.0/8"), with commas between them; none for "". */
  static read(text: string): Result<TrustedProxies> {
    const list = new BlockList();
    for (const entry of text.split(",").map((part) => part.trim())) {
      if (entry === "") continue;
      const [address = "", prefix] = entry.split("/") as [string, string | undefined];
      const version = isIP(address);
      const bits = prefix === undefined ? undefined : Number(prefix);
      const tooMany =
        bits !== undefined && !(Number.isInteger(bits) && bits >= 0 && bits <= (version === 4 ? 32 : 128));
      if (version === 0 || tooMany || prefix === "") {
        return fail("CONFIGURATION_INVALID", "Addresses or networks, with commas between them: 10.0.0.5, 10.1.0.0/16");
      }
      const family = version === 4 ? "ipv4" : "ipv6";
      if (bits === undefined) list.addAddress(address, family);
      else list.addSubnet(address, bits, family);
    }
    return ok(new TrustedProxies(list));
  }

  /**
   * The client's address, in its one form; undefined where a proxy on the way does not tell it: one that is trusted and names
   * nobody, or one on this machine that is not trusted, for then all that it passes on would be one client.
   */
  clientOf(incoming: Pick<Incoming, "address" | "forwardedFor">): string | undefined {
    const peer = canonicalAddress(incoming.address());
    const forwarded = incoming.forwardedFor();
    if (!this.trusts(peer)) return isLoopback(peer) && forwarded !== "" ? undefined : peer;
    let client: string | undefined;
    for (const hop of forwarded.split(",").slice(-API.proxyHops).reverse()) {
      if (isIP(hop.trim()) === 0) return undefined;
      client = canonicalAddress(hop.trim());
      if (!this.trusts(client)) break;
    }
    return client;
  }

  /** Whether it is one of them, in its one form. */
  trusts(address: string): boolean {
    const version = isIP(address);
    return version !== 0 && this.#list.check(address, version === 4 ? "ipv4" : "ipv6");
  }
}
