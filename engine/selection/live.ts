/**
 * What selections read, and how it changes while they read it: the shards, an overlay of the participants who have changed
 * since those were built, and the positions of phones. All changes are made here, on the main thread; readers are the pool's
 * workers (searching.ts says why they miss nobody).
 */

import { assert, fail, ok, type Result } from "../../schemas/errors.js";
import { SELECTION } from "../../schemas/limits.js";
import type { Shards } from "./build.js";
import { Overlay } from "./overlay.js";
import { Phones } from "./phones.js";
import type { LiveTables } from "./searching.js";
import type { LiveRow, LiveSelection } from "./selector.js";
import { MUNICIPALITY_FIELDS, municipalityMiddle, type ShardColumns, type ShardData, shardColumns } from "./shard.js";
import { SharedTerms } from "./welcome.js";

export interface KnownShard {
  readonly data: ShardData;
  readonly columns: ShardColumns;
  readonly municipalities: ReadonlySet<number>;
}

/** What one selection reads from its beginning to its end. */
export interface View {
  readonly shards: readonly KnownShard[];
  readonly live: LiveTables | undefined;
}

export class Live implements LiveSelection {
  readonly terms: SharedTerms;
  readonly persons: number;
  private known: readonly KnownShard[];
  private readonly overlay: Overlay;
  private readonly phones: Phones;
  /** Counts the changes of static locations. */
  private changes = 0;
  /** Those that are under way, the oldest first. */
  private readonly views = new Set<View & { readonly since: number }>();

  constructor({ shards, participants, terms }: Shards) {
    this.terms = SharedTerms.of(new Uint32Array(terms));
    this.persons = participants.count;
    this.known = shards.map(knownShard);
    this.overlay = new Overlay(SELECTION.overlayRows, this.persons);
    this.phones = new Phones(this.persons);
  }

  place(participant: number, rows: readonly LiveRow[]): Result<void> {
    this.check(participant, rows);
    if (!this.overlay.hasRoomFor(rows.length)) {
      return fail("BUSY", `${this.overlay.used} changed locations wait to be taken into the shards`);
    }
    this.changes += 1;
    this.overlay.place(participant, rows, this.changes);
    this.reclaim();
    return ok(undefined);
  }

  movePhone(participant: number, row: LiveRow): Result<void> {
    assert(participant < this.persons && row.terms < this.terms.count, "a participant and terms that there are");
    this.phones.move(participant, row);
    return ok(undefined);
  }

  dropPhone(participant: number): void {
    this.phones.drop(participant);
  }

  setTerms(words: Uint32Array): void {
    this.terms.grow(words);
  }

  /** Runs one selection over what there is now. */
  async during<T>(work: (view: View) => Promise<T>): Promise<T> {
    const { overlay, phones, changes: since } = this;
    const tables = { overlay: overlay.table.data, phones: phones.table.data, since };
    // While both are empty the shards alone are right, whatever changes before the selection has read them.
    const view = { shards: this.known, since, live: overlay.isEmpty && phones.count === 0 ? undefined : tables };
    this.views.add(view);
    try {
      return await work(view);
    } finally {
      this.views.delete(view);
      this.reclaim();
    }
  }

  get shards(): readonly KnownShard[] {
    return this.known;
  }

  /** The middle of what is registered in a municipality, [lng, lat]: of the shards, or anyone who has come since. */
  municipalityMiddle(code: number): readonly [number, number] {
    const middle = municipalityMiddle(
      this.known.map(({ data }) => data),
      code,
    );
    return middle ?? this.overlay.table.someoneIn(code) ?? this.phones.table.someoneIn(code) ?? [0, 0];
  }

  private reclaim(): void {
    const [oldest] = this.views;
    this.overlay.reclaim(oldest?.since ?? this.changes);
  }

  private check(participant: number, rows: readonly LiveRow[]): void {
    assert(participant < this.persons, "a participant number that the columns have room for");
    const { count } = this.terms;
    assert(
      rows.every(({ terms }) => terms < count),
      "terms are in the table before locations have them",
    );
  }
}

export function knownShard(data: ShardData): KnownShard {
  const municipalities = new Set(data.municipalities.filter((_, index) => index % MUNICIPALITY_FIELDS === 0));
  return { data, columns: shardColumns(data), municipalities };
}
