/**
 * Where participants want to be reached, for selection: rows of their locations with the numbers of their terms. Terms are
 * numbered here, as somebody has them first, and selection knows the table before it gets a row that uses it.
 */
import { fail, ok, type Result } from "../../../schemas/errors.js";
import { REGISTRY } from "../../../schemas/limits.js";
import type { Participant, PhoneWishes } from "../record/participant.js";
import { TERMS_WORDS, type Terms, type TermsTable } from "../record/terms.js";
import type { LiveRow, Placing } from "./placing.js";

/** Wishes for where the phone is, with terms as a row of the table. */
export interface PlacedWishes {
  readonly channels: number;
  readonly terms: number;
}

/** Who keeps the positions of phones. */
export interface PhoneListener {
  /** The wishes changed; undefined: not any more, and the position is to be forgotten. */
  phoneWishes(participant: number, wishes: PlacedWishes | undefined): void;
  /** The participant was erased, and so must the position be. */
  erased(participant: number): void;
}

export class LivePlaces {
  #words: Uint32Array;
  readonly #placing: Placing;
  readonly #table: TermsTable;

  constructor(placing: Placing, table: TermsTable) {
    this.#placing = placing;
    this.#table = table;
    this.#words = table.words();
  }

  /** The words of the table. */
  get words(): Uint32Array {
    return this.#words;
  }

  /** Where the participant is from now on. REGISTRY_FULL when there are too many different terms, BUSY. */
  place(participant: number, after: Participant, before: Participant | undefined): Result<void> {
    if (!this.#number(after)) {
      return fail("REGISTRY_FULL", `there are ${REGISTRY.terms} different terms, and no room for more`);
    }
    const rows = this.#rowsOf(after);
    const isSame = before !== undefined && isSameRows(this.#rowsOf(before), rows);
    return isSame || (before === undefined && rows.length === 0)
      ? ok(undefined)
      : this.#placing.place(participant, rows);
  }

  /** Nowhere. Where there is no room to say so now, the status says that nobody asks the participant. */
  erase(participant: number): void {
    this.#placing.place(participant, []);
    this.#placing.dropPhone(participant);
  }

  dropPhone(participant: number): void {
    this.#placing.dropPhone(participant);
  }

  /** The wishes for the phone if they are others than before: null when there are none any more. */
  phoneChange(after: Participant, before: Participant | undefined): PlacedWishes | null | undefined {
    const [was, is] = [this.#wishesOf(before?.phone), this.#wishesOf(after.phone)];
    if (was?.channels === is?.channels && was?.terms === is?.terms) return undefined;
    return is ?? null;
  }

  /** Gives every terms of the participant a row of the table, if there is room. */
  #number({ locations, phone }: Participant): boolean {
    const all = [...locations, ...(phone ? [phone] : [])];
    const hasRoom = all.every(({ terms }) => this.#table.add(terms) !== undefined);
    if (this.#table.size * TERMS_WORDS > this.#words.length) {
      this.#words = this.#table.words();
      this.#placing.setTerms(this.#words);
    }
    return hasRoom;
  }

  #rowsOf({ locations }: Participant): LiveRow[] {
    return locations.map(({ lng, lat, channels, terms, municipality }) => {
      return { lng, lat, channels, terms: this.#rowOf(terms), municipality };
    });
  }

  #wishesOf(phone: PhoneWishes | undefined): PlacedWishes | undefined {
    return phone && { channels: phone.channels, terms: this.#rowOf(phone.terms) };
  }

  #rowOf(terms: Terms): number {
    return this.#table.add(terms)!;
  }
}

function isSameRows(some: readonly LiveRow[], others: readonly LiveRow[]): boolean {
  if (some.length !== others.length) return false;
  return some.every((one, index) => {
    const { lng, lat, channels, terms, municipality } = others[index]!;
    const isSamePlace = one.lng === lng && one.lat === lat && one.municipality === municipality;
    return isSamePlace && one.channels === channels && one.terms === terms;
  });
}
