/**
 * Words by channel as text for one CSV field: the channels separated by a space, each with its domains,
 * "sms:alarm+trace push:alarm", or with the kinds of action that are not welcome, "sms:burglary"; empty for none. And lists of
 * words, likewise: the channels that are switched off as a whole, "sms voice", or needs.
 */

import { ACTION_KINDS, CHANNELS, CONTACT_MARKS, DOMAINS, NEEDS } from "../../../schemas/words.js";
import { contactBit } from "../record/contact-marks.js";
import {
  type ByChannel,
  channelMask,
  channelsOf,
  exceptBits,
  exceptOf,
  needsBits,
  needsOf,
  switchedOffBits,
  switchedOffOf,
} from "../record/profile/words-bits.js";

/** A location's channel mask. */
export function formatChannels(mask: number): string {
  return format(channelsOf(mask));
}

/** The mask, or undefined when the text is not one. */
export function parseChannels(text: string): number | undefined {
  const channels = parse(text, DOMAINS);
  return channels && channelMask(channels);
}

/** The bits of kinds of action (kindBit). */
export function formatExcept(bits: number): string {
  return format(exceptOf(bits));
}

export function parseExcept(text: string): number | undefined {
  const except = parse(text, ACTION_KINDS);
  return except && exceptBits(except);
}

/** `status` is a status byte. */
export function formatSwitchedOff(status: number): string {
  return switchedOffOf(status).join(" ");
}

/** Bits of a status byte, or undefined when the text is no list of channels. */
export function parseSwitchedOff(text: string): number | undefined {
  const channels = parseList(text, CHANNELS, / +/);
  return channels && switchedOffBits(channels);
}

export function formatNeeds(bits: number): string {
  return needsOf(bits).join(" ");
}

export function parseNeeds(text: string): number | undefined {
  const needs = parseList(text, NEEDS, / +/);
  return needs && needsBits(needs);
}

export function formatContacts(bits: number): string {
  return CONTACT_MARKS.filter((mark) => (bits & contactBit(mark)) !== 0).join(" ");
}

export function parseContacts(text: string): number | undefined {
  return parseList(text, CONTACT_MARKS, / +/)?.reduce((bits, mark) => bits | contactBit(mark), 0);
}

/** The index of the word, whatever its case; -1 when it is none of them. */
export function wordIndex(words: readonly string[], text: string): number {
  const exact = words.indexOf(text);
  if (exact >= 0) return exact;
  const lower = text.trim().toLowerCase();
  return words.findIndex((word) => word.toLowerCase() === lower);
}

function format(byChannel: ByChannel<string>): string {
  return Object.entries(byChannel)
    .map(([channel, words]) => `${channel}:${words.join("+")}`)
    .join(" ");
}

function parse<Word extends string>(text: string, words: readonly Word[]): ByChannel<Word> | undefined {
  const byChannel: ByChannel<Word> = {};
  for (const part of text.trim().split(/ +/)) {
    if (part === "") continue;
    const [name, list, ...rest] = part.split(":");
    const channel = CHANNELS[wordIndex(CHANNELS, name!)];
    const found = list === undefined || list === "" || rest.length > 0 ? undefined : parseList(list, words, "+");
    if (channel === undefined || found === undefined) return undefined;
    byChannel[channel] = [...(byChannel[channel] ?? []), ...found];
  }
  return byChannel;
}

/** The words of a list, or undefined when one of them is none. */
function parseList<Word extends string>(
  text: string,
  words: readonly Word[],
  separator: string | RegExp,
): Word[] | undefined {
  const found: Word[] = [];
  if (text.trim() === "") return found;
  for (const part of text.trim().split(separator)) {
    const word = words[wordIndex(words, part)];
    if (word === undefined) return undefined;
    found.push(word);
  }
  return found;
}
