/** The fast reader of positions: what it takes, JSON.parse and the schema take as well, and as the same; whatever is around. */
import { PositionParser, readSlowly } from "../../../gateway/http/positions/position-parser.js";
import { mutate } from "../drawn/mutate.js";
import { PduWriter } from "../drawn/pdu-writer.js";
import type { Random } from "../drawn/random.js";
import { holds, same, type Target } from "../target.js";

const writer = new PduWriter();
const parser = new PositionParser();
const around = Buffer.alloc(writer.bytes.length + 64);
/** Of one part in 10^15 no more is left of a number with more digits than a double holds. */
const CLOSE_DEGREES = 1e-11;

function numberText(random: Random): string {
  const digits = random.between(1, 20);
  const value = (random.next() / 2 ** 32 - 0.5) * (random.once(8) ? 1e6 : 360);
  return random.once(3) ? value.toFixed(Math.min(digits, 20)) : String(value);
}

function timeText(random: Random): string {
  const date = new Date(random.below(2 ** 32) * 1_000 + random.below(1_000)).toISOString();
  return random.once(2) ? date : date.replace(/\.\d+/, "");
}

function make(random: Random): Uint8Array {
  const at = random.once(2) ? "" : `,"at":"${timeText(random)}"`;
  const position = `[${numberText(random)},${numberText(random)}]`;
  writer.clear();
  writer.ascii(`{"participant":${random.below(2 ** 27)},"position":${position}${at}}`);
  if (!random.once(3)) writer.at = mutate(random, writer.bytes, 0, writer.at);
  return writer.written;
}

function check(bytes: Uint8Array): void {
  const before = bytes.length % 7;
  around
    .fill(0x31)
    .fill(0x0a, before + bytes.length, before + bytes.length + 1)
    .set(bytes, before);
  if (!parser.read(around, before) || parser.end !== before + bytes.length) return;
  const read = readSlowly(bytes);
  // Ranges are left to whoever takes the position.
  const inRange = Math.abs(parser.lng) <= 180 && Math.abs(parser.lat) <= 90 && parser.participant < 2 ** 26;
  same("the schema takes it", read.ok, inRange);
  if (!read.ok) return;
  const { participant, position, at } = read.value;
  same("participant", parser.participant, participant);
  holds("longitude", Math.abs(parser.lng - position[0]) <= CLOSE_DEGREES);
  holds("latitude", Math.abs(parser.lat - position[1]) <= CLOSE_DEGREES);
  same("time", parser.atMs, at === undefined ? Number.NaN : Date.parse(at));
}

export const positions: Target = { name: "positions", make, check };
