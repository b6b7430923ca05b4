/**
 * Advice on a text before it costs money: what it costs at the dearest carrier and why, and a text that says the same in
 * the alphabet of SMS. The text is offered; what goes out is what was asked for.
 *
 * Which characters are dear, the carriers say: here is only what a plainer one would be. Written for Dutch, whose ë, ï and
 * ê, and whatever word processors put in for quotes and dashes, are not in GSM 03.38, while é, è and ü are.
 */
import type { Wordings } from "../../../schemas/api/about-action.js";
import type { Preview } from "../../../schemas/api/api.js";
import { fail, ok, type Result } from "../../../schemas/errors.js";
import { API } from "../../../schemas/limits.js";
import type { ChannelPort, TextAdvice } from "../../dispatch/plan/channel-port.js";
import { eachText } from "../texts/choice.js";

type Adviser = Pick<ChannelPort, "adviseText">;

/** Each of the characters on the left by what is on the right, where Unicode's own decomposition says nothing fitting. */
const PLAINER: readonly (readonly [string, string])[] = [
  ["‘’‚‛′ʼ‹›`´", "'"],
  ["“”„‟″«»", '"'],
  ["‐‑‒–—―−•·", "-"],
  ["×", "x"],
  ["⁄", "/"],
  ["\t", " "],
  // Zero-width spaces and joints, soft hyphens, and marks of direction.
  ["\u00ad\u200b\u200e\u200f\u2060\ufeff", ""],
  ["½", " 1/2"],
  ["¼", " 1/4"],
  ["¾", " 3/4"],
  ["€", "EUR"],
  ["©", "(c)"],
  ["®", "(r)"],
  ["œ", "oe"],
  ["Œ", "OE"],
  ["ł", "l"],
  ["Ł", "L"],
  ["đð", "d"],
  ["ĐÐ", "D"],
  ["þ", "th"],
  ["Þ", "Th"],
  ["ı", "i"],
];
const REPLACEMENTS = new Map(PLAINER.flatMap(([from, to]) => [...from].map((character) => [character, to] as const)));

/** What the carriers make of a text, the dearest first of all: most parts, then the encoding that makes them. */
export function worstAdvice(text: string, carriers: readonly Adviser[]): TextAdvice | null {
  const advices = carriers.map((carrier) => carrier.adviseText(text));
  const rank = ({ onAir, encoding }: TextAdvice): number => onAir * 2 + (encoding === "ucs2" ? 1 : 0);
  const [worst] = [...advices].sort((a, b) => rank(b) - rank(a));
  if (worst === undefined) return null;
  return { ...worst, outside: [...new Set(advices.flatMap(({ outside }) => outside))] };
}

export function adviseOnText(text: string, carriers: readonly Adviser[]): Preview["text"] {
  const advice = worstAdvice(text, carriers);
  if (advice === null) return null;
  const { encoding, onAir, outside } = advice;
  const suggestion = outside.length === 0 ? null : suggest(text, advice, carriers);
  return { encoding, segmentsPerMessage: onAir, outside: [...outside], suggestion };
}

/** Null where there is no plainer text, or where it would gain nothing. */
function suggest(
  text: string,
  before: TextAdvice,
  carriers: readonly Adviser[],
): { text: string; segmentsPerMessage: number } | null {
  // A character that came as a letter and its accent apart may be in the alphabet as one.
  const composed = text.normalize("NFC");
  const plainer = new Map<string, string>();
  for (const character of worstAdvice(composed, carriers)?.outside ?? []) plainer.set(character, plainerOf(character));
  // What would stay outside stays as it is: й without its breve is another letter, and no cheaper.
  const stillOutside = new Set(worstAdvice([...plainer.values()].join(""), carriers)?.outside);
  const replace = (character: string): string => {
    const replacement = plainer.get(character);
    return replacement === undefined || [...replacement].some((one) => stillOutside.has(one)) ? character : replacement;
  };
  const suggested = [...composed].map(replace).join("");
  const after = worstAdvice(suggested, carriers);
  if (after === null || after.onAir > before.onAir) return null;
  if (after.onAir === before.onAir && after.outside.length >= before.outside.length) return null;
  return { text: suggested, segmentsPerMessage: after.onAir };
}

/** A letter without its accents, a ligature as its letters, a sign as its nearest in ASCII; itself where there is none. */
function plainerOf(character: string): string {
  const known = REPLACEMENTS.get(character);
  if (known !== undefined) return known;
  const letters = character.normalize("NFKD").replace(/\p{M}/gu, "");
  return [...letters].map((letter) => REPLACEMENTS.get(letter) ?? letter).join("");
}

/** The most of all texts of an action; see segmentsOf. */
export function segmentsOfAll(said: Wordings, ports: readonly Adviser[]): Result<number> {
  let most = 0;
  for (const { text, language, need } of eachText(said)) {
    const whose = language === null ? "" : `/texts/${language}`;
    const segments = segmentsOf(text, ports, `${whose}/${need === null ? "text" : "simpleText"}`);
    if (!segments.ok) return segments;
    most = Math.max(most, segments.value);
  }
  return ok(most);
}

/** Short messages that the text is on the air, at the carrier that needs most; INVALID_TEXT where those are too many. */
export function segmentsOf(text: string, ports: readonly Adviser[], field = "/text"): Result<number> {
  const segments = worstAdvice(text, ports)?.onAir ?? 1;
  if (segments <= API.segmentsPerMessage) return ok(segments);
  return fail("INVALID_TEXT", `the text needs ${segments} parts of at most ${API.segmentsPerMessage}`, field);
}
