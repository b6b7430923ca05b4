/**
 * Finds a submission by the message_id of its receipt, over all live waves and all forms in which the id may be written
 * (id-forms.ts), and learns which form a carrier uses. The wave that was found last is looked into first.
 *
 * An id is believed if the receipt's phone number is the recipient's. Where the number can't tell (it is missing, or is no
 * participant's), it is believed too, by the form that has proven itself; an id that fits in one form only proves it.
 */
import { SMPP } from "../../../schemas/limits.js";
import type { LiveWave } from "../wave/wave.js";
import type { CarrierIds } from "./carrier-ids.js";
import type { Receipt } from "./early-receipts.js";
import { type IdForm, type IdShape, spellings, WITHOUT_PART } from "./id-forms.js";
import { ANY_CASE, hashMessageId, type MessageHash } from "./message-index.js";
import { type People, VERDICT } from "./people.js";

interface Spelling {
  /** Place in the order of forms: the lower, the likelier. */
  readonly rank: number;
  readonly form: IdForm;
  readonly hash: MessageHash;
}

/** `entry` is position * segments + segment. */
export interface Found {
  readonly wave: LiveWave;
  readonly entry: number;
  /** The message_id in the receipt is that of all parts of the message. */
  readonly isShared: boolean;
}

interface Match extends Omit<Found, "isShared">, Spelling {
  /** The number says so. */
  readonly isSure: boolean;
  /** No other submission fits. */
  readonly isAlone: boolean;
}

export class IdSearch {
  /** Looks into the index of a wave. */
  looked = 0;
  #last: LiveWave | undefined;
  readonly #hash: MessageHash = { place: 0, print: 0 };
  readonly #words = new Uint32Array(SMPP.messageIdBytes / 4);
  readonly #bytes = Buffer.from(this.#words.buffer);
  readonly #waves: readonly LiveWave[];
  readonly #people: People;

  constructor(waves: readonly LiveWave[], people: People) {
    this.#waves = waves;
    this.#people = people;
  }

  forget(wave: LiveWave): void {
    if (this.#last === wave) this.#last = undefined;
  }

  /**
   * The quick way, which nearly all receipts go: the id as it is, in the wave of the receipt before, and beyond doubt. Null
   * says nothing.
   */
  plainly(words: Uint32Array, at: number, bytes: number, number: number, ids: CarrierIds): Found | null {
    const wave = this.#last;
    if (wave === undefined || bytes <= 0 || ids.leads !== "same") return null;
    hashMessageId(words, at, bytes, ids.hash, this.#hash);
    const entry = wave.index.find(this.#hash);
    if (entry < 0) return null;
    const verdict = this.#people.judge(wave, positionOf(wave, entry), number);
    if (verdict === VERDICT.same) ids.hit("same");
    else if (verdict === VERDICT.other || !ids.isSettled) return null;
    return { wave, entry, isShared: wave.index.isShared(this.#hash, entry) };
  }

  /** The `bytes` bytes at `words[at]`, one character each. */
  text(words: Uint32Array, at: number, bytes: number): string {
    for (let i = 0; i * 4 < bytes; i++) this.#words[i] = words[at + i]!;
    return this.#bytes.toString("latin1", 0, Math.max(0, bytes));
  }

  /** Each way in which a response may have spelt `id`, the likeliest first. */
  spelt(id: string, forms: readonly IdForm[], shape: IdShape, carrier: number): Spelling[] {
    return forms.flatMap((form, rank) =>
      spellings(id, form, shape).map((spelling) => {
        const hash = { place: 0, print: 0 };
        const bytes = this.#bytes.write(spelling, "latin1");
        hashMessageId(this.#words, 0, bytes, carrier, hash);
        return { rank, form, hash };
      }),
    );
  }

  /** The submission of a receipt, in any of these forms; null if there is none. */
  find(receipt: Receipt, forms: readonly IdForm[]): Found | null {
    const { id, ids, number } = receipt;
    let spelt: Spelling[] = [];
    let shapeKey = -1;
    let match: Match | null = null;
    for (let i = this.#last === undefined ? 0 : -1; i < this.#waves.length; i++) {
      const wave = i < 0 ? this.#last : this.#waves[i];
      const shape = wave?.index.shapeOf(ids.hash);
      if (wave === undefined || shape === undefined || (i >= 0 && wave === this.#last)) continue;
      if (shape.key !== shapeKey) spelt = this.spelt(id, forms, shape, ids.hash);
      shapeKey = shape.key;
      ids.shape = shape;
      match = this.#lookIn(wave, spelt, number, match);
      // With one form and no number there is nothing to weigh one submission against another.
      if (match !== null && (match.isSure || (number === 0 && forms.length === 1))) break;
    }
    if (match === null) return null;
    if (match.isAlone) ids.hit(match.form);
    const { wave, entry, hash } = match;
    this.#last = wave;
    return { wave, entry, isShared: wave.index.isShared(hash, entry) };
  }

  /** The message of which the receipt names no part, where the responses did. */
  findWhole(receipt: Receipt): Found | null {
    const found = this.find(receipt, [WITHOUT_PART]);
    return found !== null && found.wave.record.segments > 1 ? { ...found, isShared: true } : null;
  }

  /** `best`: of the waves before. */
  #lookIn(wave: LiveWave, spelt: readonly Spelling[], number: number, best: Match | null): Match | null {
    let match = best;
    for (const { rank, form, hash } of spelt) {
      this.looked++;
      const bits = isInAnyCase(form) ? ANY_CASE : undefined;
      for (let entry = wave.index.find(hash, bits); entry >= 0; entry = wave.index.findNext(hash, bits)) {
        this.looked++;
        const verdict = this.#people.judge(wave, positionOf(wave, entry), number);
        if (verdict === VERDICT.same) return { wave, entry, rank, form, hash, isSure: true, isAlone: true };
        if (verdict === VERDICT.other && this.#people.having(number).length > 0) continue;
        const isOther =
          match !== null && !(match.wave === wave && positionOf(wave, match.entry) === positionOf(wave, entry));
        if (match === null || (isOther && rank < match.rank)) {
          match = { wave, entry, rank, form, hash, isSure: false, isAlone: !isOther };
        } else if (isOther) match = { ...match, isAlone: false };
      }
    }
    return match;
  }
}

/** True of ids that are looked for whatever the case of their letters is in the response. */
export function isInAnyCase(form: IdForm): boolean {
  return form === "respelt";
}

function positionOf(wave: LiveWave, entry: number): number {
  const { segments } = wave.record;
  return segments === 1 ? entry : Math.floor(entry / segments);
}
