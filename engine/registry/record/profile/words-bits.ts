/** Wishes as the API writes them, lists of words by channel, and as they are stored, bits. */

import {
  ACTION_KINDS,
  type ActionKind,
  CHANNELS,
  type Channel,
  channelBit,
  DOMAINS,
  type Domain,
  NEEDS,
  type Need,
  switchedOffBit,
} from "../../../../schemas/words.js";
import { isExcepted, kindBit } from "../terms.js";

/** The words of each channel; a channel without any may be absent. */
export type ByChannel<Word> = Partial<Record<Channel, Word[]>>;

export function channelMask(channels: ByChannel<Domain>): number {
  let mask = 0;
  for (const channel of CHANNELS) for (const domain of channels[channel] ?? []) mask |= channelBit(channel, domain);
  return mask;
}

export function channelsOf(mask: number): ByChannel<Domain> {
  return wordsOf(DOMAINS, (channel, domain) => (mask & channelBit(channel, domain)) !== 0);
}

export function exceptBits(except: ByChannel<ActionKind>): number {
  let bits = 0;
  for (const channel of CHANNELS) for (const kind of new Set(except[channel])) bits += kindBit(channel, kind);
  return bits;
}

export function exceptOf(bits: number): ByChannel<ActionKind> {
  return wordsOf(ACTION_KINDS, (channel, kind) => isExcepted(bits, kindBit(channel, kind)));
}

export function needsBits(needs: readonly Need[]): number {
  return needs.reduce((bits, need) => bits | needBit(need), 0);
}

export function needsOf(bits: number): Need[] {
  return NEEDS.filter((need) => (bits & needBit(need)) !== 0);
}

export function needBit(need: Need): number {
  return 1 << NEEDS.indexOf(need);
}

/** Bits of a status byte. */
export function switchedOffBits(channels: readonly Channel[]): number {
  return channels.reduce((bits, channel) => bits | switchedOffBit(channel), 0);
}

export function switchedOffOf(bits: number): Channel[] {
  return CHANNELS.filter((channel) => (bits & switchedOffBit(channel)) !== 0);
}

function wordsOf<Word>(words: readonly Word[], isSet: (channel: Channel, word: Word) => boolean): ByChannel<Word> {
  const byChannel: ByChannel<Word> = {};
  for (const channel of CHANNELS) {
    const present = words.filter((word) => isSet(channel, word));
    if (present.length > 0) byChannel[channel] = present;
  }
  return byChannel;
}
