/** The parser of receipts' texts: it says the same as a slow one over strings, wherever the text lies and whatever is around. */
import { type ReceiptText, readReceiptText } from "../../../gateway/smpp/receipt.js";
import { RECEIPT_STATE } from "../../../schemas/link.js";
import { mutate } from "../mutate.js";
import { PduWriter } from "../pdu-writer.js";
import type { Random } from "../random.js";
import { holds, same, type Target } from "../target.js";
import { citizenText, receiptText } from "../texts.js";

const writer = new PduWriter();
const around = Buffer.alloc(writer.bytes.length);
const into: ReceiptText = { idAt: 0, idLength: 0, state: 0, error: 0, strict: false };

function make(random: Random): Uint8Array {
  writer.clear();
  writer.ascii(random.once(8) ? citizenText(random) : receiptText(random));
  if (random.once(16)) writer.raw(new Uint8Array(random.below(300)).fill(random.below(256)));
  if (!random.once(4)) writer.at = mutate(random, writer.bytes, 0, writer.at);
  return writer.written;
}

function check(bytes: Uint8Array): void {
  const expected = slowly(Buffer.from(bytes).toString("latin1"));
  for (const [before, fill] of [
    [0, 0x31],
    [3, 0x3a],
    [1, 0x20],
  ] as const) {
    around.fill(fill, 0, before + bytes.length + 16);
    around.set(bytes, before);
    const is = readReceiptText(around, before, bytes.length, into);
    same("is a receipt", is, expected.id !== "" && expected.state !== 0);
    same("state", into.state, expected.state);
    same("error", into.error, expected.error);
    same("strict", into.strict, expected.strict);
    if (into.idLength > 0) {
      holds("the id lies in the text", into.idAt >= before && into.idAt + into.idLength <= before + bytes.length);
    }
    same("id", into.idLength === 0 ? "" : around.toString("latin1", into.idAt, into.idAt + into.idLength), expected.id);
  }
}

interface Said {
  id: string;
  state: number;
  error: number;
  strict: boolean;
}

const FIELD = /^(id|sub|dlvrd|submit[\0 ]date|done[\0 ]date|stat|err|text) *:( *)([^\0-\x20,;]*)/i;
const DATE_FOLLOWS = /^(?:submit|done)[\0 ]date *:/i;
const STATES: readonly (readonly [RegExp, number])[] = [
  [/^(?:deli|dlvr)/i, RECEIPT_STATE.delivered],
  [/^dele/i, RECEIPT_STATE.deleted],
  [/^(?:enro|en[\0 ]r|en[-\r]r|en[_\x7f]r|sche|buff)/i, RECEIPT_STATE.enroute],
  [/^expi/i, RECEIPT_STATE.expired],
  [/^(?:unde|fail)/i, RECEIPT_STATE.undeliverable],
  [/^acce/i, RECEIPT_STATE.accepted],
  [/^unkn/i, RECEIPT_STATE.unknown],
  [/^(?:reje|skip)/i, RECEIPT_STATE.rejected],
];
const BY_DIGIT = [1, 1, 2, 3, 4, 5, 6, 7, 8, 8];

/** The same rules, on strings; see gateway/smpp/receipt.ts for why they are these. */
function slowly(text: string): Said {
  const said: Said = { id: "", state: 0, error: 0, strict: false };
  let known = false;
  let others = 0;
  let first: boolean | undefined;
  for (
    let rest = text.replace(/^[\0-\x20,;]+/, "");
    rest !== "";
    rest = rest.replace(/^[^\0-\x20,;]*[\0-\x20,;]*/, "")
  ) {
    const field = FIELD.exec(rest);
    first ??= field !== null;
    if (field === null) continue;
    const [whole, name, gap, word] = field as unknown as [string, string, string, string];
    const key = name.toLowerCase().slice(0, 4).trim();
    if (key === "text") break;
    const valueAt = whole.length - word.length;
    const leftOut = gap !== "" && (word.includes(":") || DATE_FOLLOWS.test(rest.slice(valueAt)));
    const value = leftOut ? "" : word;
    if (key === "id") said.id ||= value.slice(0, 64);
    else if (key === "stat") {
      if (said.state !== 0 || leftOut || valueAt >= rest.length) continue;
      const state = stateOf(rest.slice(valueAt), value);
      known = state !== undefined;
      said.state = state ?? RECEIPT_STATE.unknown;
    } else {
      others++;
      if (key === "err") said.error ||= errorOf(value);
    }
  }
  said.strict = first === true && known && others > 0 && said.id !== "";
  return said;
}

function stateOf(rest: string, value: string): number | undefined {
  if (/^[0-9]$/.test(value)) return BY_DIGIT[Number(value)];
  return STATES.find(([spelling]) => spelling.test(rest))?.[1];
}

function errorOf(value: string): number {
  const isHexadecimal = /^[0-9a-f]+$/i.test(value) && /[a-f]/i.test(value);
  const digits = isHexadecimal ? value : value.replace(/[^0-9]/g, "");
  return Math.min(Number.parseInt(digits || "0", isHexadecimal ? 16 : 10), 0xffff_ffff);
}

export const receipt: Target = { name: "receipt", make, check };
