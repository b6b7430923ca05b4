/** A slow reader of receipts' texts, on strings and with expressions, to compare with. */
import { RECEIPT_STATE } from "../../schemas/link.js";

export interface Said {
  id: string;
  /** RECEIPT_STATE, 0 where the text says none. */
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
export function readSlowly(text: string): Said {
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

/** What a deliver_sm's text says to people, for a receipt: UCS-2 as it shows, and GSM's underscore where `gsm`. */
export function plainOf(text: Buffer, gsm: boolean): string {
  const latin1 = text.toString("latin1");
  if (text.length < 2 || text[0] !== 0 || text[1] === 0) return gsm ? latin1.replaceAll("\x11", "_") : latin1;
  const even = Buffer.from(text.subarray(0, text.length & ~1));
  return even
    .swap16()
    .toString("utf16le")
    .replace(/[^\0-\xff]/g, "?");
}
