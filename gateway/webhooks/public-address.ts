/**
 * To which addresses events may go: to those of the internet, and of networks that the service was told to trust. All others lead back
 * into the house, to a machine's own services, a cloud's metadata or a neighbour's printer, which trust whoever comes from inside.
 *
 * Which they are, ipaddr.js knows from the registries of IANA for special-purpose addresses (RFC 6890). What carries an IPv4 address
 * inside (mapped, 6to4, NAT64, Teredo) is none of the internet for it, but for the mapped ones, which are judged by what they carry.
 */
import { isIP } from "node:net";
import ipaddr from "ipaddr.js";
import { fail, ok, type Result } from "../../schemas/errors.js";

export class Networks {
  readonly #trusted: readonly [ipaddr.IPv4 | ipaddr.IPv6, number][];

  private constructor(trusted: readonly [ipaddr.IPv4 | ipaddr.IPv6, number][]) {
    this.#trusted = trusted;
  }

  /** Addresses or networks, with commas between them; none for "". CONFIGURATION_INVALID. */
  static read(text: string): Result<Networks> {
    const trusted: [ipaddr.IPv4 | ipaddr.IPv6, number][] = [];
    for (const part of text.split(",").map((one) => one.trim())) {
      if (part === "") continue;
      const [address = "", bits = isIP(part) === 6 ? "128" : "32"] = part.split("/");
      const whole = `${address}/${bits}`;
      if (isIP(address) === 0 || !ipaddr.isValidCIDR(whole))
        return fail("CONFIGURATION_INVALID", "Must be networks such as 10.2.0.0/16");
      trusted.push(ipaddr.parseCIDR(whole));
    }
    return ok(new Networks(trusted));
  }

  /** `isPlain`: over http, which is for trusted networks alone. */
  mayGoTo(address: string, isPlain: boolean): boolean {
    const one = ipaddr.process(address);
    const isTrusted = this.#trusted.some(
      ([network, bits]) => one.kind() === network.kind() && one.match(network, bits),
    );
    return isTrusted || (!isPlain && one.range() === "unicast");
  }
}
