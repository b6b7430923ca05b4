/**
 * The code by which whoever sent a reply comes back to it: what they sent, and what the desk answers. It is given once and never
 * stored, only its SHA-256, which says nothing of it: a code is 80 random bits.
 *
 * Table `replyCodes`: the first 16 bytes of that, to the key of the reply. So it has no order and no time of its own.
 */
import { createHash, randomBytes } from "node:crypto";
import { PAGES } from "../../schemas/limits.js";
import { replyKey } from "../replies/reply-store.js";
import { idOf, madeAtMs } from "../store/keys/id-key.js";
import type { Store, Table } from "../store/store.js";

/** Crockford's: no letter that looks like a digit. */
const LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

export interface Place {
  readonly actionId: string;
  readonly place: number;
}

/** "7K3M-X2QP-9D4F-0ZTB". */
export function newCode(): string {
  let bits = 0n;
  for (const byte of randomBytes(PAGES.codeBytes)) bits = (bits << 8n) | BigInt(byte);
  let text = "";
  for (let at = 0; at < PAGES.codeBytes * 8; at += 5) text = LETTERS[Number((bits >> BigInt(at)) & 31n)] + text;
  return text.match(/.{4}/g)!.join("-");
}

/** As it is meant, however it was typed. */
function plain(code: string): string {
  return code
    .toUpperCase()
    .replace(/[^0-9A-Z]/g, "")
    .replaceAll("O", "0")
    .replace(/[IL]/g, "1");
}

export class ReplyCodes {
  readonly #table: Table;
  /** Where the pass over old ones goes on. */
  #next: Buffer | undefined;

  constructor(store: Store) {
    this.#table = store.table("replyCodes");
  }

  /** Puts into the running commit. */
  put(code: string, { actionId, place }: Place): void {
    void this.#table.put(keyOf(code), replyKey(actionId, place));
  }

  /** Takes it out in the running commit. */
  remove(code: string): void {
    void this.#table.remove(keyOf(code));
  }

  /** Undefined where no reply has this code. */
  placeOf(code: string): Place | undefined {
    const found = this.#table.get(keyOf(code));
    if (!found.ok || !found.value) return undefined;
    return { actionId: idOf(found.value), place: found.value.readUInt32BE(16) };
  }

  /** Of the next records, those of actions that were created before this time; over all of them again and again. */
  old(timeMs: number): Buffer[] {
    const old: Buffer[] = [];
    let looked = 0;
    let last: Buffer | undefined;
    for (const { key, value } of this.#table.range(this.#next)) {
      if (looked++ === PAGES.perPass) break;
      last = key;
      if (value.ok && madeAtMs(value.value) < timeMs) old.push(key);
    }
    this.#next = looked > PAGES.perPass ? last : undefined;
    return old;
  }
}

function keyOf(code: string): Buffer {
  return createHash("sha256").update(plain(code)).digest().subarray(0, 16);
}
