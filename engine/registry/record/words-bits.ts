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
} from "../../../schemas/words.js";
import { kindBit } from "./terms.js";

/** The words of each channel; a channel without any may be absent. */
export type ByChannel<Word> = Partial<Record<Channel, Word[]>>;

export function channelMask(channels: ByChannel<Domain>): number {
  return bitsOf(channels, channelBit);
}

export function channelsOf(mask: number): ByChannel<Domain> {
  return wordsOf(mask, DOMAINS, channelBit);
}

export function exceptBits(except: ByChannel<ActionKind>): number {
  return bitsOf(except, kindBit);
}

export function exceptOf(bits: number): ByChannel<ActionKind> {
  return wordsOf(bits, ACTION_KINDS, kindBit);
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

type Bit<Word> = (channel: Channel, word: Word) => number;

function bitsOf<Word>(byChannel: ByChannel<Word>, bit: Bit<Word>): number {
  let bits = 0;
  for (const channel of CHANNELS) for (const word of byChannel[channel] ?? []) bits |= bit(channel, word);
  // The highest bit makes the number a negative one; what is stored is none.
  return bits >>> 0;
}

function wordsOf<Word>(bits: number, words: readonly Word[], bit: Bit<Word>): ByChannel<Word> {
  const byChannel: ByChannel<Word> = {};
  for (const channel of CHANNELS) {
    const present = words.filter((word) => (bits & bit(channel, word)) !== 0);
    if (present.length > 0) byChannel[channel] = present;
  }
  return byChannel;
}
