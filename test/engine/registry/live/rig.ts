/** A live registry over a real store and vault, with what selection and the keeper of phone positions were told. */

import type { TaskPool } from "../../../../engine/pool/tasks.js";
import {
  ASKED_BYTES,
  type LoadedRegistry,
  type ParticipantColumns,
} from "../../../../engine/registry/columns/columns.js";
import { loadRegistry } from "../../../../engine/registry/columns/load.js";
import { NumberIndex } from "../../../../engine/registry/columns/number-index.js";
import { ensureRegistry } from "../../../../engine/registry/ensure.js";
import type { PlacedWishes } from "../../../../engine/registry/live/live-places.js";
import type { LiveRegistry } from "../../../../engine/registry/live/live-registry.js";
import { openLive } from "../../../../engine/registry/live/open.js";
import type { LiveRow } from "../../../../engine/registry/live/placing.js";
import { type DataFolder, openDataFolder } from "../../../../engine/registry/open.js";
import { PoolSelector } from "../../../../engine/selection/pool.js";
import { buildShards } from "../../../../engine/selection/rows/build.js";
import { fail, ok, type Problem, type Result } from "../../../../schemas/errors.js";
import { given } from "../samples.js";

export const DAY_MS = 86_400_000;

interface RigOptions {
  /** Selection hears of what is placed. */
  readonly pool?: TaskPool;
  /** For so many who join, in place of the limit. */
  readonly room?: number;
}

function shortened({ rows, participants }: LoadedRegistry, room: number): ParticipantColumns {
  const count = rows + room;
  const { numbers, status, language } = participants;
  return {
    count,
    numbers: numbers.slice(0, count * 8),
    status: status.slice(0, count),
    language: language.slice(0, count),
    groups: new SharedArrayBuffer(count),
    addresses: new SharedArrayBuffer(count),
    asked: new SharedArrayBuffer(ASKED_BYTES * count),
  };
}

export class LiveRig {
  readonly placed = new Map<number, readonly LiveRow[]>();
  readonly wishes = new Map<number, PlacedWishes | undefined>();
  readonly dropped: number[] = [];
  readonly erased: number[] = [];
  readonly problems: Problem[] = [];
  terms: Uint32Array = new Uint32Array(0);
  /** What selection says to a new place. */
  admits: Result<void> = ok(undefined);
  #live: LiveRegistry | undefined;
  #selector: PoolSelector | undefined;

  private constructor(
    readonly data: DataFolder,
    readonly registry: LoadedRegistry,
    public nowMs: number,
  ) {}

  /** As a start of the service; an empty registry where there is none. */
  static async open(folder: string, nowMs = 20_000 * DAY_MS, { pool, room }: RigOptions = {}): Promise<LiveRig> {
    const data = given(openDataFolder(folder));
    given(await ensureRegistry(data));
    const loaded = given(await loadRegistry(data));
    const registry = room === undefined ? loaded : { ...loaded, participants: shortened(loaded, room) };
    const rig = new LiveRig(data, registry, nowMs);
    if (pool) {
      const { locations, participants, terms } = registry;
      rig.#selector = new PoolSelector(pool, given(await buildShards(pool, locations, participants, terms)));
    }
    const live = await openLive({
      data,
      registry,
      index: new NumberIndex(rig.numbers),
      placing: {
        place: (participant, rows) => {
          if (rows.length > 0 && !rig.admits.ok) return rig.admits;
          rig.placed.set(participant, rows);
          return rig.#selector?.live.place(participant, rows) ?? ok(undefined);
        },
        dropPhone: (participant) => void rig.dropped.push(participant),
        setTerms: (words) => {
          rig.terms = words;
          rig.#selector?.live.setTerms(words);
        },
      },
      now: () => rig.nowMs,
      onFatal: (problem) => void rig.problems.push(problem),
    });
    rig.#live = given(live);
    rig.live.phones = {
      phoneWishes: (participant, wishes) => void rig.wishes.set(participant, wishes),
      erased: (participant) => void rig.erased.push(participant),
    };
    return rig;
  }

  get live(): LiveRegistry {
    return this.#live!;
  }

  get selector(): PoolSelector {
    return this.#selector!;
  }

  get numbers(): Float64Array {
    return new Float64Array(this.registry.participants.numbers);
  }

  get status(): Uint8Array {
    return new Uint8Array(this.registry.participants.status);
  }

  get addresses(): Uint8Array {
    return new Uint8Array(this.registry.participants.addresses);
  }

  get groups(): Uint8Array {
    return new Uint8Array(this.registry.participants.groups);
  }
  get language(): Uint8Array {
    return new Uint8Array(this.registry.participants.language);
  }

  /** As the ledger does with its turns. */
  async ledger(): Promise<void> {
    let durable = () => {};
    given(
      await this.data.store.commit(() => {
        durable = this.live.write();
      }),
    );
    durable();
  }

  /** Ends with all that was called on the disk. */
  async close(): Promise<void> {
    given(await this.live.close());
    await this.data.store.close();
  }

  /** Ends with what is on the disk already. */
  async crash(): Promise<void> {
    await this.data.store.close();
  }
}

export const FULL = fail("BUSY", "no room");
