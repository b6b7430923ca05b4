/**
 * A location's channel mask as text for one CSV field: the channels separated by a space, each with its domains,
 * "sms:alarm+trace push:alarm"; empty when nothing is welcome. And the channels that a participant has switched off as a
 * whole, likewise: "sms voice".
 */

import { CHANNELS, type Channel, channelBit, DOMAINS, type Domain, switchedOffBit } from "../../schemas/words.js";

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

/** `status` is a status byte. */
export function formatSwitchedOff(status: number): string {
  return CHANNELS.filter((channel) => (status & switchedOffBit(channel)) !== 0).join(" ");
}

/** Bits of a status byte, or undefined when the text is no list of channels. */
export function parseSwitchedOff(text: string): number | undefined {
  let bits = 0;
  for (const channel of text.trim().toLowerCase().split(/ +/)) {
    if (channel === "") continue;
    if (!isChannel(channel)) return undefined;
    bits |= switchedOffBit(channel);
  }
  return bits;
}

function isChannel(text: string | undefined): text is Channel {
  return CHANNELS.some((channel) => channel === text);
}

function isDomain(text: string): text is Domain {
  return DOMAINS.some((domain) => domain === text);
}
