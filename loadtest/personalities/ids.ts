/**
 * How a strange carrier writes its message_ids: in responses, in receipts, and those that it gave to nobody.
 *
 * Every form tells all messages of a run apart, and the runs of one day as well as chance allows. Differences stand where
 * careless handling loses them: behind 53 bits, at the end of 64 characters.
 */

import type { Submit } from "../carrier/bind/wire.js";
import type { MessageIds } from "../carrier/receipts.js";
import type { PersonalityName } from "./table.js";

const MESSAGES = 2 ** 26;
const LONGEST = 64;
/** Long messages of which the first part is known, and parts of them; others have ids of their own. */
const PARTS = 2 ** 16;
/** Added for an id that nobody has: more than any run has, less than 19 digits. */
const FOREIGN = 2n ** 50n;

export interface IdForm {
  /** `message`: the first part; `part`: 0 of a message that has none. */
  response(message: number, part: number): string;
  receipt(message: number, isForeign: boolean): string;
}

export function idForm(names: ReadonlySet<PersonalityName>, ids: MessageIds): IdForm {
  const number = (message: number, isForeign: boolean): bigint =>
    BigInt((ids.run + 1) * MESSAGES + message) + (isForeign ? FOREIGN : 0n);
  const plain = (message: number, isForeign: boolean): string =>
    isForeign ? ids.text(message).replace(/^..../, "ZZZZ") : ids.text(message);
  const decimal = (message: number, isForeign: boolean): string => number(message, isForeign).toString();
  const hexadecimal = (message: number, isForeign: boolean): string => number(message, isForeign).toString(16);

  let inResponse = plain;
  let inReceipt = plain;
  if (names.has("long-id")) {
    inResponse = (message, isForeign) => plain(message, isForeign).padStart(LONGEST, "node-7f3a:0123456789:");
    inReceipt = inResponse;
  } else if (names.has("digits19")) {
    inResponse = (message, isForeign) => (number(message, isForeign) + 9_000_000_000_000_000_000n).toString();
    inReceipt = inResponse;
  } else if (names.has("hex-response")) {
    inResponse = hexadecimal;
    inReceipt = decimal;
  } else if (names.has("hex-receipt")) {
    inResponse = decimal;
    inReceipt = (message, isForeign) => hexadecimal(message, isForeign).toUpperCase();
  } else if (names.has("leading-zeros")) {
    inResponse = decimal;
    inReceipt = decimal;
  }
  const hasPart = names.has("part-ids");
  const zeros = names.has("leading-zeros") ? 20 : 0;
  const spelt = (id: string): string => (names.has("other-case") ? id.toLowerCase() : id);
  return {
    response: (message, part) => inResponse(message, false) + (hasPart && part > 0 ? `-${part}` : ""),
    receipt: (message, isForeign) => spelt(inReceipt(message, isForeign)).padStart(zeros, "0"),
  };
}

/** Which messages are parts of one, where all of them have the id of the first. */
export class Parts {
  /** By number and reference, the first part that was taken. */
  readonly #begun = new Map<number, number>();
  readonly #firstOf = new Map<number, number>();
  /** Which part each is. */
  readonly #parts = new Map<number, number>();

  add(message: number, { number, reference, part, parts }: Submit): void {
    if (parts > 1) put(this.#parts, message, part);
    const key = number * 256 + reference;
    const first = this.#begun.get(key);
    if (part === 1) put(this.#begun, key, message);
    else if (part > 1 && first !== undefined) put(this.#firstOf, message, first);
  }

  firstOf(message: number): number {
    return this.#firstOf.get(message) ?? message;
  }

  /** 0 where it is a message of its own. */
  partOf(message: number): number {
    return this.#parts.get(message) ?? 0;
  }
}

/** The oldest is dropped where there are too many. */
function put(map: Map<number, number>, key: number, value: number): void {
  map.set(key, value);
  if (map.size <= PARTS) return;
  for (const oldest of map.keys()) {
    map.delete(oldest);
    return;
  }
}
