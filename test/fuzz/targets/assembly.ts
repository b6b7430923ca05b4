/**
 * Reassembly: whatever parts come in whatever order, doubled, lost, late or senseless, it says of each what a simple model
 * says, and holds no more than that.
 */
import { Assembly, type LongMessage, MISSING } from "../../../engine/replies/assembly.js";
import { REPLIES } from "../../../schemas/limits.js";
import { PduWriter } from "../drawn/pdu-writer.js";
import type { Random } from "../drawn/random.js";
import { holds, same, type Target } from "../target.js";

/** Bytes of one part in a case: sender, reference, part, parts, text, and how much later it comes. */
const RECORD = 6;
const SENDERS = [31_612_345_678, 31_687_654_321, 0, Number.NaN];
const TEXTS = ["", "a", "b", "ja ", "🚓", "x".repeat(153)];
/** A time step of 255 is more than a message is kept for. */
const STEP_MS = REPLIES.assemblyMs / 200;

const writer = new PduWriter();

function make(random: Random): Uint8Array {
  writer.clear();
  for (let messages = random.between(1, 3); messages > 0; messages--) writeMessage(random);
  shuffle(random);
  if (random.once(3)) writer.bytes[random.below(writer.at)] = random.below(256);
  return writer.written;
}

/** The parts of one message, some lost and some doubled. */
function writeMessage(random: Random): void {
  const sender = random.below(SENDERS.length);
  const reference = random.below(3);
  const parts = random.pick([0, 1, 2, 2, 3, 3, 4, 8, 255]);
  for (let part = 1; part <= Math.min(parts, 8); part++) {
    if (random.once(6)) continue;
    for (let times = random.once(5) ? 2 : 1; times > 0; times--) {
      const step = random.once(20) ? random.below(256) : random.below(3);
      writer.uint8(sender).uint8(reference).uint8(part).uint8(parts).uint8(random.below(256)).uint8(step);
    }
  }
  writer.uint8(sender).uint8(reference).uint8(random.below(5)).uint8(parts).uint8(0).uint8(0);
}

function shuffle(random: Random): void {
  const { bytes, at } = writer;
  for (let place = at - RECORD; place > 0; place -= RECORD) {
    const other = random.below(place / RECORD + 1) * RECORD;
    for (let byte = 0; byte < RECORD; byte++) {
      [bytes[place + byte], bytes[other + byte]] = [bytes[other + byte]!, bytes[place + byte]!];
    }
  }
}

interface Modelled {
  readonly beganAtMs: number;
  readonly parts: (string | undefined)[];
  readonly whole: LongMessage<null>;
}

function check(bytes: Uint8Array): void {
  const assembly = new Assembly<null>();
  const model = new Map<string, Modelled>();
  let nowMs = 0;
  for (let at = 0; at + RECORD <= bytes.length; at += RECORD) {
    const sender = SENDERS[bytes[at]! % SENDERS.length]!;
    const [reference, part, parts] = [bytes[at + 1]!, bytes[at + 2]!, bytes[at + 3]!];
    const text = TEXTS[bytes[at + 4]! % TEXTS.length]!;
    nowMs += bytes[at + 5]! * STEP_MS;
    const taken = assembly.take(sender, reference, part, parts, text, nowMs);
    const makesSense = sender > 0 && parts > 1 && part >= 1 && part <= parts;
    same("a part of a message", taken !== "whole", makesSense);
    if (makesSense) compare(model, `${sender} ${reference} ${parts}`, { part, parts, text, nowMs }, taken);
    same("messages", assembly.size, model.size);
    same(
      "characters",
      assembly.characters,
      [...model.values()].reduce((sum, one) => sum + one.parts.join("").length, 0),
    );
  }
}

interface Part {
  readonly part: number;
  readonly parts: number;
  readonly text: string;
  readonly nowMs: number;
}

/** Takes the part into the model, and compares what was said of it. */
function compare(
  model: Map<string, Modelled>,
  key: string,
  { part, parts, text, nowMs }: Part,
  taken: LongMessage<null> | "known" | "whole",
): void {
  for (const [old, { beganAtMs }] of model) if (beganAtMs < nowMs - REPLIES.assemblyMs) model.delete(old);
  let known = model.get(key);
  const before = known?.parts[part - 1];
  same("a part that was there", taken === "known", before === text);
  if (typeof taken === "string") return;
  if (known === undefined || before !== undefined) {
    // Another text in its place begins another message, which is the youngest.
    holds("another message", taken !== known?.whole);
    model.delete(key);
    known = { beganAtMs: nowMs, parts: new Array(parts).fill(undefined), whole: taken };
    model.set(key, known);
  }
  holds("the message of before", taken === known.whole);
  known.parts[part - 1] = text;
  same("missing parts", taken.missing, known.parts.filter((one) => one === undefined).length);
  // A part may be empty, and still parts the missing ones around it.
  const shown = known.parts.map((one) => (one === undefined ? "\0" : `\x01${one}`)).join("");
  same("text", taken.text, shown.replace(/\0+/g, MISSING).replaceAll("\x01", ""));
}

export const assembly: Target = { name: "assembly", make, check };
