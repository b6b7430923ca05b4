/**
 * Which texts went out lately and where, so that the same text does not go to the same people once more without somebody's word: an
 * alert once went out eleven times. A text is the same whatever its spaces, signs and capitals, and its times of day, because the end
 * of an action stands in it; people are the same where half of the smaller of two areas lies in the other.
 *
 * Taken note of in memory in the turn that accepts, so that of two requests at once one finds the other, and stored in its commit, so
 * that a restart forgets nothing. What is stored has no text and nothing of a person. REPEATS.kept of them are known, the newest.
 */
import { createHash } from "node:crypto";
import type { AreaInput } from "../../../schemas/api/area.js";
import { REPEATS } from "../../../schemas/limits.js";
import { type MunicipalityAt, type Sketch, shareOf, sketchOf } from "../../geo/share.js";
import type { Store, Table } from "../../store/store.js";

export interface SentText {
  readonly action: string;
  readonly atMs: number;
}

interface Kept extends SentText {
  readonly print: string;
  readonly sketch: Sketch;
}

export class SentTexts {
  readonly #table: Table;
  readonly #municipalityAt: MunicipalityAt;
  /** By key, the oldest first. */
  readonly #kept = new Map<string, Kept>();
  readonly #byPrint = new Map<string, Set<Kept>>();
  #count = 0;

  constructor(store: Store, municipalityAt: MunicipalityAt) {
    this.#table = store.table("sentTexts");
    this.#municipalityAt = municipalityAt;
    for (const { key, value } of this.#table.range()) {
      // Of a damaged one it is not known what it was; the store has told of it.
      if (value.ok) this.#keep(key.toString("hex"), JSON.parse(value.value.toString()) as Kept);
    }
  }

  /** The last time that it went to the same people; `isSent` says of an action whether anything of it was sent, or is to be. */
  before(text: string, area: AreaInput, nowMs: number, isSent: (action: string) => boolean): SentText | undefined {
    const same = [...(this.#byPrint.get(printOf(text)) ?? [])].reverse().slice(0, REPEATS.compared);
    const sketch = sketchOf(area);
    return same.find(
      (kept) =>
        Math.abs(nowMs - kept.atMs) < REPEATS.withinMs &&
        isSent(kept.action) &&
        shareOf(sketch, kept.sketch, this.#municipalityAt) >= REPEATS.share,
    );
  }

  /** From this turn on it is known; what it returns puts it into the running commit, and takes out what need not be known any more. */
  note(action: string, text: string, area: AreaInput, nowMs: number): () => void {
    const kept: Kept = { action, atMs: nowMs, print: printOf(text), sketch: sketchOf(area) };
    const key = keyOf(nowMs, this.#count++);
    this.#keep(key.toString("hex"), kept);
    const old = this.#forget(nowMs);
    return () => {
      void this.#table.put(key, Buffer.from(JSON.stringify(kept)));
      for (const one of old) void this.#table.remove(Buffer.from(one, "hex"));
    };
  }

  #keep(key: string, kept: Kept): void {
    this.#kept.set(key, kept);
    const same = this.#byPrint.get(kept.print) ?? new Set();
    this.#byPrint.set(kept.print, same.add(kept));
  }

  /** Keys of the oldest that are too old, or too many. */
  #forget(nowMs: number): string[] {
    const old: string[] = [];
    for (const [key, kept] of this.#kept) {
      const isOld = nowMs - kept.atMs >= REPEATS.withinMs || this.#kept.size - old.length > REPEATS.kept;
      if (!isOld || old.length === REPEATS.forgottenAtOnce) break;
      old.push(key);
    }
    for (const key of old) {
      const kept = this.#kept.get(key)!;
      this.#kept.delete(key);
      const same = this.#byPrint.get(kept.print);
      same?.delete(kept);
      if (same?.size === 0) this.#byPrint.delete(kept.print);
    }
    return old;
  }
}

/** True of two that say the same. */
export function isSame(text: string, other: string): boolean {
  return printOf(text) === printOf(other);
}

/** Of the letters and digits alone, without times of day. */
function printOf(text: string): string {
  const said = text
    .normalize("NFKC")
    .toLowerCase()
    .replace(/\b\d{1,2}[:.]\d{2}\b/g, "");
  const letters = said.replace(/[^\p{L}\p{N}]+/gu, " ").trim();
  return createHash("sha256").update(letters).digest("hex").slice(0, 32);
}

/** In the order of time, and within a millisecond of a count. */
function keyOf(nowMs: number, count: number): Buffer {
  const key = Buffer.alloc(12);
  key.writeBigUInt64BE(BigInt(Math.max(0, Math.round(nowMs))));
  key.writeUInt32BE(count >>> 0, 8);
  return key;
}
