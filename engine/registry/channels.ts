/**
 * A location's channel mask as text for one CSV field: the channels separated by a space, each with its domains,
 * "sms:alarm+trace push:alarm"; empty when nothing is welcome.
 */

import { CHANNELS, type Channel, channelBit, DOMAINS, type Domain } from "../../schemas/words.js";

export function formatChannels(mask: number): string {
  const parts: string[] = [];
  for (const channel of CHANNELS) {
    const domains = DOMAINS.filter((domain) => mask & channelBit(channel, domain));
    if (domains.length > 0) parts.push(`${channel}:${domains.join("+")}`);
  }
  return parts.join(" ");
}

/** The mask, or undefined when the text is not one. */
export function parseChannels(text: string): number | undefined {
  let mask = 0;
  for (const part of text.trim().toLowerCase().split(/ +/)) {
    if (part === "") continue;
    const [channel, domains, ...rest] = part.split(":");
    if (!isChannel(channel) || domains === undefined || rest.length > 0) return undefined;
    for (const domain of domains.split("+")) {
      if (!isDomain(domain)) return undefined;
      mask |= channelBit(channel, domain);
    }
  }
  return mask;
}

function isChannel(text: string | undefined): text is Channel {
  return CHANNELS.some((channel) => channel === text);
}

function isDomain(text: string): text is Domain {
  return DOMAINS.some((domain) => domain === text);
}
