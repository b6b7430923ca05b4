/**
 * What selections read: the shards, an overlay of the participants who have changed since those were built, and the positions
 * of phones. Each may be put in another's place while selections are under way (upkeep.ts).
 *
 * A selection keeps what it began with. Shards and phones that were replaced are as right as before, because they stay as
 * they were then. An overlay that was replaced is written to as well until the selections that read it have ended, because
 * somebody may come into it from a phone (searching.ts).
 */

import type { Result } from "../../../schemas/errors.js";
import { SELECTION } from "../../../schemas/limits.js";
import type { LiveRow } from "../../registry/live/placing.js";
import type { LiveTables } from "../query/searching.js";
import {
  MUNICIPALITY_FIELDS,
  municipalityMiddle,
  type ShardColumns,
  type ShardData,
  shardColumns,
} from "../rows/shard.js";
import { Overlay } from "./overlay.js";
import { Phones } from "./phones.js";

export interface KnownShard {
  readonly region: number;
  readonly data: ShardData;
  readonly columns: ShardColumns;
  readonly municipalities: ReadonlySet<number>;
}

export function knownShard(data: ShardData, region: number): KnownShard {
  const municipalities = new Set(data.municipalities.filter((_, index) => index % MUNICIPALITY_FIELDS === 0));
  return { region, data, columns: shardColumns(data), municipalities };
}

/** What one selection reads. */
export interface View {
  readonly shards: readonly KnownShard[];
  readonly live: LiveTables | undefined;
}

interface UnderWay {
  readonly since: number;
  readonly ended: Promise<void>;
}

export class Views {
  overlay: Overlay;
  phones: Phones;
  /** Counts the changes of static locations. */
  changes = 0;
  /** The overlay before this one, while selections read it. */
  #replaced: Overlay | undefined;
  /** The oldest first. */
  readonly #underWay = new Set<UnderWay>();

  constructor(
    public shards: readonly KnownShard[],
    readonly persons: number,
  ) {
    this.overlay = new Overlay(SELECTION.overlayRows, persons);
    this.phones = new Phones(persons);
  }

  /** Makes one selection over what there is now, which stays readable until it settles. */
  async during<T>(select: (view: View) => Promise<Result<T>>): Promise<Result<T>> {
    const { shards, overlay, phones, changes: since } = this;
    let end = (): void => {};
    const ended = new Promise<void>((resolve) => {
      end = resolve;
    });
    const running = { since, ended };
    this.#underWay.add(running);
    // While both are empty the shards alone are right, whatever changes before the selection has read them.
    const isStill = overlay.participants === 0 && phones.count === 0;
    const tables = { overlay: overlay.table.data, phones: phones.table.data, since, masked: overlay.participants };
    try {
      return await select({ shards, live: isStill ? undefined : tables });
    } finally {
      this.#underWay.delete(running);
      end();
      this.#reclaim();
    }
  }

  /** Gives a participant these static locations from now on; false, with nothing changed, when there is no room just now. */
  place(participant: number, rows: readonly LiveRow[]): boolean {
    const written = this.#replaced === undefined ? [this.overlay] : [this.overlay, this.#replaced];
    if (!written.every((overlay) => overlay.hasRoomFor(rows.length))) return false;
    this.changes += 1;
    for (const overlay of written) overlay.place(participant, rows, this.changes);
    this.#reclaim();
    return true;
  }

  /** Selections read this overlay from now on. Settles when nobody reads the one before any more. */
  async replaceOverlay(overlay: Overlay): Promise<void> {
    this.#replaced = this.overlay;
    this.overlay = overlay;
    await this.settled();
    this.#replaced = undefined;
  }

  /** Makes room in the overlay of what no selection that is under way may still want. */
  #reclaim(): void {
    const [oldest] = this.#underWay;
    this.overlay.reclaim(oldest?.since ?? this.changes);
  }

  /** Settles when the selections that are under way have ended. */
  async settled(): Promise<void> {
    await Promise.all([...this.#underWay].map(({ ended }) => ended));
  }

  /** The middle of what is registered in a municipality, [lng, lat]: of the shards, or somebody who has come since. */
  middleOf(municipality: number): readonly [number, number] {
    const shards = this.shards.map(({ data }) => data);
    const middle = municipalityMiddle(shards, municipality);
    if (middle !== undefined) return middle;
    return this.overlay.table.someoneIn(municipality) ?? this.phones.table.someoneIn(municipality) ?? [0, 0];
  }
}
